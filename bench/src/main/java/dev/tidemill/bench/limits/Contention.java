package dev.tidemill.bench.limits;

import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.core.limit.Concurrency;
import dev.tidemill.core.limit.Gcra;
import dev.tidemill.core.limit.Quota;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The counters alone, without sockets, under as many real threads as are wanted. Their clock is handed in: each look at it
 * moves it on by a fraction of what a unit takes, so that much more is asked than allowed, however the machine shares its
 * time out among threads.
 */
final class Contention {
    private static final long MINUTE = 60_000_000_000L;
    /** Looks at the clock in the time of one unit, or of as many as one request costs on average. */
    private static final int EAGERNESS = 20;

    private static final double MINUTES = 2.2;
    private static final int ENTRIES = 2_000;

    private final Verdict verdict;
    private final int threads;
    private final int repetitions;
    private final SplittableRandom random;

    Contention(Verdict verdict, int threads, int repetitions, long seed) {
        this.verdict = verdict;
        this.threads = threads;
        this.repetitions = repetitions;
        this.random = new SplittableRandom(seed);
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    void prove() throws Exception {
        double fullest = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < repetitions; i++) {
            boolean tokens = i % 2 == 1;
            Taken taken = rate(tokens);
            fullest = Math.max(fullest, taken.fullest());
            least = Math.min(least, taken.share());
        }
        int most = 0;
        for (int i = 0; i < repetitions; i++) {
            most = Math.max(most, permits(1 + random.nextInt(threads - 1)));
        }
        verdict.figure(
                "one rate, %d threads, %d times".formatted(threads, repetitions),
                "in its fullest 60 s at most %.4f of limit and burst; at least %.2f %% of what the limit allows"
                        .formatted(fullest, 100 * least));
        verdict.figure(
                "permits, %d threads, %d times".formatted(threads, repetitions),
                "limits of 1 to %d, each reached and never passed, none left out".formatted(most));
    }

    /**
     * What a rate let in.
     *
     * @param fullest of its windows, as a share of what is allowed
     * @param share of what the limit allows for the whole time
     */
    private record Taken(double fullest, double share) {}

    private Taken rate(boolean tokens) throws Exception {
        long limit = tokens ? random.nextLong(100_000, 2_000_000) : random.nextLong(600, 20_000);
        Quota quota = tokens ? new Quota(0, limit, 0) : new Quota(limit, 0, 0);
        long burst = tokens ? quota.tokenBurst() : quota.requestBurst();
        long dearest = tokens ? random.nextLong(burst / 10, 2 * burst) : 1;
        AtomicLong clock = new AtomicLong();
        long step = Math.max(1, MINUTE / limit * (dearest + 1) / 2 / EAGERNESS);
        long end = Math.round(MINUTES * MINUTE);
        Gcra rate = new Gcra(limit, burst, 0);
        List<List<Windows.Event>> all = new ArrayList<>();
        List<SplittableRandom> costs = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(new ArrayList<>());
            costs.add(random.split());
        }
        together(thread -> {
            SplittableRandom cost = costs.get(thread);
            for (long now; (now = clock.getAndAdd(step)) < end; ) {
                long units = cost.nextLong(dearest) + 1;
                if (rate.tryTake(now, units) == 0) {
                    all.get(thread).add(new Windows.Event(now, units));
                }
            }
        });
        List<Windows.Event> taken = all.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong(Windows.Event::at))
                .toList();
        long allowed = limit + Math.max(burst, dearest);
        long most = Windows.growth(taken, MINUTE);
        long sum = taken.stream().mapToLong(Windows.Event::units).sum();
        double share = sum / (limit * MINUTES);
        if (most > allowed) {
            verdict.fault("%d units in 60 s (expected: at most %d, limit %d, burst %d, dearest %d)"
                    .formatted(most, allowed, limit, burst, dearest));
        }
        if (share < LimitsCommand.LEAST) {
            verdict.fault("%d units in %.1f minutes (expected: >= %.0f %% of %d a minute)"
                    .formatted(sum, MINUTES, 100 * LimitsCommand.LEAST, limit));
        }
        return new Taken((double) most / allowed, share);
    }

    /** First all come at once and stay until everyone has tried; then they come and go; then all at once again. */
    private int permits(int limit) throws Exception {
        Concurrency permits = new Concurrency(limit);
        allAtOnce(permits, limit);
        AtomicInteger in = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        together(thread -> {
            for (int i = 0; i < ENTRIES; i++) {
                if (permits.tryEnter()) {
                    most.accumulateAndGet(in.incrementAndGet(), Math::max);
                    if (i % 8 == 0) {
                        Thread.onSpinWait();
                    }
                    in.decrementAndGet();
                    permits.leave();
                }
            }
        });
        if (most.get() > limit) {
            verdict.fault("%d at once (expected: at most %d)".formatted(most.get(), limit));
        }
        allAtOnce(permits, limit);
        if (permits.inUse() != 0) {
            verdict.fault("%d permits out when all had left (expected: 0)".formatted(permits.inUse()));
        }
        return limit;
    }

    private void allAtOnce(Concurrency permits, int limit) throws Exception {
        CyclicBarrier tried = new CyclicBarrier(threads);
        AtomicInteger in = new AtomicInteger();
        together(thread -> {
            boolean entered = permits.tryEnter();
            if (entered) {
                in.incrementAndGet();
            }
            tried.await();
            if (entered) {
                permits.leave();
            }
        });
        if (in.get() != limit) {
            verdict.fault("%d of %d got in at once (expected: %d)".formatted(in.get(), threads, limit));
        }
    }

    private void together(Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                ends.add(executor.submit(() -> {
                    start.await();
                    work.run(thread);
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }
}
