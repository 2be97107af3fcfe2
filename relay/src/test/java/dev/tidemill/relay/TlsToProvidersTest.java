package dev.tidemill.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS towards providers: either it is right or nothing is sent. */
@ExtendWith(NothingLeaks.class)
class TlsToProvidersTest {
    static Provider provider(String baseUrl, @Nullable String ca, @Nullable URI proxy) {
        Provider usual = RelayFixture.provider("far", baseUrl);
        return new Provider(
                usual.name(),
                usual.protocol(),
                usual.baseUrl(),
                usual.keys(),
                usual.headers(),
                ca,
                proxy,
                Provider.StreamUsage.ASK);
    }

    static RelayFixture fixture(Simulator simulator, Provider provider, Resolver.Lookup lookup) throws IOException {
        return new RelayFixture(
                simulator, provider, RelayOptions.defaults(), Policies.ONCE, Exchange.LIFE, List.of(), lookup);
    }

    private static Simulator simulator(Tls mode) throws IOException {
        return Simulator.start(Scenario.of(Behaviour.plain()).over(mode), 0);
    }

    private static void refused(RelayFixture fixture, String code) throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            try (HttpClient client = fixture.client()) {
                HttpClient.Answer answer = client.ask(fixture.chat("m", stream));
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
            }
        }
        fixture.atRest();
        assertThat(fixture.simulator.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void aGoodCertificateOfTheProvidersOwnAuthority(String host) throws Exception {
        Simulator simulator = simulator(Tls.GOOD);
        Provider provider =
                provider("https://" + host + ":" + simulator.port() + "/v1", simulator.authorityPem(), null);
        try (RelayFixture fixture = fixture(simulator, provider, name -> List.of(InetAddress.ofLiteral("127.0.0.1")));
                HttpClient client = fixture.client()) {
            for (int i = 0; i < 6; i++) {
                HttpClient.Answer answer = client.ask(fixture.chat("sim-tokens=3000", i % 2 == 0));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.whole()).isTrue();
            }
            HttpClient.Answer cut = client.ask(fixture.chat("sim-cut-after=3", true));
            assertThat(cut.body()).contains("upstream_connection_closed").doesNotContain("[DONE]");
            fixture.atRest();
            assertThat(simulator.counts().connectionsOpened()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Tls.class,
            names = {"EXPIRED", "WRONG_HOST", "SELF_SIGNED", "RESET", "OLD"})
    void aBadOneIsRefusedAndNothingIsSent(Tls mode) throws Exception {
        Simulator simulator = simulator(mode);
        Provider provider = provider("https://127.0.0.1:" + simulator.port() + "/v1", simulator.authorityPem(), null);
        try (RelayFixture fixture = fixture(simulator, provider, Resolver.SYSTEM)) {
            refused(fixture, "upstream_tls_failed");
        }
    }

    @Test
    void anAuthorityNobodyNamedIsUnknown() throws Exception {
        Simulator simulator = simulator(Tls.GOOD);
        Provider provider = provider("https://127.0.0.1:" + simulator.port() + "/v1", null, null);
        try (RelayFixture fixture = fixture(simulator, provider, Resolver.SYSTEM)) {
            refused(fixture, "upstream_tls_failed");
        }
    }

    @Test
    void theNameIsCheckedAndNotTheAddress() throws Exception {
        Simulator simulator = simulator(Tls.GOOD);
        Provider provider =
                provider("https://provider.test:" + simulator.port() + "/v1", simulator.authorityPem(), null);
        try (RelayFixture fixture = fixture(simulator, provider, name -> List.of(InetAddress.ofLiteral("127.0.0.1")))) {
            refused(fixture, "upstream_tls_failed");
        }
    }

    @Test
    void aServerWithoutTlsIsNotSpokenToInPlainText() throws Exception {
        List<Byte> first = new CopyOnWriteArrayList<>();
        try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!plain.isClosed()) {
                    try (Socket socket = plain.accept()) {
                        first.add(socket.getInputStream().readNBytes(1)[0]);
                        socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            Provider provider = provider("https://127.0.0.1:" + plain.getLocalPort() + "/v1", null, null);
            try (RelayFixture fixture = fixture(Simulator.start(Behaviour.plain(), 0), provider, Resolver.SYSTEM)) {
                refused(fixture, "upstream_tls_failed");
            }
        }
        assertThat(first).hasSize(2).containsOnly((byte) 0x16);
    }

    @Test
    void theServersNameIsInTheFirstMessage() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> hello = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    byte[] head = socket.getInputStream().readNBytes(5);
                    int length = (head[3] & 0xff) << 8 | head[4] & 0xff;
                    byte[] rest = socket.getInputStream().readNBytes(length);
                    assertThat(head[0]).isEqualTo((byte) 0x16);
                    hello.complete(rest);
                } catch (IOException | AssertionError e) {
                    hello.completeExceptionally(e);
                }
            });
            Provider provider = provider("https://provider.test:" + server.getLocalPort() + "/v1", null, null);
            try (RelayFixture fixture = fixture(
                            Simulator.start(Behaviour.plain(), 0),
                            provider,
                            name -> List.of(InetAddress.ofLiteral("127.0.0.1")));
                    HttpClient client = fixture.client()) {
                assertThat(client.ask(fixture.chat("m", true)).status()).isEqualTo(502);
                assertThat(new String(hello.get(5, TimeUnit.SECONDS), StandardCharsets.ISO_8859_1))
                        .contains("provider.test");
                fixture.atRest();
            }
        }
    }
}
