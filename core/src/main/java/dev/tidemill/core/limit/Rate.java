package dev.tidemill.core.limit;

/**
 * Units a minute and a burst, as time. A unit takes 60 s / {@code perMinute}; rounding goes against whoever takes, so
 * what was paid for is never more than what passed.
 *
 * <p>{@code burstNanos} is the burst's time plus one nanosecond for each unit's rounding, so that a whole burst of single
 * units fits, but never so much that one more unit would.
 *
 * @param perMinute 0: no limit
 * @param nanosPerUnit exact when it is whole, else a hair more, so that a product in floating point is never less than exact
 */
record Rate(long perMinute, long burst, double nanosPerUnit, long burstNanos) {
    static final long MINUTE = 60_000_000_000L;

    /** No single cost counts for more than this: an hour. */
    static final long LONGEST = 60 * MINUTE;

    static final Rate NONE = new Rate(0, 0, 0, 0);

    static Rate of(long perMinute, long burst) {
        if (perMinute < 0 || perMinute > Quota.MOST) {
            throw new IllegalArgumentException(
                    "per-minute: " + perMinute + " (expected: 0, no limit, to " + Quota.MOST + ")");
        }
        if (perMinute == 0) {
            return NONE;
        }
        if (burst < 1 || burst > Quota.MOST) {
            throw new IllegalArgumentException("burst: " + burst + " (expected: 1 to " + Quota.MOST + ")");
        }
        boolean whole = MINUTE % perMinute == 0;
        double unit = (double) MINUTE / perMinute * (whole ? 1 : 1 + 4 * Math.ulp(1.0));
        long slack = whole ? 0 : Math.max(0, Math.min(burst, (long) unit - 2));
        long nanos = (long) Math.ceil(Math.min(burst * unit, LONGEST)) + slack;
        return new Rate(perMinute, burst, unit, nanos);
    }

    boolean limits() {
        return perMinute != 0;
    }

    /** What {@code cost} units take, at most {@link #LONGEST}. */
    long nanos(long cost) {
        return (long) Math.ceil(Math.min(cost * nanosPerUnit, LONGEST));
    }
}
