package dev.tidemill.core.limit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

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
 *   <li><b>TTFT</b> more than twice the usual ({@link TtftGradient}) lowers the limit step by step towards gradient × limit +
 *       √limit, as long as at least half of it is in use. It is weak evidence, since prompts may just have become longer; so
 *       it is an experiment: at a quarter of what was in flight, has TTFT become shorter? Then it was our load, and a
 *       quarter less is tried in turn; if not, the new TTFT is the usual one and the limit grows again. Long answers are no
 *       evidence at all: they hold a permit and change nothing else.
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
    private static final double SMOOTH = 0.2;
    private static final int LEAST_EVIDENCE = 8;
    private static final int SETTLED = 30;
    private static final double SHORTER = 0.3;
    private static final long LONGEST_PARK = Rate.MINUTE;
    private static final long FIRST_PARK = 500_000_000L;
    private static final long LONGEST_BACKOFF = 30_000_000_000L;

    final ProviderBudget requests = new ProviderBudget();
    final ProviderBudget tokens = new ProviderBudget();
    final Concurrency concurrency = new Concurrency(0);

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
    private boolean slow;
    private double floor;
    private double slowLn;
    private int atFloor;
    private long flooredAt;

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
        if (!learning.tryLock()) {
            return;
        }
        try {
            refusals = 0;
            double g = gradient.sample(ttftNanos, on);
            int inFlight = concurrency.inUse();
            if (g < 1) {
                slower(g, inFlight, sentAt, sentAt + ttftNanos);
            } else {
                slow = false;
                grow(inFlight);
            }
        } finally {
            learning.unlock();
        }
    }

    /** An answer came whose time tells nothing: good news alone. */
    void answered() {
        if (!learning.tryLock()) {
            return;
        }
        try {
            refusals = 0;
            if (!slow) {
                grow(concurrency.inUse());
            }
        } finally {
            learning.unlock();
        }
    }

    private void slower(double g, int inFlight, long sentAt, long now) {
        if (!slow) {
            slow = true;
            experiment(inFlight);
        }
        if (!on) {
            if (inFlight >= LEAST_EVIDENCE) {
                experiment(inFlight);
                set(inFlight);
            }
            return;
        }
        slowLn = atFloor < 0 ? Math.max(slowLn, gradient.shortLn()) : slowLn;
        if (inFlight * 2 >= limit) {
            double target = Math.max(floor, g * limit + Math.sqrt(limit));
            if (target < limit) {
                set(Math.max(floor, limit + SMOOTH * (target - limit) - 0.1));
            }
        }
        if (limit > floor && g * limit + Math.sqrt(limit) < limit) {
            atFloor = -1;
        } else if (atFloor < 0) {
            if (inFlight <= limit) {
                flooredAt = now;
                atFloor = 0;
            }
        } else if (sentAt - flooredAt >= 0 && ++atFloor >= SETTLED) {
            concluded();
        }
    }

    /** The experiment begins, or goes on: less than this quarter is not tried before it has told something. */
    private void experiment(double inFlight) {
        floor = Math.max(1, Math.floor(inFlight / 4));
        slowLn = gradient.shortLn();
        atFloor = -1;
    }

    private void concluded() {
        if (slowLn - gradient.shortLn() > SHORTER && limit > 1) {
            experiment(limit);
        } else {
            gradient.adopt();
            slow = false;
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
