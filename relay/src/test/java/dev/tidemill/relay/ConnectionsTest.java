package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.health.State;
import dev.tidemill.core.limit.Quota;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.SeenRequest;
import dev.tidemill.simulator.Simulator;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections to a provider: used again, replaced, aged, counted and queued for. */
@ExtendWith(NothingLeaks.class)
class ConnectionsTest {
    private static final Provider.Pool ONE = new Provider.Pool(1, Duration.ofSeconds(30), Duration.ofMinutes(10), 10);

    private static RelayFixture fixture(Provider.Pool pool) throws Exception {
        return fixture(pool, Policies.ONCE);
    }

    private static RelayFixture fixture(Provider.Pool pool, Policy policy) throws Exception {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        Provider usual = RelayFixture.provider("sim", simulator.baseUrl());
        Provider own = new Provider(
                usual.name(),
                usual.protocol(),
                URI.create(simulator.baseUrl()),
                usual.keys(),
                usual.headers(),
                null,
                null,
                Provider.StreamUsage.ASK,
                pool,
                Quota.NONE);
        return new RelayFixture(
                simulator,
                own,
                RelayOptions.defaults().withLoops(1),
                policy,
                Exchange.LIFE,
                List.of(),
                Resolver.SYSTEM);
    }

    private static RelayFixture fixture(HandFedProvider provider, Policy policy) throws Exception {
        Provider usual = RelayFixture.provider("fed", provider.baseUrl());
        return new RelayFixture(
                Simulator.start(Behaviour.plain(), 0),
                new Provider(
                        usual.name(),
                        usual.protocol(),
                        usual.baseUrl(),
                        usual.keys(),
                        usual.headers(),
                        null,
                        null,
                        Provider.StreamUsage.ASK,
                        new Provider.Pool(
                                policy.breaker() == null ? 10 : 1, Duration.ofSeconds(30), Duration.ofMinutes(10), 20),
                        Quota.NONE),
                RelayOptions.defaults().withLoops(1),
                policy,
                Exchange.LIFE,
                List.of(),
                Resolver.SYSTEM);
    }

