package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.Tls;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Providers behind an HTTP CONNECT proxy. */
@ExtendWith(NothingLeaks.class)
class ProxyToProvidersTest {
    /** The provider's name is the proxy's to resolve. */
    private static final Resolver.Lookup NO_NAMES = host -> {
        throw new UnknownHostException(host);
    };

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void tunnels(String scheme) throws Exception {
        boolean secure = scheme.equals("https");
        Simulator simulator = Simulator.start(Scenario.of(Behaviour.plain()).over(secure ? Tls.GOOD : Tls.OFF), 0);
        String name = "localhost:" + simulator.port();
        try (TinyProxy proxy = new TinyProxy("");
                RelayFixture fixture = TlsToProvidersTest.fixture(
                        simulator,
                        TlsToProvidersTest.provider(
                                scheme + "://" + name + "/v1",
                                secure ? simulator.authorityPem() : null,
                                proxy.address()),
                        NO_NAMES);
                HttpClient client = fixture.client()) {
            for (int i = 0; i < 4; i++) {
                HttpClient.Answer answer = client.ask(fixture.chat("sim-tokens=2000", i % 2 == 0));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.whole()).isTrue();
            }
            fixture.atRest();
            assertThat(proxy.heads).hasSize(1);
            assertThat(proxy.heads.getFirst())
                    .startsWith("CONNECT " + name + " HTTP/1.1\r\n")
                    .doesNotContainIgnoringCase("authorization");
            assertThat(simulator.requests().getFirst().head())
                    .startsWith("POST /v1/chat/completions HTTP/1.1\r\nhost: " + name + "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aProxyThatRefusesIsNamedAsTheCause(String scheme) throws Exception {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        try (TinyProxy proxy = new TinyProxy("HTTP/1.1 403 Forbidden");
                RelayFixture fixture = TlsToProvidersTest.fixture(
                        simulator,
                        TlsToProvidersTest.provider(scheme + "://provider.test/v1", null, proxy.address()),
                        NO_NAMES);
                HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("m", true));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("\"code\":\"upstream_proxy_failed\"");
            fixture.atRest();
            assertThat(simulator.requests()).isEmpty();
        }
    }

    @Test
    void aProxyThatIsNotThere() throws Exception {
        URI gone;
        try (TinyProxy proxy = new TinyProxy("")) {
            gone = proxy.address();
        }
        try (RelayFixture fixture = TlsToProvidersTest.fixture(
                        Simulator.start(Behaviour.plain(), 0),
                        TlsToProvidersTest.provider("http://provider.test/v1", null, gone),
                        NO_NAMES);
                HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("m", true));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("\"code\":\"upstream_connect_failed\"");
            fixture.atRest();
        }
    }

    @Test
    void aProxyThatIsSilentIsWatchedByTheConnectClock() throws Exception {
        try (TinyProxy proxy = new TinyProxy("-");
                RelayFixture fixture = new RelayFixture(
                        Simulator.start(Behaviour.plain(), 0),
                        TlsToProvidersTest.provider("https://provider.test/v1", null, proxy.address()),
                        RelayOptions.defaults(),
                        Policies.clocks(250, 0, 0, 0, 0, 0),
                        Exchange.LIFE,
                        List.of(),
                        NO_NAMES);
                HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("m", false));
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("\"code\":\"timeout_connect\"");
            fixture.atRest();
        }
    }
}
