package dev.tidemill.core.limit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How much one upstream target can bear with one credential, learned from what it says and does. Used through
 * {@link Passage}.
 *
 * <p><b>Nothing is limited without evidence.</b> There is no starting value: it passes everything until the first signal,
 * and what was in flight at that moment is the first estimate. When the limit has grown back to the pool's size it is off
 * again. Three kinds of evidence, from hard to soft:
 *
 * <ul>
 *   <li><b>Headers</b> say what is left until when ({@link ProviderBudget}): not one more is sent.
 *   <li><b>429 and 529</b> cut the limit to 0.7 of what was in flight, once for each round: those who were sent before the
 *       cut tell nothing new. {@code Retry-After} parks everything until then (60 s at most); without one, refusals with no
 *       success between them park for 0.5 s, doubling to 30 s.
 *   <li><b>TTFT</b> more than twice the usual ({@link TtftGradient}) is weak evidence: prompts may have become longer, the
 *       provider may be slow for everybody, and one that batches is slower the more it does at once, yet does more. So it
 *       is an experiment, {@link SlowTrial}: half of what is in flight, until that is seen to be better or not. Long answers
 *       are no evidence at all: they hold a permit and change nothing else.
 * </ul>
 *
 * <p>It recovers by itself: each first content in time, while half of the limit is in use, adds to it, √limit in each
 * round up to 0.85 of where the last refusal was, then 1 in each round, so that the provider's edge is felt for seldom.
 * One request at a time is always let through, so there is always somebody who can bring the good news.
 *
 * <p>Passing takes no lock. A first content that finds the state in use is not counted; a refusal waits for it.
 */
public final class AdaptiveLimit {
    private static final double CUT = 0.7;
    private static final double NEAR = 0.85;
    private static final int LEAST_EVIDENCE = 8;
    private static final long LONGEST_PARK = Rate.MINUTE;
    private static final long FIRST_PARK = 500_000_000L;
    private static final long LONGEST_BACKOFF = 30_000_000_000L;

    final ProviderBudget requests = new ProviderBudget();
    final ProviderBudget tokens = new ProviderBudget();
    final Concurrency concurrency = new Concurrency(0);

    private final AtomicLong firstContents = new AtomicLong();
    private final AtomicLong parkedUntil;
    private final ReentrantLock learning = new ReentrantLock();
    private final int most;

    // Under the lock

    private final TtftGradient gradient = new TtftGradient();
    private boolean on;
    private double limit;
    private double refusedAt;
    private long cutAt;
    private int refusals;
    private @Nullable SlowTrial trial;

    /** @param most the pool's size: where the limit ends, at least 1 */
    public AdaptiveLimit(int most, long now) {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " (expected: >= 1)");
        }
        this.most = most;
        this.parkedUntil = new AtomicLong(now);
        this.cutAt = now;
    }

    /** Requests that may be in flight; 0: not limited at the moment. */
    public int limit() {
        return concurrency.limit();
    }

    public int inFlight() {
        return concurrency.inUse();
    }

    /** How long nothing is sent, 0: it is not parked. */
    public long parkedNanos(long now) {
        return Math.max(0, parkedUntil.get() - now);
    }

    void firstContent(long sentAt, long ttftNanos) {
        long counted = firstContents.incrementAndGet();
        if (!learning.tryLock()) {
            return;
        }
        try {
            refusals = 0;
            long now = sentAt + ttftNanos;
            boolean slow = gradient.slow(ttftNanos, now, on || trial != null);
            int inFlight = concurrency.inUse();
            SlowTrial running = trial;
            if (running != null) {
                go(running, running.sample(sentAt, now, ttftNanos, inFlight, counted), now, inFlight, slow);
            } else if (slow && inFlight >= LEAST_EVIDENCE && (!on || inFlight * 2 >= limit)) {
                trial = new SlowTrial(now);
            } else if (!slow) {
                grow(inFlight);
            }
        } finally {
            learning.unlock();
        }
    }

    private void go(SlowTrial running, SlowTrial.Word word, long now, int inFlight, boolean slow) {
        switch (word) {
            case WAIT -> {}
            case WATCHED -> {
                if (slow) {
                    set(running.halve(on ? limit : most, on ? Math.min(limit, inFlight) : inFlight));
                } else {
                    trial = null;
                }
            }
            case OURS -> {
                trial = null;
                refusedAt = running.before();
            }
            case NOT_OURS -> {
                trial = null;
                gradient.accept(running.slowLn(), now);
                set(running.before());
            }
        }
    }

    /** An answer came whose time tells nothing: good news alone. */
    void answered() {
        if (!learning.tryLock()) {
            return;
        }
        try {
            refusals = 0;
            if (trial == null) {
                grow(concurrency.inUse());
            }
        } finally {
            learning.unlock();
        }
    }

    private void grow(int inFlight) {
        if (!on || inFlight * 2 < limit) {
            return;
        }
        double round = limit < NEAR * refusedAt || refusedAt == 0 ? Math.sqrt(limit) : 1;
        set(limit + round / limit);
    }

    void refused(long now, long sentAt, long retryAfterNanos) {
        learning.lock();
        try {
            if (retryAfterNanos > 0) {
                park(now + Math.min(retryAfterNanos, LONGEST_PARK));
            }
            if (on && sentAt - cutAt < 0) {
                return;
            }
            refusals++;
            if (retryAfterNanos <= 0 && refusals > 1) {
                park(now + Math.min(FIRST_PARK << Math.min(refusals - 2, 10), LONGEST_BACKOFF));
            }
            double bore = Math.max(1, concurrency.inUse());
            refusedAt = on ? Math.min(limit, bore) : bore;
            cutAt = now;
            trial = null;
            set(refusedAt * CUT);
        } finally {
            learning.unlock();
        }
    }

    private void park(long until) {
        long before = parkedUntil.get();
        while (until - before > 0 && !parkedUntil.compareAndSet(before, until)) {
            before = parkedUntil.get();
        }
    }

    private void set(double next) {
        on = next < most;
        limit = Math.max(1, next);
        if (!on) {
            refusedAt = 0;
        }
        concurrency.change(on ? (long) limit : 0);
    }
}
