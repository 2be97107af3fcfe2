package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Provider;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says in an error object, wherever that stands. Read on the way down only, never on a whole answer.
 *
 * @param code its code or type, at most {@link #MAX_CODE} characters, empty when there is none
 * @param message for people
 */
record ProviderError(String code, String message) {
    /** Characters of a message that are told. */
    static final int SHOWN = 500;

    static final int MAX_CODE = 64;
    private static final int MAX_MESSAGE = 64 << 10;
    private static final int SHORTEST_SECRET = 8;
    private static final int DEPTH = 32;
    private static final FieldTable OUTER = FieldTable.of("error");
    private static final FieldTable INNER = FieldTable.of("message", "code", "type");

    /** Reads {@code {"error":{…}}} or {@code {"error":"…"}}; what cannot be read is an error without words. */
    static ProviderError read(byte[] a, int from, int to) {
        try {
            JsonScanner scanner = new JsonScanner(OUTER, DEPTH);
            scanner.scan(a, from, to);
            if (scanner.kind(0) == JsonKind.STRING) {
                return new ProviderError("", cut(JsonText.string(a, scanner.from(0), scanner.to(0)), MAX_MESSAGE));
            }
            boolean outer = scanner.kind(0) == JsonKind.OBJECT;
            int start = outer ? scanner.from(0) : from;
            int end = outer ? scanner.to(0) : to;
            JsonScanner inner = new JsonScanner(INNER, DEPTH);
            inner.scan(a, start, end);
            String code = text(a, inner, 1);
            return new ProviderError(
                    cut(code == null ? orEmpty(text(a, inner, 2)) : code, MAX_CODE),
                    cut(orEmpty(text(a, inner, 0)), MAX_MESSAGE));
        } catch (JsonException e) {
            return new ProviderError("", "");
        }
    }

    private static @Nullable String text(byte[] a, JsonScanner scanner, int field) {
        return switch (scanner.kind(field)) {
            case STRING -> JsonText.string(a, scanner.from(field), scanner.to(field));
            case NUMBER ->
                new String(a, scanner.from(field), scanner.to(field) - scanner.from(field), StandardCharsets.US_ASCII);
            default -> null;
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }

    /** The message with none of our own secrets in it; some providers repeat the key they refuse. */
    private String told(Provider provider) {
        String text = message;
        for (String key : provider.keys()) {
            text = text.replace(key, "[credential]");
        }
        for (String value : provider.headers().values()) {
            text = value.length() < SHORTEST_SECRET ? text : text.replace(value, "[header]");
        }
        return cut(text, SHOWN);
    }

    /** Puts stars over our own secrets in {@code a[0, length)}, for an error body that is passed on as it came. */
    static void hideSecrets(Provider provider, byte[] a, int length) {
        provider.keys().forEach(key -> hide(key.getBytes(StandardCharsets.UTF_8), a, length));
        for (String value : provider.headers().values()) {
            if (value.length() >= SHORTEST_SECRET) {
                hide(value.getBytes(StandardCharsets.UTF_8), a, length);
            }
        }
    }

    private static void hide(byte[] secret, byte[] a, int length) {
        for (int i = 0; i <= length - secret.length; i++) {
            if (a[i] == secret[0] && Arrays.equals(a, i, i + secret.length, secret, 0, secret.length)) {
                Arrays.fill(a, i, i + secret.length, (byte) '*');
            }
        }
    }

    /** Code and message for our log. */
    String forLog(Provider provider) {
        return code + ": " + told(provider);
    }

    /** Whether it is about our credential or account with the provider: nothing for a caller to read. */
    boolean aboutCredential() {
        String word = code.toLowerCase(Locale.ROOT);
        return word.contains("api_key")
                || word.contains("auth")
                || word.contains("quota")
                || word.contains("billing")
                || word.contains("permission")
                || word.contains("balance")
                || word.equals("401")
                || word.equals("402")
                || word.equals("403");
    }

    /** As a failure of our own: the provider said 200 and meant this. */
    Failure failure(Provider provider) {
        if (aboutCredential()) {
            return credential(provider.name()).withDetail(forLog(provider));
        }
        return Failure.of(
                Kind.UPSTREAM_ERROR,
                code.isEmpty() ? "upstream_error" : code,
                "provider " + provider.name() + " answered with an error: "
                        + (message.isEmpty() ? "(no message)" : told(provider)));
    }

    static Failure credential(String provider) {
        return Failure.of(
                Kind.UPSTREAM_CREDENTIAL,
                "upstream_credential",
                "provider " + provider
                        + " refused the relay's own credential or account; the operator has the details in"
                        + " the log");
    }
}
