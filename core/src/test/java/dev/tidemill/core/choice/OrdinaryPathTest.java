package dev.tidemill.core.choice;

import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a healthy attempt costs: no garbage at all. */
class OrdinaryPathTest {
    private static final int TIMES = 50_000;

    @Test
    void aHealthyAttemptAllocatesNothing() {
        Stage stage = new Stage(1, Stage.targets(1, 1, 1, 1, 1, 1, 2, 1));
        Choices choices = new Choices(stage.health);
        attempts(stage, choices, TIMES);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long began = System.nanoTime();
        attempts(stage, choices, TIMES);
        long nanos = System.nanoTime() - began;
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        System.out.printf("a healthy attempt from choice to end: %d ns, %d bytes in all%n", nanos / TIMES, bytes);
        assertThat(bytes).isLessThan(TIMES);
    }

    private static void attempts(Stage stage, Choices choices, int times) {
        for (int i = 0; i < times; i++) {
            stage.now += 1_000;
            Choice choice = choices.of(stage.choice.model, "m", stage.now);
            long ticket = choice.begin(stage.now, stage.random, 0, null, 1_000, i % 2 == 0 ? 0 : i);
            Candidate chosen = choice.of(ticket);
            int key = chosen.credentials().choose(stage.now, 0, 0);
            chosen.credentials().take(key, stage.now);
            chosen.host().connected();
            chosen.health().answered(ticket, SECOND);
            chosen.credentials().worked(key);
            chosen.health().succeeded(ticket, stage.now, 2 * SECOND);
        }
    }
}
