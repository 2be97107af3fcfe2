package dev.tidemill.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.limit.Shedding.Level;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SheddingTest {
    private static final long MILLI = 1_000_000L;
    private static final long REPORT = 100 * MILLI;
    private static final Shedding.Terms TERMS = new Shedding.Terms(100 * MILLI, 0, 0.5, 0.95);

    private final Shedding shedding = new Shedding(TERMS);

    /** @param busy share of the time */
    private void reports(int count, double busy, long wait, long used) {
        for (int i = 0; i < count; i++) {
            shedding.report(REPORT, (long) (busy * REPORT), wait, used, 1_000);
        }
    }

    private void run(int more) {
        for (int i = 0; i < more; i++) {
            shedding.began();
        }
    }

    private void end(int fewer) {
        for (int i = 0; i < fewer; i++) {
            shedding.ended();
        }
    }

    private Level level() {
        return Shedding.level(shedding.load());
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
    void everybodyComesInWhileTheLoopRests() {
        run(5_000);
        reports(50, 0.7, MILLI, 400);
        assertThat(level()).isEqualTo(Level.NOBODY);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void oneLongTurnIsNoOverload() {
        run(1_000);
        reports(5, 0.1, 0, 0);
        reports(1, 1, 300 * MILLI, 0);
        reports(1, 0.1, 0, 0);
        assertThat(shedding.load()).isZero();
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void aLoopThatOthersKeepFromRunningIsLateButNotOverloaded() {
        run(1_000);
        reports(50, 0.6, 20 * MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void aFewThatAreSlowAreNoCrowd() {
        run(100);
        reports(50, 1, 20 * MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void memoryTurnsTheLeastImportantAwayFirst() {
        reports(1, 0, 0, 500 + 338);
        assertThat(level()).isEqualTo(Level.LOW);
        assertThat(share(Priority.LOW)).isZero();
        assertThat(share(Priority.NORMAL)).isBetween(0.5, 0.9);
        assertThat(share(Priority.HIGH)).isEqualTo(1);
        reports(1, 0, 0, 500 + 415);
        assertThat(level()).isEqualTo(Level.LOW_AND_NORMAL);
        assertThat(share(Priority.HIGH)).isBetween(0.4, 0.8);
        reports(1, 0, 0, 960);
        assertThat(level()).isEqualTo(Level.ALL_NEW);
        reports(3, 0, 0, 0);
        assertThat(level()).isNotEqualTo(Level.NOBODY);
        reports(50, 0, 0, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void whatALoopBearsIsLearnedWhenItIsStrainedAndCountsWithTheNextRequest() {
        run(1_000);
        reports(3, 1, 12 * MILLI, 0);
        assertThat(share(Priority.LOW)).isLessThan(1);
        run(200);
        assertThat(share(Priority.NORMAL)).as("at once, before any report").isZero();
        end(400);
        reports(3, 0.8, MILLI / 10, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void aLoopThatStaysStrainedBearsLessAndLess() {
        run(1_000);
        reports(10, 1, 12 * MILLI, 0);
        assertThat(level()).isEqualTo(Level.ALL_NEW);
        assertThat(share(Priority.HIGH)).isZero();
        assertThat(RetryAfter.seconds(shedding.retryAfterNanos(Priority.LOW))).isEqualTo(5);
        assertThat(RetryAfter.seconds(shedding.retryAfterNanos(Priority.HIGH))).isEqualTo(2);
        end(400);
        reports(10, 1, 4 * MILLI, 0);
        assertThat(share(Priority.NORMAL)).isLessThan(1);
        end(300);
        reports(10, 0.8, MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void whoIsTurnedAwayAndComesAgainAtOnceDoesNotKeepOthersOut() {
        run(1_000);
        reports(10, 1, 12 * MILLI, 0);
        assertThat(level()).isEqualTo(Level.ALL_NEW);
        end(800);
        refusing(100, 0.3, 40 * MILLI);
        assertThat(share(Priority.NORMAL)).as("two hundred take more than half").isLessThan(0.5);
        refusing(3, 0.8, 140 * MILLI);
        assertThat(share(Priority.LOW)).as("two hundred take a fifth").isEqualTo(1);
        run(200);
        refusing(3, 0.6, 140 * MILLI);
        assertThat(share(Priority.LOW)).as("four hundred take two fifths").isEqualTo(1);
        run(200);
        refusing(20, 0.3, 40 * MILLI);
        assertThat(share(Priority.NORMAL)).as("what runs is too much").isLessThan(0.5);
    }

    /** @param share of the loop's time that those take who are turned away, two of them nested; it never rests */
    private void refusing(int count, double share, long wait) {
        long now = Long.MAX_VALUE - REPORT / 2; // the clock may overflow
        for (int i = 0; i < count; i++) {
            long taken = (long) (share * REPORT);
            shedding.refused(now + taken / 2, now + taken);
            shedding.refused(now, now + taken);
            shedding.refused(now + taken / 2, now + taken);
            now += REPORT;
            reports(1, 1, wait, 0);
        }
    }

    @Test
    void aLoopThatIsStillBeingCompiledHasNoBoundYet() {
        Shedding cold = new Shedding(new Shedding.Terms(100 * MILLI, 20_000 * MILLI, 0.5, 0.95));
        for (int i = 0; i < 1_000; i++) {
            cold.began();
        }
        for (int i = 0; i < 199; i++) {
            cold.report(REPORT, REPORT, 20 * MILLI, 0, 0);
        }
        assertThat(cold.load()).isZero();
        for (int i = 0; i < 3; i++) {
            cold.report(REPORT, REPORT, 20 * MILLI, 0, 0);
        }
        assertThat(cold.load()).isPositive();
    }

    @Test
    void aLoopThatIsStillBeingCompiledMayBeFourTimesAsLate() {
        Shedding cold = new Shedding(new Shedding.Terms(100 * MILLI, 20_000 * MILLI, 0.5, 0.95));
        for (int i = 0; i < 150; i++) {
            cold.report(REPORT, REPORT, 390 * MILLI, 0, 0);
        }
        assertThat(cold.load()).isZero();
        for (int i = 0; i < 10; i++) {
            cold.report(REPORT, REPORT, 500 * MILLI, 0, 0);
        }
        assertThat(cold.load()).as("stuck, cold or not").isEqualTo(1);
        for (int i = 0; i < 50; i++) {
            cold.report(REPORT, REPORT, 120 * MILLI, 0, 0);
        }
        assertThat(cold.load()).as("no longer cold").isEqualTo(1);
    }

    @Test
    void clientsWhoUseALoopUpButWaitForTheirAnswersAreNotTooMany() {
        run(200);
        reports(50, 1, 8 * MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void aBoundIsForgottenAfterHalfAMinuteInWhichItWasOfNoUse() {
        run(200);
        reports(10, 1, 12 * MILLI, 0);
        assertThat(share(Priority.LOW)).isLessThan(1);
        end(150);
        reports(310, 0.8, MILLI, 0);
        run(150);
        reports(50, 1, 8 * MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void lighterWorkIsNotHeldToTheBoundOfHeavierWork() {
        run(300);
        reports(20, 1, 20 * MILLI, 0);
        assertThat(share(Priority.LOW)).isZero();
        reports(2, 0.3, MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
        run(40);
        reports(1, 0.4, MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    @Test
    void nobodyComesInWhileALoopStandsStillHoweverFewRun() {
        reports(10, 1, 150 * MILLI, 0);
        assertThat(share(Priority.HIGH)).isZero();
        reports(10, 0.2, MILLI, 0);
        assertThat(share(Priority.LOW)).isEqualTo(1);
    }

    /** Three times as many come as can be served: what is served stays near the most that can be, and nobody waits long. */
    @Test
    void goodputHoldsAtThreeTimesTheLoad() {
        Seeds.each(5, random -> {
            Mill mill = new Mill(new Shedding(TERMS));
            double peak = 0;
            for (double rate = 50; rate < 260; rate *= 1.2) {
                peak = Math.max(peak, mill.run(rate, 10, random));
            }
            double over = mill.run(3 * peak, 30, random);
            assertThat(over).as("of a peak of %.0f", peak).isGreaterThan(0.9 * peak);
            assertThat(mill.late).as("of %d", mill.came).isLessThan(mill.came / 20);
        });
    }

    /**
     * A loop in turns: streams of 2 s have an event every 20 ms; several that came since the last turn are read and written
     * as one, which costs less than each would alone.
     */
    private static final class Mill {
        private static final long READ = 20_000;
        private static final long EVENT = 30_000;
        private static final long REFUSAL = 60_000;
        private static final long PACE = 20 * MILLI;
        private static final long STREAM = 2_000 * MILLI;

        private final Shedding shedding;
        private final ArrayDeque<Long> begun = new ArrayDeque<>();
        private long now;
        private long reported;
        private long busy;
        private double squares;
        private int came;
        private int late;

        Mill(Shedding shedding) {
            this.shedding = shedding;
        }

        /** Whole streams a second, after a second. */
        double run(double rate, int seconds, Random random) {
            long from = now;
            int whole = 0;
            double arriving = 0;
            came = 0;
            late = 0;
            long last = now;
            while (now - from < seconds * 1_000 * MILLI) {
                long since = Math.max(MILLI, now - last);
                last = now;
                long work = 0;
                arriving += rate * since / 1e9;
                int before = came;
                for (; arriving >= 1; arriving--) {
                    came++;
                    work += REFUSAL;
                    if (shedding.admits(Priority.values()[random.nextInt(3)], random.nextDouble())) {
                        begun.add(now);
                        shedding.began();
                    }
                }
                double events = (double) since / PACE;
                work += (long) (begun.size() * (Math.min(1, events) * READ + events * EVENT));
                while (!begun.isEmpty() && begun.peek() + STREAM <= now) {
                    begun.remove();
                    shedding.ended();
                    whole += now - from > 1_000 * MILLI ? 1 : 0;
                }
                busy += work;
                squares += (double) work * work;
                late += since + work > 50 * MILLI ? came - before : 0;
                now += Math.max(work, MILLI);
                if (now - reported >= REPORT) {
                    long nanos = now - reported;
                    shedding.report(nanos, busy, squares / (2.0 * nanos), 0, 0);
                    reported = now;
                    busy = 0;
                    squares = 0;
                }
            }
            return whole / (seconds - 1.0);
        }
    }
}
