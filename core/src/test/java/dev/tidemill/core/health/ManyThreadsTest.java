package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Policy;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Many loops at one target. */
class ManyThreadsTest {
    private static final int THREADS = 8;
    private static final long NONE = Long.MIN_VALUE;

    private final ConcurrentLinkedQueue<HealthChange> changes = new ConcurrentLinkedQueue<>();
    private final Health health = new Health(7, 10_000, () -> Instant.EPOCH, changes::add);

    @Test
    void anyInterleavingGivesEverythingBackAndHasOneTrialAtATime() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        AtomicLong clock = new AtomicLong(Plan.START);
        TargetHealth target = health.target("p", "m", Policy.DEFAULT, Plan.START);
        AtomicLong trialSince = new AtomicLong(NONE);
        AtomicInteger trials = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        together(thread -> {
            SplittableRandom random = new SplittableRandom(seed + thread);
            ArrayDeque<long[]> mine = new ArrayDeque<>();
            for (int i = 0; i < 30_000 || !mine.isEmpty(); i++) {
                long now = clock.addAndGet(random.nextLong(50_000_000));
                if (i < 30_000 && mine.size() < 6 && random.nextBoolean()) {
                    long ticket = target.begin(now, false);
                    if (Ticket.isTrial(ticket)) {
                        long since = trialSince.getAndSet(now);
                        overlaps.addAndGet(since != NONE && now - since < Breaker.TRIAL ? 1 : 0);
                        trials.incrementAndGet();
                    }
                    if (ticket != 0) {
                        mine.add(new long[] {ticket, now});
                    }
                } else if (!mine.isEmpty()) {
                    long[] attempt = mine.remove();
                    if (Ticket.isTrial(attempt[0])) {
                        trialSince.compareAndSet(attempt[1], NONE);
                    }
                    end(target, attempt[0], now, random, i);
                }
            }
        });
        assertThat(overlaps.get()).isZero();
        assertThat(trials.get()).isPositive();
        assertThat(target.inFlight()).isZero();
        assertThat(changes).isNotEmpty();
    }

    private static void end(TargetHealth target, long ticket, long now, SplittableRandom random, int i) {
        int fate = random.nextInt(100);
        int failing = i / 3_000 % 2 == 0 ? 5 : 80;
        if (fate < failing) {
            target.failed(ticket, now, "x");
        } else if (fate < 90) {
            target.answered(ticket, SECOND);
            target.comes(ticket, now, random.nextLong(2 * Breaker.PROVEN));
            target.succeeded(ticket, now, SECOND);
        } else if (fate < 91) {
            target.limited(ticket, now, SECOND / 100, "429");
        } else {
            target.dropped(ticket, now);
        }
    }

    @Test
    void whenEverythingFailsAtMostFiveAndThoseInFlightPrecedeTheOpening() throws Exception {
        for (int round = 0; round < 300; round++) {
            TargetHealth target = health.target("p", "round-" + round, Policy.DEFAULT, Plan.START);
            AtomicInteger begun = new AtomicInteger();
            together(thread -> {
                for (long ticket; (ticket = target.begin(Plan.START, false)) != 0; ) {
                    begun.incrementAndGet();
                    target.failed(ticket, Plan.START, "x");
                }
            });
            assertThat(begun.get()).isBetween(5, 5 + THREADS - 1);
            assertThat(target.inFlight()).isZero();
        }
        assertThat(changes).hasSize(300).extracting(HealthChange::to).containsOnly(State.DOWN);
    }

    @Test
    void aTrialIsTakenByOneThreadAlone() throws Exception {
        for (int round = 0; round < 300; round++) {
            TargetHealth target = health.target("p", "round-" + round, Policy.DEFAULT, Plan.START);
            for (int i = 0; i < 5; i++) {
                target.failed(target.begin(Plan.START, false), Plan.START, "x");
            }
            AtomicInteger trials = new AtomicInteger();
            together(thread -> trials.addAndGet(target.begin(Plan.START + 40 * SECOND, false) != 0 ? 1 : 0));
            assertThat(trials.get()).isEqualTo(1);
        }
    }

    @Test
    void namesThatComeFromAllThreadsAreOneTargetEach() throws Exception {
        ConcurrentLinkedQueue<TargetHealth> got = new ConcurrentLinkedQueue<>();
        together(thread -> {
            for (int i = 0; i < 1_000; i++) {
                got.add(health.target("p", "m" + i, Policy.DEFAULT, Plan.START));
            }
        });
        assertThat(got.stream().distinct()).hasSize(1_000);
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void together(Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                futures.add(threads.submit(() -> {
                    start.await();
                    work.run(thread);
                    return null;
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
        }
    }
}
