package dev.tidemill.relay.meter;

/**
 * Durations in four buckets for each power of two, 1 µs to about 19 hours, at most 25 % wide. One writer, no lock; a reader on
 * another thread sees each count as it was a moment ago, which is all that a scrape needs.
 */
public final class Histogram {
    private static final int SHIFT = 10;
    private static final int BUCKETS = 36 * 4;

    private final long[] counts = new long[BUCKETS];
    private long sumNanos;
    private long count;

    void add(long nanos) {
        counts[bucket(nanos)]++;
        sumNanos += nanos;
        count++;
    }

    private static int bucket(long nanos) {
        long units = Math.max(nanos, 0) >>> SHIFT;
        if (units < 4) {
            return (int) units;
        }
        int top = 63 - Long.numberOfLeadingZeros(units);
        return Math.min(BUCKETS - 1, (top - 1) * 4 + (int) ((units >>> (top - 2)) & 3));
    }

    /** The exclusive upper end of a bucket, in nanoseconds. */
    static long upperNanos(int bucket) {
        if (bucket < 4) {
            return (bucket + 1L) << SHIFT;
        }
        int top = bucket / 4 + 1;
        return (((4L + bucket % 4) + 1) << (top - 2)) << SHIFT;
    }

    void addTo(Histogram sum) {
        for (int i = 0; i < BUCKETS; i++) {
            sum.counts[i] += counts[i];
        }
        sum.sumNanos += sumNanos;
        sum.count += count;
    }

    public long count() {
        return count;
    }

    public double sumSeconds() {
        return sumNanos / 1e9;
    }

    /** How many were at most about {@code seconds}: those in buckets that end there or before. */
    public long countUpTo(double seconds) {
        long limit = (long) (seconds * 1e9);
        long total = 0;
        for (int i = 0; i < BUCKETS && upperNanos(i) <= limit + (limit >> 2); i++) {
            total += counts[i];
        }
        return total;
    }
}
