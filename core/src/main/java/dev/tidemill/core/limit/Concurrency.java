package dev.tidemill.core.limit;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Permits for what runs at once, exact: never more out than the limit. Whoever entered leaves once; that a second
 * {@link #leave} is no release of somebody else's permit is the caller's concern ({@link Admission} sees to it), and one
 * too many in all is an error here. A limit lowered below what is out takes none back; it lets nobody in until enough
 * have left. Lock-free, no allocation.
 */
public final class Concurrency {
    private static final int RETIRED = Integer.MIN_VALUE;

    private final AtomicInteger out = new AtomicInteger();
    private volatile int limit;

    /** @param limit 0: none, permits are only counted */
    public Concurrency(long limit) {
        change(limit);
    }

    public boolean tryEnter() {
        while (true) {
            int now = out.get();
            if (!mayEnter(now)) {
                return false;
            }
            if (out.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    public void leave() {
        if (out.decrementAndGet() < 0) {
            out.incrementAndGet();
            throw new IllegalStateException("permits out: -1 (expected: each leave after one enter)");
        }
    }

    /** Puts another limit in force at once; 0: none. */
    public final void change(long next) {
        if (next < 0) {
            throw new IllegalArgumentException("concurrency: " + next + " (expected: >= 0; 0: no limit)");
        }
        limit = next == 0 ? Integer.MAX_VALUE : (int) Math.min(next, Integer.MAX_VALUE);
    }

    /** Whether {@link #tryEnter} would say no. */
    public boolean full() {
        return !mayEnter(out.get());
    }

    public int inUse() {
        return Math.max(0, out.get());
    }

    /** 0: none. */
    public int limit() {
        int now = limit;
        return now == Integer.MAX_VALUE ? 0 : now;
    }

    private boolean mayEnter(int now) {
        return now >= 0 && now < limit;
    }

    // An entry of a registry is taken out of use by taking its last permit away.

    /** Lets nobody in any more, if nobody is in. */
    boolean retire() {
        return out.compareAndSet(0, RETIRED);
    }

    void unretire() {
        out.compareAndSet(RETIRED, 0);
    }

    boolean retired() {
        return out.get() < 0;
    }
}
