package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider with two keys, one of which it refuses: the other serves, before anybody waits or goes elsewhere. */
class KeyRotationTest {
    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        other = Simulator.start(Behaviour.plain(), 0);
        route(Policy.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
        other.close();
    }

    private void route(Policy policy) {
        Provider first = new Provider(
                "first",
                Protocol.OPENAI,
                URI.create(fixture.simulator.baseUrl()),
                List.of("sk-1", "sk-2"),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
        Provider second = RelayFixture.provider("second", other.baseUrl());
        Target refusing = new Target(first, "sim", "", 1, 1, false, 0);
        fixture.directory.routes(new Routes(
                2,
                List.of(first, second),
                List.of(
                        new Model("m", List.of(refusing, new Target(second, "sim", "", 2, 1, false, 0)), policy),
                        new Model("alone", List.of(refusing), policy),
                        new Model("neighbour", List.of(new Target(first, "sim-ok", "", 1, 1, false, 0)), policy))));
    }

    /** Requests with a key whose text ends so are refused so. */
    private void refuse(String key, String refusal) {
        fixture.simulator.play(Scenario.of(Rule.forHeader("authorization", "*" + key, Behaviour.of(refusal))));
    }

    private Answer ask(String model) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat(model, true));
        }
    }

    private void isAnsweredBy(Answer answer, String target, int attempts) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-target")).isEqualTo(target);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo(Integer.toString(attempts));
    }

    @ParameterizedTest
    @ValueSource(strings = {"429;retry-after=50", "429;retry-after=3", "401", "402", "403"})
    void theOtherKeyServes(String refusal) throws Exception {
        refuse("sk-1", refusal);
        isAnsweredBy(ask("alone"), "first/sim", 2);
        for (int i = 0; i < 3; i++) {
            isAnsweredBy(ask("m"), "first/sim", 1);
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"429;retry-after=50", "401"})
    void itServesBeforeATargetOfLowerPriority(String refusal) throws Exception {
        refuse("sk-1", refusal);
        isAnsweredBy(ask("m"), "first/sim", 2);
        assertThat(other.counts().total().asked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"429;retry-after=50", "401"})
    void whenBothAreRefusedTheNextTargetServes(String refusal) throws Exception {
        refuse("", refusal);
        isAnsweredBy(ask("m"), "second/sim", 3);
    }

    @Test
    void aLimitReachedWithOneModelLeavesTheKeyToItsNeighbour() throws Exception {
        refuse("sk-1", "429;retry-after=50");
        isAnsweredBy(ask("alone"), "first/sim", 2);
        fixture.simulator.play(Scenario.of(Behaviour.plain()));
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            isAnsweredBy(ask("neighbour"), "first/sim-ok", 1);
            keys.add(lastKey());
            isAnsweredBy(ask("alone"), "first/sim", 1);
            assertThat(lastKey()).isEqualTo("Bearer sk-2");
        }
        assertThat(keys).containsExactlyInAnyOrder("Bearer sk-1", "Bearer sk-2");
    }

    private @Nullable String lastKey() {
        return fixture.simulator.requests().getLast().header("authorization");
    }

    @Test
    void aPolicyOfOneAttemptIsKept() throws Exception {
        route(Policies.ONCE);
        refuse("sk-1", "429;retry-after=50");
        assertThat(ask("alone").status()).isEqualTo(429);
    }
}
