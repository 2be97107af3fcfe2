package dev.tidemill.relay.admission;

import static dev.tidemill.core.limit.Priority.HIGH;
import static dev.tidemill.core.limit.Priority.LOW;
import static dev.tidemill.core.limit.Priority.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.limit.Admission;
import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Allowances;
import dev.tidemill.core.limit.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Several lines before one limit: a credential's that several models ask for, say. */
class WaitingLinesTest {
    private static final long SECOND = 1_000_000_000L;

    private final WaitingLines lines = new WaitingLines();
    private final AdmissionQueue one = new AdmissionQueue(AdmissionQueue.Terms.DEFAULT);
    private final AdmissionQueue other = new AdmissionQueue(AdmissionQueue.Terms.DEFAULT);
    private final List<String> went = new ArrayList<>();
    private long now = 3 * SECOND;
    private final Allowance limit = Objects.requireNonNull(new Allowances(16).of("key", 0, 0, 1, now));
    private Admission inside = enter();

    private Admission enter() {
        Admission first = new Admission(limit, null, 0);
        assertThat(first.tryEnter(now)).isZero();
        return first;
    }

    private void wait(AdmissionQueue line, Priority priority, String name) {
        Admission its = new Admission(limit, null, 0);
        line.enqueue(
                "key",
                priority,
                its,
                900 * SECOND,
                AdmissionQueue.NEVER,
                Runnable::run,
                () -> {
                    inside = its;
                    went.add(name);
                },
                now);
        lines.joined(line);
    }

    private void leave() {
        inside.leave(now);
        lines.advance(now);
    }

    @Test
    void aHighRequestInOneLineGoesBeforeALowerOneInAnother() {
        wait(one, LOW, "low 1");
        wait(one, LOW, "low 2");
        wait(other, NORMAL, "normal 1");
        wait(one, NORMAL, "normal 2");
        wait(other, HIGH, "high 1");
        wait(one, HIGH, "high 2");
        wait(other, LOW, "low 3");
        for (int i = 0; i < 7; i++) {
            leave();
        }
        assertThat(went.subList(0, 2)).containsExactlyInAnyOrder("high 1", "high 2");
        assertThat(went.subList(2, 4)).containsExactlyInAnyOrder("normal 1", "normal 2");
        assertThat(went.subList(4, 7)).containsExactlyInAnyOrder("low 1", "low 2", "low 3");
        assertThat(lines.isEmpty()).isTrue();
    }

    @Test
    void aLowOneInOneLineDoesNotStarveUnderEndlessHighInAnother() {
        wait(one, LOW, "low");
        now += 6 * SECOND;
        for (int i = 0; i < 40; i++) {
            wait(other, HIGH, "high");
            wait(other, HIGH, "high");
            leave();
        }
        assertThat(went).hasSize(40).contains("low");
        assertThat(went.indexOf("low")).isGreaterThanOrEqualTo(6);
    }

    @Test
    void theAgedOfBothLinesHaveTheirTurnUnderEndlessHigh() {
        for (int i = 0; i < 20; i++) {
            wait(one, LOW, "low of one");
            wait(other, LOW, "low of the other");
        }
        now += 6 * SECOND;
        for (int i = 0; i < 64; i++) {
            wait(one, HIGH, "high");
            wait(other, HIGH, "high");
            leave();
        }
        assertThat(went).contains("low of one", "low of the other");
    }

    @Test
    void roomIsGivenBackJustWhenTheLastLineIsForgotten() throws InterruptedException {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        AtomicBoolean ended = new AtomicBoolean();
        Thread loop = Thread.ofPlatform().start(() -> {
            try {
                while (!ended.get()) {
                    lines.advance(now);
                }
            } catch (RuntimeException e) {
                failed.set(e);
            }
        });
        for (int i = 0; i < 300_000 && failed.get() == null; i++) {
            lines.joined(one);
            lines.tick(now);
        }
        ended.set(true);
        loop.join();
        assertThat(failed.get()).isNull();
    }

    @Test
    void linesOfTheSameLevelTakeTurns() {
        for (int i = 0; i < 4; i++) {
            wait(one, NORMAL, "one");
            wait(other, NORMAL, "other");
        }
        for (int i = 0; i < 8; i++) {
            leave();
        }
        assertThat(went.subList(0, 4).stream().filter("one"::equals)).hasSize(2);
    }
}
