package dev.tidemill.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from the access log and from the changes of health about a target that died. */
class VictimTest {
    private static final Instant BEGUN = Instant.parse("2026-03-01T10:00:00Z");

    private static Instant at(double seconds) {
        return BEGUN.plusMillis(Math.round(seconds * 1000));
    }

    private static Logged line(double seconds, String... targets) {
        List<Logged.Failed> failed = new ArrayList<>();
        for (int i = 0; i < targets.length - 1; i++) {
            failed.add(new Logged.Failed(targets[i], "timeout_gap", at(seconds + 0.3 * (i + 1))));
        }
        return new Logged(at(seconds), targets[targets.length - 1], false, targets.length, failed);
    }

    private static Told told(Told.Ending ending, double asked, double ended) {
        return new Told(at(asked), at(ended), ending, "a/mill", "");
    }

    /** It dies ten seconds after the load's start, and returns ten seconds after that. */
    private static Victim victim(Simulator simulator, Outage outage) {
        return new Victim("a/mill", "127.0.0.1:1", simulator, outage, Duration.ofSeconds(10), Duration.ofSeconds(20));
    }

    @Test
    void itsDeathItsTrialsAndItsReturnAreFound() throws IOException {
        try (Simulator simulator = Simulator.start(Outage.ALIVE, 0)) {
            Victim victim = victim(simulator, Outage.FAILS);
            List<Logged> log = new ArrayList<>();
            log.add(line(10.1, "a/mill", "b/mill")); // found out
            log.add(line(15, "a/mill", "b/mill")); //   a trial
            for (double t = 20; t < 40; t += 0.01) { // from 30 s on it has its half again
                log.add(line(t, t > 30 && Math.round(t * 100) % 2 == 0 ? "a/mill" : "b/mill"));
            }
            List<Change> changes = List.of(
                    new Change(at(10.5), "a/mill", "down", ""),
                    new Change(at(12), "b/mill", "down", ""),
                    new Change(at(25), "a/mill", "healthy", ""));

            Victim.Seen seen = victim.seen(BEGUN, List.of(), log, changes, 2);

            assertThat(seen.failed()).isEqualTo(2);
            assertThat(seen.before()).isEqualTo(1);
            assertThat(seen.away()).isEqualTo(Duration.ofMillis(500));
            assertThat(seen.trials()).isEqualTo(1);
            assertThat(seen.allowed()).isEqualTo(3);
            assertThat(seen.back()).isEqualTo(Duration.ofSeconds(5));
            assertThat(seen.soon()).isZero();
            assertThat(seen.share()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(15));
        }
    }

    @Test
    void aDeathExplainsOnlyWhatRanThenUnlessAllThatBeginsHangs() throws IOException {
        Duration blur = Duration.ofMillis(200);
        Told running = told(Told.Ending.CUT, 9.7, 10.01);
        Told before = told(Told.Ending.CUT, 7, 7.5);
        Told after = told(Told.Ending.CUT, 12, 14.1);
        try (Simulator simulator = Simulator.start(Outage.ALIVE, 0)) {
            Victim fails = victim(simulator, Outage.FAILS);
            Victim hangs = victim(simulator, Outage.HANGS);

            assertThat(fails.explains(running, BEGUN, blur)).isTrue();
            assertThat(fails.explains(before, BEGUN, blur)).isFalse();
            assertThat(fails.explains(after, BEGUN, blur)).isFalse();
            assertThat(hangs.explains(after, BEGUN, blur)).isTrue();
            assertThat(hangs.explains(before, BEGUN, blur)).isFalse();
        }
    }

    @Test
    void whatIsNotCountedGoneOrBackInTimeIsAFault() throws IOException {
        try (Simulator simulator = Simulator.start(Outage.ALIVE, 0)) {
            Victim victim = victim(simulator, Outage.FAILS);
            List<Logged> log = new ArrayList<>();
            for (double t = 10; t < 20; t += 0.5) {
                log.add(line(t, "a/mill", "b/mill"));
            }
            List<Told> told = List.of(told(Told.Ending.CUT, 9.7, 10.01));
            List<Change> changes = List.of(new Change(at(14), "a/mill", "down", ""));

            Victim.Seen seen = victim.seen(BEGUN, told, log, changes, 2);

            assertThat(victim.faults(seen, true))
                    .containsExactly(
                            "1 answers cut, 0 by the access log",
                            "8 attempts had failed when it was taken out (expected: at most 5)",
                            "tried 10 times from a second after that on (expected: at most 2)",
                            "back in after never seen (expected: at most 7.50 s)",
                            "nine tenths of its share after never seen (expected: at most 42.50 s)");
        }
    }

    @Test
    void aLineOfTheLogTellsWhereItWasTriedFirst(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        Files.writeString(log, """
                {"time":"2026-03-01T10:00:02.500Z","path":"/v1/models","status":200,"total_us":20}
                {"time":"2026-03-01T10:00:02.500Z","model":"mill","target":"b/mill","attempts":2,"tries":[{"target":"a/mill","code":"timeout_gap","ms":900}],"total_us":1500000}
                {"time":"2026-03-01T10:00:02.500Z","model":"mill","target":"b/mill","status":200,"failure":"timeout_gap","attempts":1,"total_us":1500000}
                {"time":"2026-03-01T10:00:02.500Z","model":"mill","status":502,"attempts":0,"total_us":0}
                """);

        List<Logged> lines = Logged.read(log);

        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst().begun()).isEqualTo(at(1));
        assertThat(lines.getFirst().first()).isEqualTo("a/mill");
        assertThat(lines.getFirst().tried("b/mill")).isTrue();
        assertThat(lines.getFirst().failed().getFirst().ended()).isEqualTo(at(1.9));
        assertThat(lines.stream().map(Logged::cut)).containsExactly(false, true, false);
        assertThat(lines.getLast().first()).isNull();
    }
}
