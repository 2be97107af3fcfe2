package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.limit.Quota;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second target is asked when the first is slower than it usually is. */
class HedgingTest {
    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture(RelayOptions.defaults().withLoops(1), Policies.ONCE, Exchange.LIFE, List.of());
        other = Simulator.start(Behaviour.plain(), 0);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        assertThat(fixture.relay.health().targets(System.nanoTime()))
                .allSatisfy(target -> assertThat(target.inFlight()).isZero());
        fixture.close();
        other.close();
    }

    /** All go to the first, as long as it is there; half of all requests may be hedged. */
    private void route(String first, String second) {
        route(Protocol.OPENAI, first, second);
    }

    private static Provider provider(String name, Protocol protocol, Simulator at) {
        return new Provider(
                name,
                protocol,
                URI.create(at.baseUrl()),
                List.of("sk-" + name),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
    }

    private void route(Protocol protocol, String first, String second) {
        route(protocol, Clocks.DEFAULT, first, second);
    }

    private void route(Protocol protocol, Clocks clocks, String first, String second) {
        Provider one = provider("one", protocol, fixture.simulator);
        Provider two = provider("two", protocol, other);
        fixture.directory.routes(new Routes(
                2,
                List.of(one, two),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(one, first, "", 1, 1, false, 0),
                                new Target(two, second, "", 2, 1, false, 0)),
                        policy(clocks, null)))));
    }

    private static Policy policy(Clocks clocks, Policy.@Nullable Breaker breaker) {
        Policy usual = Policy.DEFAULT;
        return new Policy(
                clocks,
                usual.retry(),
                breaker,
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                null,
                null,
                new Policy.Hedge(0.95, 0.5),
                usual.resume());
    }

    private Answer ask() throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat("m", true));
        }
    }

    private void learn() throws Exception {
        route("sim", "sim");
        for (int i = 0; i < 25; i++) {
            assertThat(ask().status()).isEqualTo(200);
        }
    }

    @Test
    void theFirstContentWinsAndTheLoserIsCancelled() throws Exception {
        learn();
        route("sim-stall-first", "sim");
        Answer answer = ask();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("two/sim");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        assertThat(answer.body()).endsWith("data: [DONE]\n\n");
        assertThat(answer.body().split("\"role\":\"assistant\"", -1))
                .as("one opening")
                .hasSize(2);
        Eventually.until(() -> fixture.simulator.counts().total().cancelled() == 1);
        fixture.atRest();
        assertThat(fixture.relay.meters().attempts().hedges()).isEqualTo(1);
        assertThat(fixture.relay.meters().attempts().givenUp()).isEqualTo(1);
        assertThat(fixture.relay.meters().attempts().failovers()).isZero();
    }

    @Test
    void theFirstMayStillWin() throws Exception {
        learn();
        route("sim-ttft=400ms", "sim-ttft=5s");
        Answer answer = ask();
        assertThat(answer.header("x-tidemill-target")).isEqualTo("one/sim-ttft=400ms");
        assertThat(answer.body()).endsWith("data: [DONE]\n\n");
        Eventually.until(() -> other.counts().total().cancelled() == 1);
    }

    @Test
    void oneThatFailsLeavesItToTheOther() throws Exception {
        learn();
        route("sim-stall-headers=400ms+503", "sim-ttft=800ms");
        Answer first = ask();
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("x-tidemill-target")).isEqualTo("two/sim-ttft=800ms");
        route("sim-ttft=800ms", "sim-stall-headers=300ms+503");
        Answer second = ask();
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("x-tidemill-target")).isEqualTo("one/sim-ttft=800ms");
        route("sim-stall-headers=400ms+400;message=first", "sim-stall-headers=400ms+400;message=second");
        assertThat(ask().status()).isEqualTo(400);
    }

    @Test
    void aRefusalIsTheCallersToSeeThoughAnotherIsAsked() throws Exception {
        learn();
        for (String refused : List.of("400;error-code=content_filter;message=water", "422;message=water")) {
            route("sim-stall-headers=400ms+" + refused, "sim-ttft=5s");
            Answer first = ask();
            assertThat(first.status()).as(refused).isBetween(400, 422);
            assertThat(first.body()).contains("water");
            assertThat(first.header("x-tidemill-target")).startsWith("one/");
            route("sim-stall-headers", "sim-stall-headers=100ms+" + refused);
            Answer second = ask();
            assertThat(second.status()).as(refused).isBetween(400, 422);
            assertThat(second.body()).contains("water");
            assertThat(second.header("x-tidemill-target")).startsWith("two/");
            assertThat(second.header("x-tidemill-attempts")).isEqualTo("2");
        }
        Eventually.until(
                () -> other.counts().running() + fixture.simulator.counts().running() == 0);
        assertThat(fixture.relay.meters().attempts().hedgesWon()).isZero();
    }

    @Test
    void anAnswerThatHadBegunBeforeTheSecondWasAskedTellsOfBoth() throws Exception {
        learn();
        route("sim-stall-first;for=800ms", "sim-ttft=5s");
        Answer answer = ask();
        assertThat(answer.header("x-tidemill-target")).startsWith("one/");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
    }

    /** The second waits for the only connection, behind requests that open its target's breaker. */
    @Test
    void aSecondWhoseTargetWentDownBeforeItWasAskedIsNotAsked() throws Exception {
        learn();
        Provider one = provider("one", Protocol.OPENAI, fixture.simulator);
        Provider two = new Provider(
                "two",
                Protocol.OPENAI,
                URI.create(other.baseUrl()),
                List.of("sk-two"),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK,
                new Provider.Pool(1, Duration.ofSeconds(30), Duration.ofMinutes(10), 10),
                Quota.NONE);
        Policy once = Policies.breaking(Policies.ONCE, Policy.DEFAULT.breaker());
        Target fails = new Target(two, "sim-503", "", 2, 1, false, 0);
        fixture.directory.routes(new Routes(
                3,
                List.of(one, two),
                List.of(
                        new Model("busy", List.of(new Target(two, "sim-ttft=3s", "", 1, 1, false, 0)), once),
                        new Model("fails", List.of(fails), once),
                        new Model(
                                "m",
                                List.of(new Target(one, "sim-ttft=6s", "", 1, 1, false, 0), fails),
                                policy(Clocks.DEFAULT, Policy.DEFAULT.breaker())))));
        List<HttpClient> clients = new ArrayList<>();
        try {
            clients.add(fixture.client().send(fixture.chat("busy", true)));
            Eventually.until(() -> other.counts().running() == 1);
            for (int i = 0; i < 6; i++) { // five open it while the sixth is in flight
                clients.add(fixture.client().send(fixture.chat("fails", false)));
            }
            Eventually.until(() -> fixture.relay.pools().stream().anyMatch(pool -> pool.waiting() == 6));
            Answer answer = ask();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-tidemill-target")).isEqualTo("one/sim-ttft=6s");
            assertThat(answer.header("x-tidemill-attempts")).isEqualTo("1");
            assertThat(fixture.relay.meters().attempts().hedges()).isEqualTo(1);
            assertThat(other.counts().total().asked()).isEqualTo(7);
        } finally {
            for (HttpClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void theOneThatIsLeftHasItsTimeFromItsOwnSend() throws Exception {
        learn();
        Clocks clocks = Policies.clocks(0, 0, 2_000, 0, 0, 3_000).clocks();
        route(Protocol.OPENAI, clocks, "sim-stall-headers=1500ms+503", "sim-stall-first");
        assertThat(ask().header("x-tidemill-attempts"))
                .as("with 2 s more from the failure of the first, no time were left for a third")
                .isEqualTo("3");
    }

    @Test
    void aClientThatLeavesCancelsBoth() throws Exception {
        learn();
        route("sim-stall-first", "sim-stall-first");
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("m", true));
            Eventually.until(() -> other.counts().running() == 1);
        }
        Eventually.until(() ->
                other.counts().running() == 0 && fixture.simulator.counts().running() == 0);
        fixture.atRest();
        assertThat(fixture.relay.meters().failures(Failure.Kind.CLIENT_GONE)).isEqualTo(1);
    }

    @Test
    void whatTheProviderItselfRunsIsNotRunTwice() throws Exception {
        learn();
        route("sim-ttft=900ms", "sim");
        String plain = fixture.chat("m", true);
        for (String tools :
                List.of("[{\"type\":\"web_search\"}]", "[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]")) {
            boolean hosted = tools.contains("web_search");
            String body = plain.substring(plain.indexOf("\r\n\r\n") + 4)
                    .replace("{\"model\"", "{\"tools\":" + tools + ",\"model\"");
            try (HttpClient client = fixture.client()) {
                Answer answer = client.ask(fixture.post("/v1/chat/completions", body));
                assertThat(answer.header("x-tidemill-attempts")).as(tools).isEqualTo(hosted ? "1" : "2");
            }
        }
    }

    @Test
    void serversOfToolsThatTheProviderAsksAreNotAskedTwice() throws Exception {
        String head = "{\"model\":\"m\",\"stream\":true,\"max_tokens\":100,";
        String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        String servers = "\"mcp_servers\":[{\"type\":\"url\",\"url\":\"https://tools.example\",\"name\":\"t\"}],";
        route(Protocol.ANTHROPIC, "sim", "sim");
        for (int i = 0; i < 25; i++) {
            assertThat(messages(head + messages).status()).isEqualTo(200);
        }
        route(Protocol.ANTHROPIC, "sim-ttft=900ms", "sim");
        assertThat(messages(head + servers + messages).header("x-tidemill-attempts"))
                .isEqualTo("1");
        assertThat(messages(head + "\"mcp_servers\":[]," + messages).header("x-tidemill-attempts"))
                .isEqualTo("2");
    }

    private Answer messages(String body) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.post("/v1/messages", body));
        }
    }

    @Test
    void withoutKnowledgeNothingIsAskedTwice() throws Exception {
        route("sim-ttft=500ms", "sim");
        assertThat(ask().header("x-tidemill-attempts")).isEqualTo("1");
        assertThat(other.counts().total().asked()).isZero();
    }
}
