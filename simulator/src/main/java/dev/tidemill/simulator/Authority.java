package dev.tidemill.simulator;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A certificate authority that lives as long as one simulator: X.509 version 3 (RFC 5280), keys on P-256, signatures ECDSA with SHA-256.
 */
final class Authority {
    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final String NAME = "Tidemill simulator authority";

    private final KeyPair keys;
    private final X509Certificate certificate;
    private final Instant now;

    /**
     * A certificate and the key it is for.
     *
     * @param certificate of a server
     * @param key its private key
     */
    record Identity(X509Certificate certificate, PrivateKey key) {}

    Authority(Instant now) throws GeneralSecurityException {
        this.now = now;
        this.keys = newKeys();
        this.certificate = certificate(
                NAME,
                keys.getPublic(),
                NAME,
                keys,
                true,
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(365)),
                List.of());
    }

    /** The authority's certificate, for {@code ca:} of a client. */
    String pem() throws GeneralSecurityException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(certificate.getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    }

    /** The server's identity for a mode. */
    Identity identity(Tls mode) throws GeneralSecurityException {
        KeyPair own = newKeys();
        boolean expired = mode == Tls.EXPIRED;
        Instant from = now.minus(Duration.ofDays(30));
        Instant to = expired ? now.minus(Duration.ofDays(1)) : now.plus(Duration.ofDays(90));
        List<byte[]> hosts = mode == Tls.WRONG_HOST
                ? List.of(dns("elsewhere.invalid"))
                : List.of(
                        dns("localhost"),
                        address(127, 0, 0, 1),
                        address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
        boolean alone = mode == Tls.SELF_SIGNED;
        String subject = mode == Tls.WRONG_HOST ? "elsewhere.invalid" : "localhost";
        X509Certificate signed = certificate(
                subject, own.getPublic(), alone ? subject : NAME, alone ? own : keys, false, from, to, hosts);
        return new Identity(signed, own.getPrivate());
    }

    private static X509Certificate certificate(
            String subject,
            PublicKey key,
            String issuer,
            KeyPair signer,
            boolean authority,
            Instant from,
            Instant to,
            List<byte[]> hosts)
            throws GeneralSecurityException {
        byte[] serial = new byte[16];
        new SecureRandom().nextBytes(serial);
        byte[] body = Der.sequence(
                Der.element(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(1, serial)),
                ECDSA_SHA256,
                name(issuer),
                Der.sequence(Der.time(from), Der.time(to)),
                name(subject),
                key.getEncoded(),
                Der.element(0xa3, Der.sequence(extensions(key, signer.getPublic(), authority, hosts))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(signer.getPrivate());
        signature.update(body);
        byte[] whole = Der.sequence(body, ECDSA_SHA256, Der.bits(0, signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[][] extensions(PublicKey key, PublicKey signer, boolean authority, List<byte[]> hosts)
            throws GeneralSecurityException {
        List<byte[]> all = new ArrayList<>();
        all.add(extension(19, true, authority ? Der.sequence(Der.yes()) : Der.sequence()));
        all.add(extension(
                15, true, authority ? Der.bits(1, new byte[] {0x06}) : Der.bits(7, new byte[] {(byte) 0x80})));
        all.add(extension(14, false, Der.octets(keyId(key))));
        all.add(extension(35, false, Der.sequence(Der.element(0x80, keyId(signer)))));
        if (!hosts.isEmpty()) {
            all.add(extension(37, false, Der.sequence(Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1))));
            all.add(extension(17, false, Der.sequence(hosts.toArray(byte[][]::new))));
        }
        return all.toArray(byte[][]::new);
    }

    /** An extension of the arc 2.5.29. */
    private static byte[] extension(int number, boolean critical, byte[] value) {
        byte[] oid = Der.oid(2, 5, 29, number);
        return critical ? Der.sequence(oid, Der.yes(), Der.octets(value)) : Der.sequence(oid, Der.octets(value));
    }

    private static byte[] name(String common) {
        return Der.sequence(Der.set(Der.sequence(Der.oid(2, 5, 4, 3), Der.text(common))));
    }

    private static byte[] dns(String name) {
        return Der.element(0x82, name.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] address(int... parts) {
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = (byte) parts[i];
        }
        return Der.element(0x87, bytes);
    }

    private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 20);
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
