package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.health.State;
import dev.tidemill.core.health.TargetState;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Policy.ContentPolicy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/failures.md says of each class is what happens: with another target behind the one that fails, and without. */
class FailuresInForceTest {
    /** A provider that fails; {@code status} is what a caller gets who has no other target. */
    enum Case {
        REFUSED(Kind.UPSTREAM_REFUSED, "sim", 502),
        NO_TLS(Kind.UPSTREAM_CONNECT, "sim", 502),
        SILENT(Kind.UPSTREAM_TIMEOUT, "sim-stall-headers", 504),
        CLOSED(Kind.UPSTREAM_BROKEN, "sim-close", 502),
        CUT(Kind.UPSTREAM_BROKEN, "sim-truncate-after=0", 502),
        GATEWAYS_PAGE(Kind.UPSTREAM_PROTOCOL, "sim-html", 502),
        MALFORMED(Kind.UPSTREAM_PROTOCOL, "sim-two-lengths", 502),
        HTML(Kind.UPSTREAM_UNUSABLE, "sim-html=200", 502),
        NO_STREAM(Kind.UPSTREAM_UNUSABLE, "sim-wrong-type", 502),
        REDIRECT(Kind.UPSTREAM_UNUSABLE, "sim-redirect", 502),
        ENCODED(Kind.UPSTREAM_UNUSABLE, "sim-wrong-encoding", 502),
        TOO_LARGE(Kind.UPSTREAM_UNUSABLE, "sim-huge-event=20MiB", 502),
        ERROR(Kind.UPSTREAM_ERROR, "sim-500", 500),
        ERROR_EVENT(Kind.UPSTREAM_ERROR, "sim-error-event=0", 502),
        OVERLOADED(Kind.UPSTREAM_OVERLOADED, "sim-503;type=overloaded_error", 503),
        OVERLOADED_529(Kind.UPSTREAM_OVERLOADED, "sim-529", 503),
        RATE_LIMITED(Kind.UPSTREAM_RATE_LIMITED, "sim-429;retry-after=30", 429),
        RATE_LIMITED_WORDLESS(Kind.UPSTREAM_RATE_LIMITED, "sim-429", 429),
        BAD_KEY(Kind.UPSTREAM_CREDENTIAL, "sim-401", 502),
        NO_CREDIT(Kind.UPSTREAM_CREDENTIAL, "sim-429;error-code=insufficient_quota", 502),
        NO_MODEL(Kind.UPSTREAM_MODEL, "sim-404;error-code=model_not_found", 404),
        NO_ACCESS(Kind.UPSTREAM_MODEL, "sim-403;error-code=model_not_found", 502),
        TOO_LONG(Kind.CONTEXT_LENGTH, "sim-context-length", 400),
        FILTERED(Kind.CONTENT_POLICY, "sim-400;error-code=content_filter", 400),
        WRONG(Kind.UPSTREAM_REQUEST, "sim-422", 422),
        PAGE_413(Kind.UPSTREAM_REQUEST, "sim-html=413", 400),
        PAGE_403(Kind.UPSTREAM_CREDENTIAL, "sim-html=403", 502),
        PAGE_429(Kind.UPSTREAM_RATE_LIMITED, "sim-html=429", 429);

        final Kind kind;
        final String name;
        final int status;

