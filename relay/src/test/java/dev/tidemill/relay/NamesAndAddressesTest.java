package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a provider's host name to a connection. */
@ExtendWith(NothingLeaks.class)
class NamesAndAddressesTest {
    private static RelayFixture fixture(Simulator simulator, String baseUrl, Policy policy, Resolver.Lookup lookup)
            throws IOException {
        Provider provider = RelayFixture.provider("far", baseUrl);
        return new RelayFixture(simulator, provider, RelayOptions.defaults(), policy, Exchange.LIFE, List.of(), lookup);
    }

    private static HttpClient.Answer ask(RelayFixture fixture) throws Exception {
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("m", true));
            fixture.atRest();
            return answer;
        }
    }

    @Test
    void aNameThatIsNotFoundIsAskedForOnceInAWhile() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        try (RelayFixture fixture = fixture(simulator, "http://nowhere.test:9/v1", Policies.ONCE, host -> {
            asked.incrementAndGet();
            throw new UnknownHostException(host);
        })) {
            for (int i = 0; i < 5; i++) {
                HttpClient.Answer answer = ask(fixture);
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body())
                        .contains("\"code\":\"upstream_name_not_found\"")
                        .contains("nowhere.test");
            }
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void theNextAddressIsTriedWhenOneRefuses() throws Exception {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        List<InetAddress> addresses = List.of(
                InetAddress.getByAddress("two.test", new byte[] {127, 0, 0, 9}),
                InetAddress.getByAddress("two.test", new byte[] {127, 0, 0, 1}));
        try (RelayFixture fixture =
                fixture(simulator, "http://two.test:" + simulator.port() + "/v1", Policies.ONCE, host -> addresses)) {
            assertThat(ask(fixture).status()).isEqualTo(200);
            assertThat(simulator.requests().getFirst().header("host")).isEqualTo("two.test:" + simulator.port());
        }
    }

    @Test
    void aNameServerThatDoesNotAnswerIsWatchedByTheConnectClock() throws Exception {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        try (RelayFixture fixture =
                fixture(simulator, "http://slow.test:9/v1", Policies.clocks(200, 0, 0, 0, 0, 0), host -> {
                    try {
                        Thread.sleep(2_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new UnknownHostException(host);
                })) {
            HttpClient.Answer answer = ask(fixture);
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("timeout_connect");
        }
    }

    @Test
    void anAddressOfVersion6InTheUrl() throws Exception {
        Simulator simulator;
        try {
            simulator = Simulator.start(
                    Scenario.of(Behaviour.plain()),
                    new InetSocketAddress(InetAddress.ofLiteral("::1"), 0),
                    InstantSource.system());
        } catch (IOException none) {
            abort("no IPv6 here: " + none.getMessage());
            return;
        }
        String base = "http://[::1]:" + simulator.port() + "/v1";
        try (RelayFixture fixture = fixture(simulator, base, Policies.ONCE, Resolver.SYSTEM)) {
            assertThat(ask(fixture).status()).isEqualTo(200);
            assertThat(simulator.requests().getFirst().header("host")).isEqualTo("[::1]:" + simulator.port());
        }
    }

    @Test
    void answersAreKeptForAWhileAndRefusalsForLess() {
        AtomicLong now = new AtomicLong();
        AtomicInteger asked = new AtomicInteger();
        Resolver resolver = new Resolver(
                host -> {
                    asked.incrementAndGet();
                    if (host.startsWith("no")) {
                        throw new UnknownHostException(host);
                    }
                    return List.of(InetAddress.getLoopbackAddress());
                },
                Runnable::run,
                now::get);
        resolver.resolve("yes.test").join();
        assertThatThrownBy(() -> resolver.resolve("no.test").join()).hasCauseInstanceOf(UnknownHostException.class);
        now.addAndGet(Duration.ofSeconds(6).toNanos());
        resolver.resolve("yes.test").join();
        assertThat(asked).hasValue(2);
        assertThatThrownBy(() -> resolver.resolve("no.test").join()).hasCauseInstanceOf(UnknownHostException.class);
        assertThat(asked).hasValue(3);
        now.addAndGet(Duration.ofSeconds(31).toNanos());
        resolver.resolve("yes.test").join();
        assertThat(asked).hasValue(4);
        assertThat(resolver.resolve("127.0.0.1").join()).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(resolver.resolve("[::1]").join()).containsExactly(InetAddress.ofLiteral("::1"));
        assertThat(asked).hasValue(4);
    }
}
