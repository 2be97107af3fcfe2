package dev.tidemill.core.limit;

/**
 * How quickly places come free, seen from the line: a moving mean of the time between two grants while somebody waits. What
 * is remembered halves with each 10 s in which the line was empty, so that a bad hour is not held against the next one.
 */
final class Pace {
    private static final double WEIGHT = 0.1;
    private static final long HALF_LIFE = 10_000_000_000L;
    private static final long LONGEST_GAP = Rate.MINUTE;

    private double interval;
    private boolean known;
    private long last;

    /** The line begins. */
    void begin(long now) {
        interval *= Math.pow(0.5, (double) Math.max(0, now - last) / HALF_LIFE);
        last = now;
    }

    void granted(long now) {
        long gap = Math.clamp(now - last, 0, LONGEST_GAP);
        interval = known ? interval + WEIGHT * (gap - interval) : gap;
        known = true;
        last = now;
    }

    /** How long until {@code count} places came free; 0: nobody knows. Not less than the present standstill lets fear. */
    long nanos(long count, long now) {
        if (!known) {
            return 0;
        }
        double mean = Math.max(interval, (now - last) * WEIGHT);
        return (long) Math.min(count * mean, Rate.LONGEST);
    }
}
