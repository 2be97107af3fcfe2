package dev.tidemill.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SheddingTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final Shedding shedding = new Shedding(2, new Shedding.Terms(50_000_000L, 0.5, 0.95));
    private long now = -SECOND;

    private void ticks(int count, long late, long used) {
        for (int i = 0; i < count; i++) {
            now += 100 * MILLI;
            shedding.tick(0, now, late, used, 1_000);
            shedding.tick(1, now, 0, used, 1_000);
        }
    }

    private double share(Priority priority) {
        Random random = new Random(1);
        int in = 0;
        for (int i = 0; i < 10_000; i++) {
            in += shedding.admits(priority, random.nextDouble()) ? 1 : 0;
        }
        return in / 10_000.0;
    }

    @Test
    void everybodyComesInWhileLoopsAreInTime() {
        ticks(50, MILLI / 10, 400);
        assertThat(shedding.level()).isEqualTo(Shedding.Level.NOBODY);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void oneLateTickIsNoOverload() {
        ticks(5, 0, 0);
        ticks(1, 300 * MILLI, 0);
        ticks(1, 0, 0);
        assertThat(shedding.load()).isZero();
    }

    @Test
    void theMoreLoadTheMoreAreTurnedAwayAndTheLeastImportantFirst() {
        ticks(1, 0, 500 + 338);
        assertThat(shedding.level()).isEqualTo(Shedding.Level.LOW);
        assertThat(share(Priority.LOW)).isZero();
        assertThat(share(Priority.NORMAL)).isBetween(0.5, 0.9);
        assertThat(share(Priority.HIGH)).isEqualTo(1);
        ticks(1, 0, 500 + 415);
        assertThat(shedding.level()).isEqualTo(Shedding.Level.LOW_AND_NORMAL);
        assertThat(share(Priority.HIGH)).isBetween(0.4, 0.8);
    }

    @Test
    void aLoopThatStaysLateTurnsMoreAndMoreAway() {
        ticks(20, 15 * MILLI, 0);
        double once = shedding.load();
        ticks(20, 15 * MILLI, 0);
        assertThat(shedding.load()).isGreaterThan(once);
        ticks(10, 60 * MILLI, 0);
        assertThat(shedding.level()).isEqualTo(Shedding.Level.ALL_NEW);
        assertThat(share(Priority.HIGH)).isZero();
        assertThat(RetryAfter.seconds(shedding.retryAfterNanos(Priority.LOW))).isEqualTo(6);
        assertThat(RetryAfter.seconds(shedding.retryAfterNanos(Priority.HIGH))).isEqualTo(3);
    }

    @Test
    void fullMemoryTurnsEverybodyAway() {
        ticks(1, 0, 960);
        assertThat(shedding.level()).isEqualTo(Shedding.Level.ALL_NEW);
    }

    @Test
    void itOpensAgainSlowly() {
        ticks(1, 0, 1_000);
        ticks(3, 0, 0);
        assertThat(shedding.level()).isNotEqualTo(Shedding.Level.NOBODY);
        ticks(50, 0, 0);
        assertThat(shedding.load()).isZero();
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    /** Three times as many come as can be served: what is served stays near the most that can be. */
    @Test
    void goodputHoldsAtThreeTimesTheLoad() {
        Seeds.each(5, random -> {
            Shedding one = new Shedding(1, new Shedding.Terms(50_000_000L, 0.5, 0.95));
            double capacity = 1_000; // requests each tick of 100 ms
            double refusalCost = 0.02; // of a served one's
            double backlog = 0;
            double admitted = 0;
            long at = 0;
            for (int tick = 0; tick < 600; tick++) {
                at += 100 * MILLI;
                for (int i = 0; i < 3_000; i++) {
                    boolean in = one.admits(Priority.NORMAL, random.nextDouble());
                    admitted += in ? 1 : 0;
                    backlog += in ? 1 : refusalCost;
                }
                backlog -= Math.min(backlog, capacity);
                one.tick(0, at, (long) (backlog / capacity * 100 * MILLI), 0, 1);
            }
            assertThat(admitted - backlog).isGreaterThan(0.9 * 600 * capacity);
            assertThat(backlog).isLessThan(capacity);
        });
    }
}
