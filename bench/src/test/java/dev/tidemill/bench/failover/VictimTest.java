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
            failed.add(new Logged.Failed(targets[i], "timeout_gap"));
        }
        return new Logged(at(seconds), targets[targets.length - 1], targets.length, failed);
    }

    @Test
    void itsDeathItsTrialsAndItsReturnAreFound() throws IOException {
        try (Simulator simulator = Simulator.start(Outage.ALIVE, 0)) {
            Victim victim = new Victim(
                    "a/mill", "127.0.0.1:1", simulator, Outage.FAILS, Duration.ofSeconds(10), Duration.ofSeconds(20));
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
            assertThat(seen.away()).isEqualTo(Duration.ofMillis(500));
            assertThat(seen.trials()).isEqualTo(1);
            assertThat(seen.back()).isEqualTo(Duration.ofSeconds(5));
            assertThat(seen.share()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(15));
        }
    }

    @Test
    void aLineOfTheLogTellsWhereItWasTriedFirst(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        Files.writeString(log, """
                {"time":"2026-03-01T10:00:02.500Z","path":"/v1/models","status":200,"total_us":20}
                {"time":"2026-03-01T10:00:02.500Z","model":"mill","target":"b/mill","attempts":2,"tries":[{"target":"a/mill","code":"timeout_gap"}],"total_us":1500000}
                {"time":"2026-03-01T10:00:02.500Z","model":"mill","status":502,"attempts":0,"total_us":0}
                """);

        List<Logged> lines = Logged.read(log);

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().begun()).isEqualTo(at(1));
        assertThat(lines.getFirst().first()).isEqualTo("a/mill");
        assertThat(lines.getLast().first()).isNull();
    }
}
