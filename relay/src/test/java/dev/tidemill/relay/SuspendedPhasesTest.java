package dev.tidemill.relay;

import static dev.tidemill.relay.Script.DONE;
import static dev.tidemill.relay.Script.content;
import static dev.tidemill.relay.Script.finish;
import static dev.tidemill.relay.Script.playing;
import static dev.tidemill.relay.Script.role;
import static dev.tidemill.relay.Script.send;
import static dev.tidemill.relay.Script.stream;
import static dev.tidemill.relay.Script.usage;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.relay.exchange.Step;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.FaultRow;
import dev.tidemill.simulator.relayed.FaultTable;
import dev.tidemill.simulator.relayed.Setup.Retries;
import dev.tidemill.simulator.relayed.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A phase more, at every place of the life, that waits, fails or throws: the others need not know. */
@ExtendWith(NothingLeaks.class)
class SuspendedPhasesTest {
    /** Waits once for each exchange, and is woken from another thread after a time. */
    private static final class Waits implements Phase {
        private final Set<String> slept = ConcurrentHashMap.newKeySet();
        private final Set<String> awake = ConcurrentHashMap.newKeySet();
        private final Semaphore sleeping = new Semaphore(0);
        private final Duration time;

        Waits(Duration time) {
            this.time = time;
        }

        @Override
        public Step run(Exchange exchange) {
            if (slept.add(exchange.requestId())) {
                sleeping.release();
                Thread.ofVirtual().start(() -> {
                    try {
                        Thread.sleep(time);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    awake.add(exchange.requestId());
                    exchange.resume();
                });
            }
            return awake.contains(exchange.requestId()) ? Step.NEXT : Step.WAIT;
        }
    }

    /** Before each phase of the life. */
    static IntStream places() {
        return IntStream.range(0, Exchange.LIFE.size());
    }

    private static List<Phase> with(int place, Phase more) {
        List<Phase> life = new ArrayList<>(Exchange.LIFE);
        life.add(place, more);
        return List.copyOf(life);
    }

    private static RelayFixture fixture(int place, Phase more) throws Exception {
        return new RelayFixture(RelayOptions.defaults(), Policies.ONCE, with(place, more), List.of());
    }

    private static boolean delivered(int place) {
        return place == Exchange.LIFE.size() - 1;
    }

