package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

class TlsModesTest {
    private static int status(Simulator sim, String model) throws Exception {
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(trusting(sim.authorityPem())).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(sim.baseUrl() + "/chat/completions"))
                    .POST(HttpRequest.BodyPublishers.ofString(RawClient.chat(model, true)))
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode() != 200 || answer.body().endsWith("data: [DONE]\n\n"))
                    .isTrue();
            return answer.statusCode();
        }
    }

    private static SSLContext trusting(String pem) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static Simulator start(Tls mode) throws IOException {
        return Simulator.start(Scenario.of(Behaviour.plain()).over(mode), 0);
    }

    @Test
    void aClientThatTrustsTheAuthorityIsServed() throws Exception {
        try (Simulator sim = start(Tls.GOOD)) {
            assertThat(status(sim, "gpt-x")).isEqualTo(200);
            assertThat(status(sim, "sim-503")).isEqualTo(503);
        }
    }

    @Test
    void anExpiredCertificateIsNotTrusted() throws Exception {
        try (Simulator sim = start(Tls.EXPIRED)) {
            assertThatThrownBy(() -> status(sim, "gpt-x"))
                    .isInstanceOf(SSLHandshakeException.class)
                    .rootCause()
                    .hasMessageContaining("NotAfter");
        }
    }

    @Test
    void aCertificateForAnotherHostIsNotTrusted() throws Exception {
        try (Simulator sim = start(Tls.WRONG_HOST)) {
            assertThatThrownBy(() -> status(sim, "gpt-x"))
                    .isInstanceOf(SSLHandshakeException.class)
                    .rootCause()
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void aSelfSignedCertificateIsNotTrusted() throws Exception {
        try (Simulator sim = start(Tls.SELF_SIGNED)) {
            assertThatThrownBy(() -> status(sim, "gpt-x"))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("path");
        }
    }

    @Test
    void aResetHandshakeEndsTheConnection() throws Exception {
        try (Simulator sim = start(Tls.RESET)) {
            assertThatThrownBy(() -> status(sim, "gpt-x")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aServerOfTls11IsTooOld() throws Exception {
        try (Simulator sim = start(Tls.OLD)) {
            assertThatThrownBy(() -> status(sim, "gpt-x"))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("TLS11");
        }
    }

    @Test
    void aResetUnderTlsSaysNoGoodbye() throws Exception {
        try (Simulator sim = start(Tls.GOOD)) {
            assertThatThrownBy(() -> status(sim, "sim-reset-at=400")).isInstanceOf(IOException.class);
            assertThat(sim.countsAtRest(java.time.Duration.ofSeconds(5)).total().broken())
                    .isEqualTo(1);
        }
    }
}
