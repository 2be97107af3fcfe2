package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.meter.AttemptMeters;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Each attempt is counted once, by how it ended, and those that failed stand in the line of the access log. */
class AttemptsAreCountedTest {
    @TempDir
    Path folder;

    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                List.of());
        other = Simulator.start(Behaviour.plain(), 0);
    }

    @AfterEach
    void stop() {
        fixture.close();
        other.close();
    }

    private void route(String first, String second) {
        Policy usual = Policy.DEFAULT;
        Policy policy = new Policy(
                Policies.clocks(0, 0, 1500, 0, 0, 0).clocks(),
                usual.retry(),
                usual.breaker(),
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume());
        Provider one = RelayFixture.provider("first", fixture.simulator.baseUrl());
        Provider two = RelayFixture.provider("second", other.baseUrl());
        fixture.directory.routes(new Routes(
                2,
                List.of(one, two),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(one, first, "", 1, 1, false, 0),
                                new Target(two, second, "", 2, 1, false, 0)),
                        policy))));
    }

    /** The line of the access log for one stream. */
    private JsonNode ask() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.ask(fixture.chat("m", true));
        }
        fixture.atRest();
        Path log = folder.resolve("access.log");
        Eventually.until(() -> Files.exists(log) && !Files.readString(log).isEmpty());
        return new ObjectMapper().readTree(Files.readString(log));
    }

    private AttemptMeters attempts() {
        return fixture.relay.meters().attempts();
    }

    private static void is(JsonNode tried, String target, String kind, boolean sent) {
        assertThat(tried.get("target").stringValue()).isEqualTo(target);
        assertThat(tried.get("kind").stringValue()).isEqualTo(kind);
        assertThat(tried.get("sent").booleanValue()).isEqualTo(sent);
        assertThat(tried.get("ms").longValue()).isNotNegative();
    }

    @Test
    void aWholeAnswerIsOneAttemptAndNoTry() throws Exception {
        route("sim-ok", "sim-ok");
        assertThat(ask().has("tries")).isFalse();
        assertThat(attempts().whole()).isEqualTo(1);
        assertThat(attempts().retries() + attempts().failovers() + attempts().givenUp())
                .isZero();
    }

    @Test
    void whoeverHasAnAnswerFindsItCountedAlready() throws Exception {
        route("sim-ok", "sim-ok");
        try (HttpClient client = fixture.client()) {
            for (int i = 1; i <= 1_000; i++) {
                client.ask(fixture.chat("m", i % 2 == 0));
                assertThat(attempts().whole()).as("answers had: %d", i).isEqualTo(i);
                assertThat(fixture.relay.running()).isZero();
            }
        }
    }

    @Test
    void threeTriesAtOneTargetAndOneAtAnother() throws Exception {
        route("sim-500", "sim-ok");
        JsonNode tries = ask().get("tries");
        assertThat(tries).hasSize(3).allSatisfy(tried -> is(tried, "first/sim-500", "upstream_error", true));
        assertThat(attempts().failures(Kind.UPSTREAM_ERROR)).isEqualTo(3);
        assertThat(attempts().retries()).isEqualTo(2);
        assertThat(attempts().failovers()).isEqualTo(1);
        assertThat(attempts().whole()).isEqualTo(1);
    }

    @Test
    void aClockThatRanOutIsNamed() throws Exception {
        route("sim-stall-first", "sim-ok");
        JsonNode tries = ask().get("tries");
        assertThat(tries).hasSize(1);
        is(tries.get(0), "first/sim-stall-first", "upstream_timeout", true);
        assertThat(tries.get(0).get("code").stringValue()).isEqualTo("timeout_first_content");
        assertThat(tries.get(0).get("clock").stringValue()).isEqualTo("first_content");
        int clock = attempts().clockNames().indexOf("first_content");
        assertThat(attempts().clockRuns(clock)).isEqualTo(1);
        assertThat(attempts().failures(Kind.UPSTREAM_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void oneThatBreaksAfterItsFirstContentIsTheLastTry() throws Exception {
        route("sim-cut-after=2", "sim-ok");
        JsonNode line = ask();
        assertThat(line.get("tries")).hasSize(1);
        is(line.get("tries").get(0), "first/sim-cut-after=2", "upstream_broken", true);
        assertThat(attempts().failures(Kind.UPSTREAM_BROKEN)).isEqualTo(1);
        assertThat(attempts().whole()).isZero();
    }

    @Test
    void anErrorThatGoesToTheCallerIsOneFailedTry() throws Exception {
        route("sim-400", "sim-ok");
        assertThat(ask().get("tries")).hasSize(1);
        assertThat(attempts().failures(Kind.UPSTREAM_REQUEST)).isEqualTo(1);
        assertThat(attempts().whole()).isZero();
    }
}
