package dev.tidemill.core.health;

import java.util.random.RandomGenerator;

/**
 * How long to wait before a retry: full jitter (anywhere between nothing and a doubling bound), which of the known kinds
 * spreads a crowd best for the least work.
 *
 * <p>The bound begins at 250 ms: with 125 ms on average it is small beside a first token, and long enough for a load
 * balancer to take the next machine. It ends at 8 s, as in the providers' own client libraries; a caller who waits longer
 * is better told when to come back.
 */
public final class Backoff {
    /** Given up: the time that is left does not allow it. */
    public static final long GIVE_UP = -1;

    static final long BASE = 250_000_000L;
    static final long CAP = 8_000_000_000L;

    private Backoff() {}

    /**
     * @param retry the how manieth this is, from 1
     * @param atLeast what the provider asked for (Retry-After) where the retry goes there again, else 0; nanoseconds,
     *     to which the jitter is added
     * @param remaining of the caller's time, nanoseconds; at least half of it is kept for the answer
     * @return nanoseconds to wait, or {@link #GIVE_UP}
     */
    public static long nanos(int retry, long atLeast, long remaining, RandomGenerator random) {
        if (remaining <= 0 || atLeast > remaining / 2) {
            return GIVE_UP;
        }
        long bound = Math.min(CAP, BASE << Math.clamp(retry - 1L, 0, 5));
        return Math.min(atLeast + random.nextLong(bound + 1), remaining / 2);
    }
}
