package dev.tidemill.core.limit;

/**
 * Whether a provider's first content comes slower than it used to: the long mean of TTFT and the short one, with
 * tolerance. TTFT, because a whole answer's duration is its length. Means are geometric: TTFT spreads over orders of
 * magnitude, and one minute's stall must not outweigh sixty answers. What is faster than a tenth of a second is as good as
 * that: a provider next door that takes 10 ms in place of 3 needs no help.
 *
 * <p>After Netflix's Gradient2 (concurrency-limits): tolerance 2. Unlike there, the long mean does not follow upwards while
 * the provider is limited: it would take the queue that we cause for the usual state, and let it grow. It is
 * {@linkplain #accept told} when slowness has turned out not to be helped by asking less. Not thread-safe.
 */
final class TtftGradient {
    private static final double TOLERANCE = Math.log(2.0);
    private static final long FAST = 100_000_000L;
    private static final double LONG = 1 / 400.0;
    private static final double LONG_DOWN = 1 / 50.0;
    private static final double SHORT = 1 / 12.0;
    private static final int WARM = 30;
    private static final long ACCEPTED = 10 * Rate.MINUTE;

    private double longLn;
    private double shortLn;
    private double acceptedLn = Double.NEGATIVE_INFINITY;
    private long acceptedUntil;
    private long samples;

    /**
     * One more.
     *
     * @param limited whether the provider is limited at the moment, or is about to be
     * @return whether it is more than twice the usual of late; false while it is too early to tell
     */
    boolean slow(long ttftNanos, long now, boolean limited) {
        double ln = Math.log((double) Math.max(FAST, ttftNanos));
        samples++;
        if (samples <= WARM) {
            longLn += (ln - longLn) / samples;
            shortLn = longLn;
            return false;
        }
        shortLn += SHORT * (ln - shortLn);
        if (shortLn < longLn) {
            longLn += LONG_DOWN * (shortLn - longLn);
        } else if (!limited) {
            longLn += LONG * (shortLn - longLn);
        }
        if (acceptedUntil - now <= 0) {
            acceptedLn = Double.NEGATIVE_INFINITY;
        }
        return shortLn > Math.max(longLn, acceptedLn) + TOLERANCE;
    }

    /** So much is nothing to be helped, for ten minutes from now. */
    void accept(double ln, long now) {
        acceptedLn = ln;
        acceptedUntil = now + ACCEPTED;
    }
}
