package dev.tidemill.core.limit;

/**
 * Whether a provider's first content comes slower than it used to: the long mean of TTFT over the short one, with
 * tolerance. TTFT, because a whole answer's duration is its length. Means are geometric: TTFT spreads over orders of
 * magnitude, and one minute's stall must not outweigh sixty answers.
 *
 * <p>After Netflix's Gradient2 (concurrency-limits): tolerance 2, gradient 0.5 to 1. Unlike there, the long mean does not
 * follow upwards while the provider is limited: it would take the queue that we cause for the usual state, and let it grow.
 * It is {@linkplain #adopt told} when slowness has turned out to be no doing of ours. Not thread-safe.
 */
final class TtftGradient {
    private static final double LN_TOLERANCE = Math.log(2.0);
    private static final double LONG = 1 / 400.0;
    private static final double LONG_DOWN = 1 / 50.0;
    private static final double SHORT = 1 / 12.0;
    private static final int WARM = 30;

    private double longLn;
    private double shortLn;
    private long samples;

    /**
     * @param limited whether the provider is limited at the moment
     * @return 1: as always, or too early to tell; down to 0.5: twice slower still than tolerated
     */
    double sample(long ttftNanos, boolean limited) {
        double ln = Math.log((double) Math.max(1_000_000, ttftNanos));
        samples++;
        if (samples <= WARM) {
            longLn += (ln - longLn) / samples;
            shortLn = longLn;
            return 1;
        }
        shortLn += SHORT * (ln - shortLn);
        if (shortLn < longLn) {
            longLn += LONG_DOWN * (shortLn - longLn);
        } else if (!limited) {
            longLn += LONG * (shortLn - longLn);
        }
        double excess = shortLn - longLn - LN_TOLERANCE;
        return excess <= 0 ? 1 : Math.max(0.5, Math.exp(-excess));
    }

    /** The natural logarithm of the short mean, in nanoseconds. */
    double shortLn() {
        return shortLn;
    }

    /** What is now, is the usual from here on. */
    void adopt() {
        longLn = shortLn;
    }
}
