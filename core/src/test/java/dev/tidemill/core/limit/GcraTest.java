package dev.tidemill.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GcraTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long START = -5 * MINUTE; // nanoTime may be negative

    @Test
    void aWholeBurstFitsAtOnceAndNotOneMore() {
        for (long perMinute : new long[] {1, 3, 7, 60, 61, 420, 999, 6_000, 77_777, 600_000}) {
            for (long burst : new long[] {1, 2, Math.max(1, perMinute / 10), perMinute}) {
                Gcra gcra = new Gcra(perMinute, burst, START);
                for (long i = 0; i < burst; i++) {
                    assertThat(gcra.tryTake(START, 1)).isZero();
                }
                assertThat(gcra.tryTake(START, 1)).isPositive();
                assertThat(gcra.remaining(START)).isZero();
            }
        }
    }

    @Test
    void theToldWaitIsTheTrueOne() {
        Gcra gcra = new Gcra(60, 2, START);
        gcra.tryTake(START, 1);
        gcra.tryTake(START, 1);
        long wait = gcra.tryTake(START, 1);
        assertThat(wait).isBetween(SECOND - 5, SECOND + 5);
        assertThat(gcra.waitFor(START, 1)).isEqualTo(wait);
        assertThat(gcra.tryTake(START + wait - 1, 1)).isEqualTo(1);
        assertThat(gcra.tryTake(START + wait, 1)).isZero();
    }

    @Test
    void whatIsLeftAndWhenItIsWholeAgain() {
        Gcra gcra = new Gcra(60, 10, START);
        assertThat(gcra.limit()).isEqualTo(60);
        assertThat(gcra.remaining(START)).isEqualTo(10);
        assertThat(gcra.resetNanos(START)).isZero();
        gcra.tryTake(START, 4);
        assertThat(gcra.remaining(START)).isEqualTo(6);
        assertThat(gcra.resetNanos(START)).isBetween(4 * SECOND, 4 * SECOND + 5);
        assertThat(gcra.remaining(START + 4 * SECOND + 5)).isEqualTo(10);
    }

    @Test
    void aCostAboveTheBurstWaitsForAnEmptyBucketAndIsThenOwed() {
        Gcra gcra = new Gcra(6_000, 100, START);
        assertThat(gcra.tryTake(START, 1)).isZero();
        assertThat(gcra.tryTake(START, 3_000)).isPositive();
        long later = START + SECOND;
        assertThat(gcra.tryTake(later, 3_000)).isZero();
        assertThat(gcra.tryTake(later, 1)).isBetween(29 * SECOND, 30 * SECOND);
    }

    @Test
    void aDebtIsPaidByThoseWhoComeNextAndNeverExceedsAnHour() {
        Gcra gcra = new Gcra(6_000, 100, START);
        gcra.settle(START, 0, 6_100);
        assertThat(gcra.waitFor(START, 1)).isBetween(60 * SECOND, 60 * SECOND + 20_000_000);
        gcra.settle(START, 0, Long.MAX_VALUE);
        gcra.settle(START, 0, Long.MAX_VALUE);
        assertThat(gcra.resetNanos(START)).isEqualTo(60 * MINUTE);
    }

    @Test
    void otherNumbersCountAtOnceAndWhatIsOwedStaysOwed() {
        Gcra gcra = new Gcra(60, 60, START);
        gcra.tryTake(START, 60);
        gcra.change(600, 60, START);
        assertThat(gcra.resetNanos(START)).isBetween(6 * SECOND, 6 * SECOND + 5);
        assertThat(gcra.tryTake(START, 1)).isPositive();
        gcra.change(0, 1, START);
        assertThat(gcra.tryTake(START, 1_000_000)).isZero();
        gcra.change(60, 60, START);
        assertThat(gcra.remaining(START)).isLessThan(60);
    }

    @Test
    void numbersOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new Gcra(-1, 1, 0)).hasMessageStartingWith("per-minute: -1 (expected: 0");
        assertThatThrownBy(() -> new Gcra(1, 0, 0)).hasMessageStartingWith("burst: 0 (expected: 1");
    }

    /** Random arrivals of random costs: no closed minute holds more than the limit and the burst (or the largest cost). */
    @Test
    void noMinuteHoldsMoreThanLimitAndBurst() {
        Seeds.each(200, random -> {
            long perMinute = 1 + random.nextLong(random.nextBoolean() ? 500 : 5_000_000);
            long burst = 1 + random.nextLong(perMinute);
            long largest = random.nextBoolean() ? 1 : 1 + random.nextLong(Math.max(1, perMinute / 2));
            Gcra gcra = new Gcra(perMinute, burst, START);
            long bound = perMinute + Math.max(burst, largest);
            Deque<long[]> window = new ArrayDeque<>();
            long inWindow = 0;
            long now = START;
            for (int i = 0; i < 4_000; i++) {
                now += gap(random, perMinute);
                long cost = 1 + random.nextLong(largest);
                long wait = gcra.tryTake(now, cost);
                if (wait > 0 && random.nextInt(3) == 0) {
                    now += wait;
                    assertThat(gcra.tryTake(now, cost)).isZero();
                    wait = 0;
                }
                if (wait == 0) {
                    window.addLast(new long[] {now, cost});
                    inWindow += cost;
                }
                while (!window.isEmpty() && now - window.getFirst()[0] > MINUTE) {
                    inWindow -= window.removeFirst()[1];
                }
                assertThat(inWindow).isLessThanOrEqualTo(bound);
            }
        });
    }

    private static long gap(Random random, long perMinute) {
        return switch (random.nextInt(10)) {
            case 0 -> random.nextLong(2 * MINUTE);
            case 1, 2 -> random.nextLong(1 + 4 * MINUTE / perMinute);
            case 3 -> MINUTE / perMinute;
            default -> 0;
        };
    }

    /**
     * With true-ups: what was settled in a minute and is reserved at its end is at most limit, burst (or largest) and what
     * was reserved at its begin.
     */
    @Test
    void overestimatesGivenBackLetNoMoreThroughThanWasReserved() {
        Seeds.each(60, random -> {
            long perMinute = 1_000 + random.nextInt(1_000_000);
            long burst = 1 + perMinute / 10;
            long largest = 1 + burst / (1 + random.nextInt(4));
            Gcra gcra = new Gcra(perMinute, burst, START);
            Deque<long[]> running = new ArrayDeque<>();
            int steps = 3_000;
            long[] at = new long[steps];
            long[] settledUntil = new long[steps];
            long[] reservedAt = new long[steps];
            long settled = 0;
            long reserved = 0;
            long now = START;
            for (int i = 0; i < steps; i++) {
                now += random.nextLong(2 * largest * MINUTE / perMinute);
                if (random.nextInt(3) > 0 || running.isEmpty()) {
                    long cost = 1 + random.nextLong(largest);
                    if (gcra.tryTake(now, cost) == 0) {
                        running.addLast(new long[] {cost});
                        reserved += cost;
                    }
                } else {
                    long cost = running.removeFirst()[0];
                    long used = random.nextLong(cost + 1);
                    gcra.giveBack(cost - used);
                    reserved -= cost;
                    settled += used;
                }
                at[i] = now;
                settledUntil[i] = settled;
                reservedAt[i] = reserved;
                for (int back = i; back >= 0 && now - at[back] <= MINUTE; back--) {
                    long inWindow = settled - settledUntil[back] + reserved - reservedAt[back];
                    assertThat(inWindow).isLessThanOrEqualTo(perMinute + burst + 1);
                }
            }
        });
    }

    @Test
    void sixtyFourThreadsGetTheLimitAndNeverMore() throws Exception {
        int perSecond = 500;
        int burst = 50;
        int seconds = 60;
        Gcra gcra = new Gcra(perSecond * 60L, burst, START);
        AtomicLong clock = new AtomicLong(START);
        AtomicInteger admitted = new AtomicInteger();
        Thread[] threads = new Thread[64];
        Arrays.setAll(
                threads,
                i -> new Thread(() -> {
                    while (true) {
                        long now = clock.getAndAdd(200_000);
                        if (now - START > seconds * SECOND) {
                            return;
                        }
                        if (gcra.tryTake(now, 1) == 0) {
                            admitted.incrementAndGet();
                        }
                    }
                }));
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(admitted.get()).isBetween((int) (0.99 * perSecond * seconds), perSecond * seconds + burst);
    }
}