    @ParameterizedTest
    @MethodSource("places")
    void answersAreTheSame(int place) throws Exception {
        String json = "{\"choices\":[{\"message\":{\"content\":\"" + "x".repeat(100_000) + "\"}}]}";
        List<String> events = new ArrayList<>(List.of(role()));
        for (int i = 0; i < 3_000; i++) {
            events.add(content("word " + i + " of it"));
        }
        events.addAll(List.of(finish(0), DONE));
        String expected = String.join("", events);
        events.add(events.size() - 1, usage());
        try (RelayFixture fixture = fixture(place, new Waits(Duration.ofMillis(15)));
                HttpClient client = fixture.client()) {
            for (int i = 0; i < 3; i++) {
                fixture.simulator.play(playing(send(Script.json(json)), new RawStep.Keep()));
                HttpClient.Answer whole = client.ask(fixture.chat("renamed", false));
                assertThat(whole.status()).isEqualTo(200);
                assertThat(whole.body()).isEqualTo(json);
                fixture.simulator.play(playing(stream(events.toArray(String[]::new))));
                HttpClient.Answer stream = client.ask(fixture.chat("m", true));
                assertThat(stream.status()).isEqualTo(200);
                assertThat(stream.whole()).isTrue();
                assertThat(stream.body()).isEqualTo(expected);
            }
            client.send(fixture.chat("a", true) + fixture.chat("b", true));
            assertThat(client.read().body()).isEqualTo(expected);
            assertThat(client.read().body()).isEqualTo(expected);
            fixture.atRest();
            assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void aPhaseThatFailsEndsTheExchangeWithItsFailure(int place) throws Exception {
        Phase fails = exchange -> {
            exchange.fail(Failure.of(Failure.Kind.OVERLOADED, "no_more", "enough for today"));
            return Step.FAIL;
        };
        ends(place, fails, 503, "no_more");
    }

    @ParameterizedTest
    @MethodSource("places")
    void aPhaseThatThrowsIsAnErrorOfOurs(int place) throws Exception {
        Phase throwing = exchange -> {
            throw new IllegalStateException("on purpose");
        };
        Logger log = (Logger) LoggerFactory.getLogger(Exchange.class);
        log.setLevel(Level.OFF);
        try {
            ends(place, throwing, 500, "internal_error");
        } finally {
            log.setLevel(null);
        }
    }

    private static void ends(int place, Phase phase, int status, String code) throws Exception {
        try (RelayFixture fixture = fixture(place, phase)) {
            for (int i = 0; i < 4; i++) {
                try (HttpClient client = fixture.client()) {
                    HttpClient.Answer answer = client.ask(fixture.chat("m", i % 2 == 0));
                    assertThat(answer.whole()).isTrue();
                    if (delivered(place)) { // there is nothing left to take back
                        assertThat(answer.status()).isEqualTo(200);
                        assertThat(answer.body()).doesNotContain("\"error\"");
                        assertThat(i % 2 == 0 ? answer.body() : DONE).endsWith(DONE);
                    } else {
                        assertThat(answer.status()).isEqualTo(status);
                        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
                    }
                }
            }
            fixture.atRest();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void aClientThatLeavesMeanwhileLeavesNothingBehind(int place) throws Exception {
        Waits waits = new Waits(Duration.ofMillis(120));
        try (RelayFixture fixture = fixture(place, waits)) {
            for (int i = 0; i < 4; i++) {
                try (HttpClient client = fixture.client()) {
                    client.send(fixture.chat("sim-speed=100", i % 2 == 0));
                    waits.sleeping.acquire();
                }
            }
            fixture.atRest();
            fixture.simulator.countsAtRest(Duration.ofSeconds(5));
        }
    }

    @Test
    void aConnectionThatDiesWhileAPhaseHoldsItIsReplaced() throws Exception {
        int beforeSend = Exchange.LIFE.stream().map(Phase::phaseName).toList().indexOf("send");
        Waits waits = new Waits(Duration.ofMillis(100));
        try (RelayFixture fixture = fixture(beforeSend, waits);
                HttpClient client = fixture.client()) {
            for (int i = 0; i < 3; i++) {
                client.send(fixture.chat("m", i % 2 == 0));
                waits.sleeping.acquire();
                Thread.sleep(20);
                fixture.simulator.dropConnections();
                HttpClient.Answer answer = client.read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("x-tidemill-attempts")).isEqualTo("1");
            }
            fixture.atRest();
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void noFaultMakesACutAnswerLookWhole(int place) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<FaultRow> rows = FaultTable.rows().stream()
                .filter(row -> row.setup().retries() == Retries.NONE)
                .toList();
        List<Phase> life = with(place, new Waits(Duration.ofMillis(10)));
        for (int i = 0; i < 12; i++) {
            FaultRow row = rows.get(random.nextInt(rows.size()));
            boolean stream = random.nextInt(4) != 0;
            Api api = random.nextBoolean() ? Api.CHAT : Api.MESSAGES;
            Trial trial = FaultFixture.play(row, api, stream, life);
            assertThat(trial.lies())
                    .as("%s, %s: %s", row, trial.kind(), trial.seen())
                    .isFalse();
            assertThat(trial.seen().framed())
                    .as("%s, %s: %s", row, trial.kind(), trial.seen())
                    .isTrue();
        }
    }

    @Test
    void theSimulatorsWordsArriveWhenEveryPhaseWaits() throws Exception {
        List<Phase> life = new ArrayList<>();
        for (Phase phase : Exchange.LIFE) {
            life.add(new Waits(Duration.ofMillis(3)));
            life.add(phase);
        }
        try (RelayFixture fixture =
                        new RelayFixture(RelayOptions.defaults(), Policies.ONCE, List.copyOf(life), List.of());
                HttpClient client = fixture.client()) {
            fixture.simulator.behave(Behaviour.of("text=all is well+speed=100"));
            assertThat(client.ask(fixture.chat("m", true)).body())
                    .contains("all")
                    .endsWith(DONE);
            assertThat(client.ask(fixture.chat("m", false)).body()).contains("all is well");
            fixture.atRest();
        }
    }
}
