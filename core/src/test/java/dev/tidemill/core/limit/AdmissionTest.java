package dev.tidemill.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 7 * SECOND;

    private final Allowances keys = new Allowances(100);
    private final Allowances models = new Allowances(100);

    @Test
    void aRefusalByOneLimitTakesNothingFromTheOthers() {
        Allowance key = keys.of("k", 60, 0, 5, NOW);
        Allowance model = models.of("m", 0, 1_000, 0, NOW);
        Admission first = new Admission(key, model, 1_000);
        assertThat(first.tryEnter(NOW)).isZero();
        Admission second = new Admission(key, model, 1_000);
        assertThat(second.tryEnter(NOW)).isBetween(60 * SECOND - 1_000, 60 * SECOND);
        assertThat(second.cause()).isEqualTo(Cause.TOKENS);
        assertThat(second.refusedBy()).isSameAs(model);
        assertThat(second.own()).isFalse();
        assertThat(key.requests().remaining(NOW)).isEqualTo(9);
        assertThat(key.concurrency().inUse()).isEqualTo(1);
        second.leave(NOW);
        assertThat(key.concurrency().inUse()).isEqualTo(1);
    }

    @Test
    void theToldWaitIsTheLongestOfAll() {
        Allowance key = keys.of("k", 1, 0, 0, NOW);
        Allowance model = models.of("m", 60, 0, 0, NOW);
        for (int i = 0; i < 10; i++) {
            model.requests().tryTake(NOW, 1);
        }
        assertThat(new Admission(key, model, 0).tryEnter(NOW)).isBetween(SECOND - 20, SECOND + 20);
        key.requests().tryTake(NOW, 1);
        Admission both = new Admission(key, model, 0);
        assertThat(both.tryEnter(NOW)).isGreaterThan(59 * SECOND);
        assertThat(both.own()).isTrue();
    }

    @Test
    void anOverestimateIsGivenBackAndAnUnderestimateIsOwed() {
        Allowance key = keys.of("k", 0, 1_000, 0, NOW);
        Admission over = new Admission(key, null, 1_000);
        over.tryEnter(NOW);
        assertThat(key.tokens().remaining(NOW)).isZero();
        over.settle(NOW, 100);
        over.settle(NOW, 0);
        over.leave(NOW);
        assertThat(key.tokens().remaining(NOW)).isBetween(899L, 900L);
        Admission under = new Admission(key, null, 100);
        assertThat(under.tryEnter(NOW)).isZero();
        under.settle(NOW, 2_900);
        under.leave(NOW);
        assertThat(new Admission(key, null, 1).tryEnter(NOW)).isBetween(120 * SECOND, 121 * SECOND);
    }

    /** A Claude client states 64,000 tokens of output whatever it asks; a key of 1,000 a minute is not free for that. */
    @Test
    void whatIsUsedOfAReservationOfMoreThanAnHourIsPaidFor() {
        Allowance key = keys.of("k", 0, 1_000, 0, NOW);
        Admission huge = new Admission(key, null, 64_500);
        assertThat(huge.tryEnter(NOW)).isZero();
        assertThat(key.tokens().resetNanos(NOW)).describedAs("an hour").isEqualTo(3_600 * SECOND);
        huge.settle(NOW, 3_000);
        huge.leave(NOW);
        assertThat(key.tokens().resetNanos(NOW)).isBetween(180 * SECOND, 181 * SECOND);
        assertThat(new Admission(key, null, 64_500).tryEnter(NOW)).isBetween(180 * SECOND, 181 * SECOND);
    }

    @Test
    void leavingTwiceIsLeavingOnce() {
        Allowance key = keys.of("k", 0, 0, 2, NOW);
        Admission one = new Admission(key, null, 0);
        Admission two = new Admission(key, null, 0);
        one.tryEnter(NOW);
        two.tryEnter(NOW);
        Admission three = new Admission(key, null, 0);
        assertThat(three.tryEnter(NOW)).isEqualTo(Gate.FULL);
        assertThat(three.cause()).isEqualTo(Cause.CONCURRENCY);
        one.leave(NOW);
        one.leave(NOW);
        assertThat(key.concurrency().inUse()).isEqualTo(1);
    }

    @Test
    void aPermitTooManyIsAnError() {
        Concurrency concurrency = new Concurrency(1);
        assertThatThrownBy(concurrency::leave).hasMessageContaining("expected: each leave after one enter");
        assertThat(concurrency.tryEnter()).isTrue();
        assertThat(concurrency.tryEnter()).isFalse();
    }

    @Test
    void anEditedKeyCountsAtOnceAndForgetsNothing() {
        Allowance key = keys.of("k", 60, 0, 1, NOW);
        for (int i = 0; i < 10; i++) {
            key.requests().tryTake(NOW, 1);
        }
        Admission running = new Admission(key, null, 0);
        assertThat(running.tryEnter(NOW + SECOND + 20)).isZero();
        Allowance same = keys.of("k", 120, 0, 1, NOW + SECOND + 20);
        assertThat(same).isSameAs(key);
        assertThat(key.requests().limit()).isEqualTo(120);
        assertThat(key.concurrency().inUse()).isEqualTo(1);
        assertThat(key.requests().remaining(NOW + SECOND + 20)).isLessThanOrEqualTo(2);
        keys.of("k", 120, 0, 2, NOW + SECOND + 20);
        assertThat(key.concurrency().full()).isFalse();
    }

    @Test
    void aFullRegistryForgetsOnlyWhatIsAsIfNew() {
        Allowances three = new Allowances(3);
        Admission running = new Admission(three.of("running", 0, 0, 1, NOW), null, 0);
        running.tryEnter(NOW);
        Allowance spent = three.of("spent", 60, 0, 0, NOW);
        spent.requests().tryTake(NOW, 5);
        Allowance idle = three.of("idle", 60, 0, 0, NOW);
        assertThat(three.of("new", 60, 0, 0, NOW)).isNotNull();
        assertThat(three.find("idle")).isNull();
        assertThat(three.find("spent")).isSameAs(spent);
        assertThat(three.size()).isEqualTo(3);

        Admission late = new Admission(idle, null, 0);
        assertThat(late.tryEnter(NOW)).describedAs("found again under its name").isZero();
        assertThat(three.find("idle").concurrency().inUse()).isEqualTo(1);
        assertThat(three.of("one more", 60, 0, 0, NOW))
                .describedAs("all in use")
                .isNull();
        assertThat(three.of("one more", 60, 0, 0, NOW + 60 * SECOND)).isNotNull();
    }

    @Test
    void aRegistryFullOfWhatIsInUseRefusesAndSaysSo() {
        Allowances one = new Allowances(1);
        Allowance idle = one.of("a", 60, 0, 0, NOW);
        Admission b = new Admission(one.of("b", 60, 0, 0, NOW), null, 0);
        b.tryEnter(NOW);
        Admission a = new Admission(idle, null, 0);
        assertThat(a.tryEnter(NOW)).isEqualTo(SECOND);
        assertThat(a.cause()).isEqualTo(Cause.ROOM);
    }

    @Test
    void noPermitLeaksUnderSixtyFourThreadsWithFaultsAndThePeakIsTheLimit() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger peak = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicLong clock = new AtomicLong();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Allowance model = models.of("m", 0, 0, 7, 0);
        Thread[] threads = new Thread[64];
        Arrays.setAll(
                threads,
                t -> new Thread(() -> {
                    try {
                        ThreadLocalRandom random = ThreadLocalRandom.current();
                        while (done.get() < 100_000) {
                            long now = clock.addAndGet(1_000_000);
                            Allowance key = keys.of("k" + random.nextInt(5), 10_000_000, 1_000_000_000, 3, now);
                            Admission admission = new Admission(key, model, random.nextInt(100));
                            try {
                                if (admission.tryEnter(now) != 0) {
                                    continue;
                                }
                                peak.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                if (random.nextInt(4) == 0) {
                                    throw new IllegalStateException("fault");
                                }
                                admission.settle(now, random.nextInt(200));
                            } catch (IllegalStateException e) {
                                admission.settle(now, 0);
                            } finally {
                                if (admission.entered()) {
                                    inside.decrementAndGet();
                                    done.incrementAndGet();
                                }
                                admission.leave(now);
                                if (random.nextBoolean()) {
                                    admission.leave(now);
                                }
                            }
                        }
                    } catch (Throwable e) {
                        failed.set(e);
                    }
                }));
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failed.get()).isNull();
        assertThat(peak.get()).isBetween(1, 7);
        assertThat(model.concurrency().inUse()).isZero();
        for (int i = 0; i < 5; i++) {
            assertThat(keys.find("k" + i).concurrency().inUse()).isZero();
        }
    }

    @Test
    void twoAllowancesUnderContentionGiveExactlyWhatTheTighterOneAllows() throws Exception {
        Allowance key = keys.of("k", 1_200, 0, 0, 0);
        Allowance model = models.of("m", 600, 0, 0, 0);
        AtomicLong clock = new AtomicLong();
        AtomicInteger admitted = new AtomicInteger();
        Thread[] threads = new Thread[16];
        Arrays.setAll(
                threads,
                t -> new Thread(() -> {
                    for (long now = 0; now <= 60 * SECOND; now = clock.getAndAdd(500_000)) {
                        Admission admission = new Admission(key, model, 0);
                        if (admission.tryEnter(now) == 0) {
                            admitted.incrementAndGet();
                            admission.leave(now);
                        }
                    }
                }));
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(admitted.get()).isBetween(594, 660);
    }

    @Test
    void whatIsConfiguredAnewKeepsWhatIsOwedAndForgetsOnlyWhoOwesNothing() {
        Allowances models = new Allowances(Integer.MAX_VALUE);
        models.configure(Map.of("m", new Quota(2, 0, 0), "idle", new Quota(5, 0, 0)), NOW);
        Allowance m = Objects.requireNonNull(models.find("m"));
        for (int i = 0; i < 2; i++) {
            assertThat(new Admission(null, m, 0).tryEnter(NOW)).isZero();
        }
        models.configure(Map.of("m", new Quota(4, 0, 1)), NOW);
        assertThat(models.find("idle")).isNull();
        assertThat(models.find("m")).isSameAs(m);
        assertThat(m.requests().remaining(NOW)).isEqualTo(2);
        assertThat(new Admission(null, m, 0).tryEnter(NOW)).as("two run").isEqualTo(Gate.FULL);
        models.configure(Map.of(), NOW);
        assertThat(models.find("m"))
                .as("two run, who are to be counted if there is a limit again")
                .isSameAs(m);
        Admission free = new Admission(null, m, 0);
        assertThat(free.tryEnter(NOW)).isZero();
        assertThat(free.own()).isFalse();
    }

    @Test
    void aLimitThatWasTakenAwayIsNotPutBackByWhoStoodInLineWithIt() {
        Allowances models = new Allowances(Integer.MAX_VALUE);
        models.configure(Map.of("m", new Quota(2, 0, 0)), NOW);
        Allowance key = keys.of("k", 1, 0, 0, NOW);
        assertThat(new Admission(key, null, 0).tryEnter(NOW)).isZero();
        Admission stands = new Admission(key, models.find("m"), 0);
        assertThat(stands.tryEnter(NOW)).describedAs("its key's minute").isPositive();
        models.configure(Map.of(), NOW);
        assertThat(models.find("m")).isNull();
        assertThat(stands.tryEnter(NOW + 61 * SECOND)).isZero();
        Allowance again = models.find("m");
        assertThat(again == null || !again.quota().limits()).isTrue();
    }
}