        Case(Kind kind, String name, int status) {
            this.kind = kind;
            this.name = name;
            this.status = status;
        }
    }

    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        other = Simulator.start(Behaviour.plain(), 0);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
        other.close();
    }

    /** Two keys at the provider that fails, so that one can be set aside alone. */
    private void route(Case which, int keys) {
        Policy usual = Policy.DEFAULT;
        int patience = which == Case.SILENT ? 1500 : 0; // a machine that is busy answers late
        Policy policy = new Policy(
                Policies.clocks(0, patience, patience, 0, 0, 0).clocks(),
                usual.retry(),
                usual.breaker(),
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume());
        String url = fixture.simulator.baseUrl();
        Provider first = new Provider(
                "first",
                Protocol.OPENAI,
                URI.create(which == Case.NO_TLS ? url.replace("http:", "https:") : url),
                List.of("sk-1", "sk-2").subList(0, keys),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
        Provider second = RelayFixture.provider("second", other.baseUrl());
        Target failing = new Target(first, keys == 1 ? which.name : "sim", "", 1, 1, false, 0);
        fixture.directory.routes(new Routes(
                2,
                List.of(first, second),
                List.of(
                        new Model("m", List.of(failing, new Target(second, "sim", "", 2, 1, false, 0)), policy),
                        new Model("alone", List.of(failing), policy))));
        if (which == Case.REFUSED) {
            fixture.simulator.door(Door.REFUSE);
        }
    }

    private Answer ask(String model) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat(model, true));
        }
    }

    private TargetState failing() {
        return fixture.relay.health().targets(System.nanoTime()).stream()
                .filter(target -> target.provider().equals("first"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void withAnotherTarget(Case which) throws Exception {
        route(which, 1);
        Answer answer = ask("m");
        fixture.atRest();
        int asked = switch (which.kind.next()) {
            case SAME_FIRST -> 3;
            case OTHER_FIRST, OTHER, OTHER_IF_ROUTE_SAYS, STOP -> 1;
        };
        boolean another = switch (which.kind.next()) {
            case SAME_FIRST, OTHER_FIRST, OTHER -> true;
            case OTHER_IF_ROUTE_SAYS, STOP -> false;
        };
        assertThat(answer.status()).as(answer.body()).isEqualTo(another ? 200 : which.status);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo(Integer.toString(asked + (another ? 1 : 0)));
        assertThat(fixture.relay.meters().attempts().failures(which.kind)).isEqualTo(asked);
        TargetState target = failing();
        assertThat(target.failures()).as("counted").isEqualTo(which.kind.counts() ? asked : 0);
        String aside = FailuresPage.read().aside(which.kind);
        boolean host =
                fixture.relay.health().hosts(System.nanoTime()).stream().anyMatch(one -> one.state() == State.DOWN);
        assertThat(host).as("the host").isEqualTo(aside.startsWith("the host"));
        boolean paused = which == Case.RATE_LIMITED;
        assertThat(target.state() == State.PARKED || target.state() == State.OUT)
                .as("the model")
                .isEqualTo(aside.startsWith("the model") || (aside.contains("else the model") && paused));
        assertThat(fixture.relay.health().credentials(System.nanoTime()))
                .filteredOn(key -> key.state() != State.HEALTHY)
                .as("the key")
                .hasSize(aside.startsWith("the key") ? 1 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void alone(Case which) throws Exception {
        route(which, 1);
        Answer answer = ask("alone");
        assertThat(answer.status()).as(answer.body()).isEqualTo(which.status);
        FailuresPage page = FailuresPage.read();
        String code = String.valueOf(ErrorBody.of(answer.body()).code());
        assertThat(page.names(which.kind, code)).as(code).isTrue();
        assertThat("false".equals(answer.header("x-should-retry")))
                .as("whatever pause is told, the client need not multiply our attempts")
                .isEqualTo(page.advisesAgainst(which.kind));
        boolean named = which.name.contains("retry-after");
        assertThat(answer.header("retry-after") != null).isEqualTo(named && page.tellsPause(which.kind));
    }

    /** The route of {@code m} says that others may be asked what the first will not answer. */
    private void shopAround() {
        Routes routes = fixture.directory.routes();
        Model model = Objects.requireNonNull(routes.find("m"));
        Policy usual = model.policy();
        Policy around = new Policy(
                usual.clocks(),
                usual.retry(),
                usual.breaker(),
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume(),
                usual.providerIds(),
                ContentPolicy.FAILOVER,
                usual.queue());
        fixture.directory.routes(new Routes(3, routes.providers(), List.of(new Model("m", model.targets(), around))));
    }

    @Test
    void aRefusalThatRepeatsTheRequestTakesNoModelOut() throws Exception {
        route(Case.WRONG, 1);
        fixture.simulator.behave(Behaviour.of("400;message=Invalid value: 'x is not a valid model id'"));
        Routes routes = fixture.directory.routes();
        Model model = Objects.requireNonNull(routes.find("m"));
        Target first = new Target(model.targets().getFirst().provider(), "sim", "", 1, 1, false, 0);
        List<Target> targets = List.of(first, model.targets().getLast());
        fixture.directory.routes(new Routes(3, routes.providers(), List.of(new Model("m", targets, model.policy()))));
        assertThat(ask("m").status()).isEqualTo(400);
        fixture.simulator.behave(Behaviour.plain());
        assertThat(ask("m").header("x-tidemill-target")).isEqualTo("first/sim");
    }

    @Test
    void aContentRefusalGoesToTheOthersWhereTheRouteSaysSo() throws Exception {
        route(Case.FILTERED, 1);
        shopAround();
        Answer answer = ask("m");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
    }

    @Test
    void whoeverIsAskedWhatOthersRefusedIsAskedOnce() throws Exception {
        route(Case.FILTERED, 1);
        shopAround();
        other.behave(Behaviour.of("400;error-code=content_policy_violation"));
        Answer answer = ask("m");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(ErrorBody.of(answer.body()).code()).isEqualTo("content_policy_violation");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
        assertThat(other.counts().total().asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "slow down", "{\"error\":"})
    void aRefusalWithoutJsonIsWhatItsStatusSays(String body) throws Exception {
        route(Case.RATE_LIMITED, 1);
        fixture.simulator.play(Script.playing(Script.send(Script.json(body)
                .replace("200 OK", "429 Too Many Requests")
                .replace("content-length", "retry-after: 30\r\ncontent-length"))));
        Answer answer = ask("alone");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("30");
        assertThat(answer.body()).contains("status 429 and no JSON").doesNotContain("slow down");
        assertThat(failing().state()).isEqualTo(State.PARKED);
        assertThat(failing().failures()).isZero();
    }

    @Test
    void aCallerForWhomNoProviderWasAskedMayComeBack() throws Exception {
        route(Case.RATE_LIMITED, 1);
        ask("alone");
        fixture.atRest();
        Answer answer = ask("alone");
        assertThat(answer.status()).as(answer.body()).isEqualTo(429);
        assertThat(answer.header("x-tidemill-attempts")).isNull();
        assertThat(answer.header("retry-after")).isNotNull();
        assertThat(answer.header("x-should-retry")).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"RATE_LIMITED", "BAD_KEY"})
    void ofSeveralKeysTheOneIsSetAside(Case which) throws Exception {
        route(which, 2);
        fixture.simulator.play(Scenario.of(
                Rule.forHeader("authorization", "*sk-1", Behaviour.of(which.name.substring("sim-".length())))));
        assertThat(ask("m").header("x-tidemill-target")).isEqualTo("first/sim");
        fixture.atRest();
        assertThat(fixture.relay.health().credentials(System.nanoTime()))
                .filteredOn(key -> key.provider().equals("first"))
                .extracting(key -> key.state() == State.HEALTHY)
                .containsExactlyInAnyOrder(true, false);
        assertThat(failing().state()).isEqualTo(State.HEALTHY);
    }
}