    private static HttpClient.Answer ask(RelayFixture fixture, String model) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat(model, true));
        }
    }

    @Test
    void oneThatWasClosedWhileIdleIsReplacedOnceAndNobodyNotices() throws Exception {
        try (RelayFixture fixture = fixture(Provider.Pool.DEFAULT)) {
            fixture.simulator.behave(Behaviour.of("close;skip=1;times=1"));
            assertThat(ask(fixture, "m").status()).isEqualTo(200);
            HttpClient.Answer second = ask(fixture, "m");
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.header("x-tidemill-attempts")).isEqualTo("1");
            assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
            assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(2);
            fixture.atRest();
        }
    }

    @Test
    void itIsReplacedByANewOneAndNotByAnotherThatWasIdleAsLong() throws Exception {
        try (RelayFixture fixture = fixture(Provider.Pool.DEFAULT)) {
            fixture.simulator.behave(Behaviour.of("ttft=100ms+close;skip=2;times=1"));
            try (HttpClient one = fixture.client();
                    HttpClient other = fixture.client()) {
                one.send(fixture.chat("m", true));
                other.send(fixture.chat("m", true));
                assertThat(one.read().status()).isEqualTo(200);
                assertThat(other.read().status()).isEqualTo(200);
            }
            assertThat(ask(fixture, "m").status()).isEqualTo(200);
            assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(3);
            fixture.atRest();
        }
    }

    @Test
    void theReplacementIsNotReplacedAgain() throws Exception {
        try (RelayFixture fixture = fixture(Provider.Pool.DEFAULT)) {
            fixture.simulator.behave(Behaviour.of("close;skip=1;times=5"));
            assertThat(ask(fixture, "m").status()).isEqualTo(200);
            HttpClient.Answer second = ask(fixture, "m");
            assertThat(second.status()).isEqualTo(502);
            assertThat(second.body()).contains("upstream_connection_closed");
            assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
            fixture.atRest();
        }
    }

    @Test
    void oneThatHadBegunToAnswerIsNotReplaced() throws Exception {
        try (RelayFixture fixture = fixture(Provider.Pool.DEFAULT)) {
            fixture.simulator.behave(Behaviour.of("close-in-headers=3;skip=1;times=1"));
            assertThat(ask(fixture, "m").status()).isEqualTo(200);
            assertThat(ask(fixture, "m").status()).isEqualTo(502);
            assertThat(fixture.simulator.counts().total().asked()).isEqualTo(2);
            fixture.atRest();
        }
    }

    @Test
    void oneThatBreaksLongAfterTheSendIsAnAttemptThatFailed() throws Exception {
        try (HandFedProvider provider = new HandFedProvider();
                RelayFixture fixture = fixture(provider, Policies.ONCE);
                HttpClient client = fixture.client()) {
            client.send(fixture.chat("m", false));
            provider.accept().request();
            provider.send(Script.json("{\"choices\":[]}"));
            assertThat(client.read().status()).isEqualTo(200);
            client.send(fixture.chat("m", false));
            provider.request();
            Thread.sleep(1_500); // in which it may have worked, and charges for it
            provider.hangUp();
            HttpClient.Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("upstream_connection_closed");
            assertThat(fixture.relay.meters().attempts().failures(Kind.UPSTREAM_BROKEN))
                    .isEqualTo(1);
            fixture.atRest();
        }
    }

    @Test
    void anAnswerOverOneThatStandsOpensAHostThatRefusedAnother() throws Exception {
        try (HandFedProvider provider = new HandFedProvider();
                RelayFixture fixture = fixture(provider, Policies.ONCE);
                HttpClient stands = fixture.client()) {
            stands.send(fixture.chat("m", false));
            provider.accept().request();
            provider.stopListening();
            assertThat(ask(fixture, "m").body()).contains("upstream_connect_failed");
            assertThat(host(fixture)).isEqualTo(State.DOWN);
            provider.send(Script.json("{\"choices\":[]}"));
            assertThat(stands.read().status()).isEqualTo(200);
            assertThat(host(fixture)).isEqualTo(State.HEALTHY);
            fixture.atRest();
        }
    }

    private static State host(RelayFixture fixture) {
        return fixture.relay.health().hosts(System.nanoTime()).getFirst().state();
    }

    @Test
    void whoeverWaitsForOneIsNotSentOnceTheTargetIsDown() throws Exception {
        Policy policy = Policies.breaking(Policies.ONCE, Policy.DEFAULT.breaker());
        String down = "{\"error\":{\"message\":\"no water\",\"type\":\"server_error\"}}";
        List<HttpClient> clients = new ArrayList<>();
        try (HandFedProvider provider = new HandFedProvider();
                RelayFixture fixture = fixture(provider, policy)) {
            for (int i = 0; i < 12; i++) {
                clients.add(fixture.client().send(fixture.chat("m", false)));
            }
            provider.accept();
            Eventually.until(() -> fixture.relay.pools().getFirst().waiting() == 11);
            int sent = 0;
            while (fixture.relay.running() > 0) {
                if (provider.hears()) {
                    provider.request();
                    provider.send(Script.json(down).replace("200 OK", "500 Bad"));
                    sent++;
                }
                Thread.sleep(1);
            }
            assertThat(sent).as("five that failed, and the one in flight then").isEqualTo(6);
            for (int i = 0; i < 12; i++) {
                HttpClient.Answer answer = clients.get(i).read();
                assertThat(answer.body()).contains(i < 6 ? "no water" : "no_target_available");
                assertThat(answer.header("x-tidemill-attempts")).isEqualTo(i < 6 ? "1" : null);
            }
            fixture.atRest();
        } finally {
            for (HttpClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void oneThatStandsTooLateForWhoWantedItIsThereForTheNext() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        try (RelayFixture fixture = new RelayFixture(
                simulator,
                RelayFixture.provider("far", "http://far.test:" + simulator.port() + "/v1"),
                RelayOptions.defaults().withLoops(1),
                Policies.ONCE,
                Exchange.LIFE,
                List.of(),
                host -> {
                    asked.countDown();
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return List.of(InetAddress.getLoopbackAddress());
                })) {
            try (HttpClient leaves = fixture.client()) {
                leaves.send(fixture.chat("m", true));
                asked.await();
            }
            Eventually.until(() -> fixture.relay.running() == 0);
            answer.countDown();
            Eventually.until(() -> simulator.counts().connectionsOpened() == 1);
            assertThat(ask(fixture, "m").status()).isEqualTo(200);
            assertThat(simulator.counts().connectionsOpened()).isEqualTo(1);
            fixture.atRest();
        }
    }

    @Test
    void oneThatIsOldIsNotUsedAgain() throws Exception {
        try (RelayFixture fixture = fixture(new Provider.Pool(10, Duration.ofSeconds(30), Duration.ofMillis(1), 10))) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(fixture, "m").status()).isEqualTo(200);
                Thread.sleep(5);
            }
            assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(3);
            fixture.atRest();
        }
    }

    @Test
    void oneThatIsIdleForLongIsClosedAndItsPoolEnds() throws Exception {
        try (RelayFixture fixture = fixture(new Provider.Pool(10, Duration.ofMillis(50), Duration.ofMinutes(10), 10))) {
            assertThat(ask(fixture, "m").status()).isEqualTo(200);
            for (int i = 0; i < 400 && !fixture.relay.pools().isEmpty(); i++) {
                Thread.sleep(10);
            }
            assertThat(fixture.relay.pools()).isEmpty();
            assertThat(ask(fixture, "m").status()).isEqualTo(200);
        }
    }

    @Test
    void noMoreThanTheirNumberAreOpenAndTheOthersWait() throws Exception {
        try (RelayFixture fixture = fixture(ONE)) {
            fixture.simulator.behave(Behaviour.of("ttft=30ms"));
            List<HttpClient> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                clients.add(fixture.client().send(fixture.chat("m", i % 2 == 0)));
            }
            for (HttpClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
                client.close();
            }
            assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(1);
            fixture.atRest();
        }
    }

    @Test
    void theQueueHasAnEndAndSaysSo() throws Exception {
        try (RelayFixture fixture = fixture(new Provider.Pool(1, Duration.ofSeconds(30), Duration.ofMinutes(10), 1));
                HttpClient busy = fixture.client();
                HttpClient waits = fixture.client();
                HttpClient tooMuch = fixture.client()) {
            busy.send(fixture.chat("sim-stall-headers=1s", true));
            running(fixture, 1);
            for (int i = 0; i < 1000 && fixture.simulator.counts().running() < 1; i++) {
                Thread.sleep(1); // until it has its connection, rather than a place in the queue
            }
            waits.send(fixture.chat("m", true));
            running(fixture, 2);
            HttpClient.Answer refused = tooMuch.ask(fixture.chat("m", true));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("1");
            assertThat(refused.body()).contains("\"code\":\"overloaded\"");
            assertThat(busy.read().status()).isEqualTo(200);
            assertThat(waits.read().status()).isEqualTo(200);
            fixture.atRest();
        }
    }

    @Test
    void aConnectionThatDoesNotBecomeFreeInTimeIsNothingAgainstTheProvider() throws Exception {
        try (RelayFixture fixture = fixture(ONE, Policies.clocks(200, 0, 0, 0, 0, 0));
                HttpClient busy = fixture.client();
                HttpClient waits = fixture.client()) {
            busy.send(fixture.chat("sim-stall-headers=1s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            HttpClient.Answer refused = waits.ask(fixture.chat("m", true));
            assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains("\"code\":\"overloaded\"").contains("none became free in time");
            assertThat(busy.read().status()).isEqualTo(200);
            assertThat(fixture.relay.meters().attempts().failures(Kind.UPSTREAM_TIMEOUT))
                    .isZero();
            fixture.atRest();
        }
    }

    @Test
    void liveRequestsGoBeforeLinesHoweverManyWait() throws Exception {
        try (RelayFixture fixture = fixture(new Provider.Pool(1, Duration.ofSeconds(30), Duration.ofMinutes(10), 2));
                HttpClient busy = fixture.client();
                HttpClient live = fixture.client()) {
            busy.send(fixture.chat("sim-stall-headers=600ms", true));
            running(fixture, 1);
            CompletableFuture<LineAnswer> first = line(fixture, "line-1");
            CompletableFuture<LineAnswer> second = line(fixture, "line-2");
            running(fixture, 3);
            live.send(fixture.chat("live", false));
            running(fixture, 4);
            Eventually.until(() -> !fixture.relay.lines().headroom("m")); // it has begun before it waits
            assertThat(live.read().status()).isEqualTo(200);
            assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(second.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(busy.read().status()).isEqualTo(200);
            List<String> order = fixture.simulator.requests().stream()
                    .map(SeenRequest::text)
                    .map(text -> text.replaceFirst(".*?\"model\":\"([^\"]+)\".*", "$1"))
                    .toList();
            assertThat(order).containsExactly("sim-stall-headers=600ms", "live", "line-1", "line-2");
            assertThat(fixture.relay.lines().headroom("m")).isTrue();
            fixture.atRest();
        }
    }

    private static CompletableFuture<LineAnswer> line(RelayFixture fixture, String model) {
        CompletableFuture<LineAnswer> done = new CompletableFuture<>();
        String body = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]}";
        fixture.relay
                .lines()
                .run(
                        new LineRequest(
                                fixture.key.id(),
                                "/v1/chat/completions",
                                body.getBytes(StandardCharsets.UTF_8),
                                "key-" + model),
                        done::complete);
        return done;
    }

    private static void running(RelayFixture fixture, long wanted) throws InterruptedException {
        for (int i = 0; i < 1000 && fixture.relay.running() < wanted; i++) {
            Thread.sleep(1);
        }
        assertThat(fixture.relay.running()).isEqualTo(wanted);
    }
}
