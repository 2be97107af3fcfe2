package dev.tidemill.core.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The text of a key, which exists only in the caller's hands: {@code tm-} + 8 public characters + {@code _} + 43 secret
 * ones (256 bits, base64url). With that much entropy a single SHA-256 is a sufficient store form (NIST SP 800-63B on
 * look-up secrets); a slow hash would only cost time on each request.
 */
public record KeySecret(String text) {
    public static final int LENGTH = 3 + 8 + 1 + 43;

    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    /** A new key; {@code random} must be cryptographically strong. */
    public static KeySecret generate(RandomGenerator random) {
        StringBuilder text = new StringBuilder("tm-");
        for (int i = 0; i < 8; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        return new KeySecret(text.append('_')
                .append(Base64.getUrlEncoder().withoutPadding().encodeToString(secret))
                .toString());
    }

    /** The 8 public characters. */
    public String id() {
        return text.substring(3, 11);
    }

    /** Lower-case hex SHA-256 of the whole text. */
    public String digest() {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.US_ASCII)));
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Secrets never show in logs. */
    @Override
    public String toString() {
        return "tm-" + id() + "_…";
    }
}
