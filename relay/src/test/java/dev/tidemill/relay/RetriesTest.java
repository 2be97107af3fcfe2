package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.health.RetryBudget;
import dev.tidemill.core.health.State;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.Simulator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two providers behind one model: what is tried again, where, and what the caller sees of it. */
class RetriesTest {
    private static final long HOUR = 3_600_000_000_000L;

    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        other = Simulator.start(Behaviour.plain(), 0);
        route(Policy.DEFAULT, "first");
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
        other.close();
    }

    /** Model {@code m} goes to the first simulator under this name, then to the other as {@code sim-ok}. */
    private void route(Policy policy, String name) {
        Provider first = RelayFixture.provider("first", fixture.simulator.baseUrl());
        Provider second = RelayFixture.provider("second", other.baseUrl());
        fixture.directory.routes(new Routes(
                2,
                List.of(first, second),
                List.of(
                        new Model(
                                "m",
                                List.of(
                                        new Target(first, name, "", 1, 1, false, 0),
                                        new Target(second, "sim-ok", "", 2, 1, false, 0)),
                                policy),
                        new Model("alone", List.of(new Target(first, name, "", 1, 1, false, 0)), policy))));
    }

    private Answer ask(String model, boolean stream) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat(model, stream));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRefusedConnectionGoesToTheNextTargetAtOnce(boolean stream) throws Exception {
        fixture.simulator.door(Door.REFUSE);
        Answer answer = ask("m", stream);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim-ok");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        fixture.simulator.door(Door.OPEN);
    }

    @Test
    void aFallbackWhoseHostOnceRefusedIsReachedAgain() throws Exception {
        route(Policy.DEFAULT, "sim-503");
        Provider second = fixture.directory.routes().providers().getLast();
        fixture.relay.health().host(second).refused(System.nanoTime() - HOUR, "upstream_connect_failed");
        Answer answer = ask("m", true);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim-ok");
        assertThat(fixture.relay.health().host(second).open()).isTrue();
    }

    @Test
    void aFallbackThatDoesWellIsFoundBehindOneThatMayNotBeRetried() throws Exception {
        Provider first = RelayFixture.provider("first", fixture.simulator.baseUrl());
        Provider second = RelayFixture.provider("second", other.baseUrl());
        fixture.directory.routes(new Routes(
                2,
                List.of(first, second),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(first, "sim-429", "", 1, 1, false, 0),
                                new Target(second, "sim-400", "", 2, 1, false, 0),
                                new Target(second, "sim-ok", "", 3, 1, false, 0)),
                        Policy.DEFAULT))));
        degrade("second", "sim-400");
        Answer answer = ask("m", true);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim-ok");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
    }

    /** A quarter of its attempts fail, and no retry is left to it. */
    private void degrade(String provider, String model) {
        long now = System.nanoTime();
        TargetHealth target = target(provider, model);
        for (int i = 0; i < 60; i++) {
            for (int j = 0; j < 3; j++) {
                target.succeeded(target.begin(now, false), now, 1);
            }
            target.failed(target.begin(now, false), now, "upstream_error");
        }
        assertThat(target.state(now).state()).isEqualTo(State.DEGRADED);
        spendRetries(target);
    }

    private static void spendRetries(TargetHealth target) {
        while (target.budget().take(System.nanoTime())) {
            // until none is left
        }
    }

    private TargetHealth target(String provider, String model) {
        return fixture.relay.health().target(provider, model, Policy.DEFAULT, System.nanoTime());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim-503", "sim-close", "sim-reset-at=0", "sim-html", "sim-bad-chunk=0", "sim-empty-body"})
    void whatMayPassIsAskedOfTheSameTargetThreeTimesAndThenOfTheNext(String name) throws Exception {
        route(Policy.DEFAULT, name);
        Answer answer = ask("m", name.length() % 2 == 0);
        assertThat(answer.status()).as(name).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim-ok");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("4");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
    }

    @Test
    void anErrorThatPassesIsNotSeen() throws Exception {
        route(Policy.DEFAULT, "sim-fail-first=2");
        Answer answer = ask("alone", true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("3");
    }

    @Test
    void theLastErrorGoesToTheCallerAsItCame() throws Exception {
        route(Policy.DEFAULT, "sim-500;message=out of tide");
        Answer answer = ask("alone", false);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("out of tide");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("3");
    }

    @Test
    void whatTheCallerMustChangeComesBackAtOnce() throws Exception {
        route(Policy.DEFAULT, "sim-400");
        Answer answer = ask("m", true);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("1");
    }

    @Test
    void aRateLimitWithoutAPauseGoesToAnotherTargetFirst() throws Exception {
        route(Policy.DEFAULT, "sim-429");
        Answer answer = ask("m", true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
    }

    /** Model {@code m} goes to these names, at the first simulator and at the other. */
    private void both(String name, String otherName) {
        Provider first = RelayFixture.provider("first", fixture.simulator.baseUrl());
        Provider second = RelayFixture.provider("second", other.baseUrl());
        fixture.directory.routes(new Routes(
                2,
                List.of(first, second),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(first, name, "", 1, 1, false, 0),
                                new Target(second, otherName, "", 2, 1, false, 0)),
                        Policy.DEFAULT))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim-429", "sim-html=200"})
    void whenAllFailTheyAreAskedAgainOnlyAsRetries(String name) throws Exception {
        both(name, name);
        spendRetries(target("first", name));
        spendRetries(target("second", name));
        assertThat(ask("m", true).header("x-tidemill-attempts")).isEqualTo("2");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
        assertThat(other.counts().total().asked()).isEqualTo(1);
    }

    @Test
    void whenTheLatestIsUsedUpOneBeforeItIsAskedAgain() throws Exception {
        both("sim-429;times=1", "sim-500");
        Answer answer = ask("m", true);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).startsWith("first/");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("5");
    }

    @Test
    void theErrorThatClosesATargetIsTheProvidersOwn() throws Exception {
        route(Policy.DEFAULT, "sim-500;message=out of tide");
        ask("alone", false);
        Answer answer = ask("alone", false);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("out of tide");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
    }

    @Test
    void aRefusedConnectionIsToldAtOnceWhereThereIsNoOtherTarget() throws Exception {
        fixture.simulator.door(Door.REFUSE);
        assertThat(ask("alone", true).status()).isEqualTo(502);
        fixture.simulator.door(Door.OPEN);
        assertThat(target("first", "first").budget().left(System.nanoTime()))
                .as("no retry was planned that could not be made")
                .isEqualTo(RetryBudget.FLOOR);
    }

    @Test
    void aShortPauseIsWaitedFor() throws Exception {
        route(Policy.DEFAULT, "sim-fail-first=1;status=429");
        fixture.simulator.counts();
        Answer answer = ask("alone", true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"503", "500", "529"})
    void aPauseIsKeptForOtherRequestsWhateverStatusItComesWith(String status) throws Exception {
        route(Policy.DEFAULT, "sim-" + status + ";retry-after=50");
        for (int i = 0; i < 4; i++) {
            Answer answer = ask("m", i % 2 == 0);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-tidemill-attempts")).isEqualTo(i == 0 ? "2" : "1");
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
        Answer alone = ask("alone", true);
        assertThat(alone.status()).isEqualTo(429);
        assertThat(alone.header("retry-after")).matches("4[0-9]|50");
    }

    @Test
    void aLongPauseIsTold() throws Exception {
        route(Policy.DEFAULT, "sim-429;retry-after=50");
        Answer answer = ask("alone", true);
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("50");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("1");
    }

    @Test
    void aSilentTargetIsLeftAndNotAskedAgain() throws Exception {
        Policy policy = new Policy(
                Policies.clocks(0, 300, 300, 0, 0, 0).clocks(),
                Policy.DEFAULT.retry(),
                null,
                Policy.DEFAULT.onBreak(),
                Policy.DEFAULT.badEvent(),
                Policy.DEFAULT.clientGone(),
                null,
                null,
                null,
                Policy.DEFAULT.resume());
        route(policy, "sim-stall-headers");
        for (boolean stream : new boolean[] {true, false}) {
            Answer answer = ask("m", stream);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
            Answer alone = ask("alone", stream);
            assertThat(alone.status()).isEqualTo(504);
            assertThat(alone.header("x-tidemill-attempts")).isEqualTo("1");
        }
    }

    @Test
    void aRefusedCredentialGoesToTheNextTarget() throws Exception {
        route(Policy.DEFAULT, "sim-401");
        Answer answer = ask("m", true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
    }

    @Test
    void whatIsSaidOfOurAccountIsNotShownWhateverWordsItComesWith() throws Exception {
        for (String words : List.of("model_not_found", "context_length_exceeded", "rate_limit_exceeded")) {
            for (int status = 401; status <= 403; status++) {
                route(Policies.ONCE, "sim-" + status + ";message=project proj_secret;error-code=" + words);
                Answer answer = ask("alone", status != 402);
                assertThat(answer.status()).as(words).isEqualTo(502);
                assertThat(ErrorBody.of(answer).code()).isEqualTo("upstream_credential");
                assertThat(answer.body()).doesNotContain("proj_secret");
            }
        }
        route(Policies.ONCE, "sim-403;message=not this;error-code=content_filter");
        Answer answer = ask("alone", true);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("not this");
    }

    @Test
    void anErrorInsideAStreamBeforeContentIsTriedAgain() throws Exception {
        route(Policy.DEFAULT, "sim-error-event=0");
        Answer answer = ask("m", true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim-ok");
    }

    @Test
    void afterTheFirstContentNothingIsTriedAgain() throws Exception {
        route(Policy.DEFAULT, "sim-cut-after=3");
        Answer answer = ask("m", true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("upstream_connection_closed").doesNotContain("[DONE]");
        assertThat(other.counts().total().asked()).isZero();
    }

    @Test
    void aCallerThatLeavesIsNotAskedFor() throws Exception {
        route(Policy.DEFAULT, "sim-503");
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("alone", true));
            Eventually.until(() -> fixture.simulator.counts().total().asked() >= 1);
        }
        fixture.atRest();
        long asked = fixture.simulator.counts().total().asked();
        Thread.sleep(300);
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(asked);
    }

    @Test
    void aRequestThatIsTooLongGoesToALargerModel() throws Exception {
        Provider first = RelayFixture.provider("first", fixture.simulator.baseUrl());
        Provider second = RelayFixture.provider("second", other.baseUrl());
        fixture.directory.routes(new Routes(
                2,
                List.of(first, second),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(first, "sim-context-length", "", 1, 1, false, 8_000),
                                new Target(second, "sim-small", "", 2, 1, false, 8_000),
                                new Target(second, "sim-ok", "", 3, 1, false, 200_000)),
                        Policy.DEFAULT))));
        Answer answer = ask("m", true);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim-ok");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
    }

    @Test
    void whatAProviderWillNotAnswerIsNotShoppedAround() throws Exception {
        route(Policy.DEFAULT, "sim-content-filter");
        Answer answer = ask("m", true);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("1");
        assertThat(other.counts().total().asked()).isZero();
    }
}
