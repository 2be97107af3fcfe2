package dev.tidemill.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LineProgressTest {
    private final AtomicLong nanos = new AtomicLong();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final LineProgress progress = new LineProgress("batch", "lines", new PrintStream(err, true), nanos::get);

    @Test
    void tenthsAreToldWithSpeedAndTimeLeft() {
        at(0, 1_000);
        at(1, 2_000);
        at(250, 1_000);
        progress.close();

        assertThat(lines()).containsExactly("batch: 250 of 1000 lines, 2 failed, 62.5/s, 12 s left");
    }

    @Test
    void silenceIsBrokenAfterTenSecondsAndTheEndIsAlwaysTold() {
        at(1, 11_000);
        at(1, 11_000);
        at(2, 100);
        at(999, 100);
        at(1_000, 100);
        progress.close();

        assertThat(lines()).hasSize(3).last().asString().startsWith("batch: 1000 of 1000 lines, 2 failed");
    }

    private void at(long done, long afterMillis) {
        nanos.addAndGet(afterMillis * 1_000_000);
        progress.at(done, 2, 1_000);
    }

    private List<String> lines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
