package dev.tidemill.core.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One limit of so many units a minute, as a single number: the <em>theoretical arrival time</em>, the moment at which all
 * that was taken will have been earned (GCRA, ITU-T I.371). It runs ahead of now by at most the burst; taking moves it
 * on, time catches up with it, and whoever finds too little room is told for how long.
 *
 * <p><b>Promise.</b> In any 60 s, at most {@code perMinute + max(burst, largest single cost)} units are taken, however
 * many threads take. A cost above the burst is let in when nothing else is owed, and is then owed itself: at full rate
 * nothing smaller can be promised, since two such requests a minute apart lie in one closed minute.
 * Why it holds: of the takes in a window, the first starts at or after the window's begin, each adds its own time, and
 * the last ends at most one burst after the window's end. Clocks read a little out of order do not hurt, because the
 * argument only needs each take's own {@code now}.
 *
 * <p><b>Corrections.</b> {@link #settle} adds what was used beyond the estimate, without refusal: it is a debt, and the
 * next ones wait for it; what was not used it returns. With corrections the promise reads: what was
 * settled in a window, plus what is still reserved at its end, is at most {@code perMinute + burst}, plus what was
 * reserved at its begin, plus debts. A take undone at once, because another limit refused, can cost the promise the time
 * between the two, which is less than a unit.
 *
 * <p>Lock-free, one compare-and-set a take; no allocation. All times are {@link System#nanoTime}'s.
 */
public final class Gcra {
    private final AtomicLong arrival;
    private volatile Rate rate;

    /**
     * @param perMinute units a minute, 0: no limit
     * @param burst units that may be taken at once, at least 1
     */
    public Gcra(long perMinute, long burst, long now) {
        this.rate = Rate.of(perMinute, burst);
        this.arrival = new AtomicLong(now);
    }

    /**
     * Takes {@code cost} units if there is room.
     *
     * @param cost 0 or more
     * @return 0: taken; else how many nanoseconds from {@code now} there will be room, if nobody else takes it
     */
    public long tryTake(long now, long cost) {
        Rate current = rate;
        if (!current.limits()) {
            return 0;
        }
        long nanos = current.nanos(cost);
        while (true) {
            long before = arrival.get();
            long start = before - now > 0 ? before : now;
            long wait = start - now + Math.min(nanos, current.burstNanos()) - current.burstNanos();
            if (wait > 0) {
                return wait;
            }
            if (arrival.compareAndSet(before, start + nanos)) {
                return 0;
            }
        }
    }

    /** What {@link #tryTake} would say, without taking. */
    public long waitFor(long now, long cost) {
        Rate current = rate;
        if (!current.limits()) {
            return 0;
        }
        long nanos = Math.min(current.nanos(cost), current.burstNanos());
        return Math.max(0, owed(now) + nanos - current.burstNanos());
    }

    /** Returns units that were taken and not used. */
    public void giveBack(long cost) {
        Rate current = rate;
        if (current.limits() && cost > 0) {
            arrival.getAndAdd(-current.nanos(cost));
        }
    }

    /**
     * Trues a take up: what was used beyond it is owed, whether there is room or not, an hour's worth at most; what was not used
     * is returned. A take of more than an hour's worth counted for an hour; what was used of it counts for itself.
     */
    public void settle(long now, long taken, long used) {
        Rate current = rate;
        if (!current.limits()) {
            return;
        }
        long more = current.nanos(used) - current.nanos(taken);
        if (more > 0) {
            owe(now, more);
        } else if (more < 0) {
            arrival.getAndAdd(more);
        }
    }

    private void owe(long now, long nanos) {
        while (true) {
            long before = arrival.get();
            long start = before - now > 0 ? before : now;
            long after = now + Math.min(start - now + nanos, Rate.LONGEST);
            if (after - before <= 0 || arrival.compareAndSet(before, after)) {
                return;
            }
        }
    }

    /**
     * Puts other numbers in force at once. What is owed stays owed, in units: at twice the rate it is paid in half the
     * time. A take that runs at this very moment may still count by the old rate.
     */
    public synchronized void change(long perMinute, long burst, long now) {
        Rate old = rate;
        Rate next = Rate.of(perMinute, burst);
        rate = next;
        if (old.limits() && next.limits()) {
            long owed = owed(now);
            long same = (long) Math.min(Rate.LONGEST, owed / old.nanosPerUnit() * next.nanosPerUnit());
            arrival.getAndAdd(same - owed);
        }
    }

    /** Units a minute, 0: no limit. For {@code x-ratelimit-limit-*}. */
    public long limit() {
        return rate.perMinute();
    }

    public long burst() {
        return rate.burst();
    }

    /** Units that may be taken at once, 0 to the burst. For {@code x-ratelimit-remaining-*}. */
    public long remaining(long now) {
        Rate current = rate;
        if (!current.limits()) {
            return Long.MAX_VALUE;
        }
        long room = current.burstNanos() - owed(now);
        return room <= 0 ? 0 : Math.min(current.burst(), (long) (room / current.nanosPerUnit()));
    }

    /** Until the whole burst may be taken again, 0: now. For {@code x-ratelimit-reset-*}. */
    public long resetNanos(long now) {
        return rate.limits() ? owed(now) : 0;
    }

    /** Whether it is as if new. */
    boolean idle(long now) {
        return owed(now) == 0;
    }

    private long owed(long now) {
        return Math.max(0, arrival.get() - now);
    }
}
