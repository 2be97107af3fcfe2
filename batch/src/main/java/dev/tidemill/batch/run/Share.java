package dev.tidemill.batch.run;

/**
 * How many lines of one batch may be in flight: additive increase, multiplicative decrease. A rate limit that many lines
 * meet at once is one signal, so only a line sent after the last cut can cause the next.
 */
final class Share {
    private final int most;
    private double limit;
    private long sent;
    private long cutAt;

    Share(int most) {
        this.most = most;
        this.limit = most;
    }

    int limit() {
        return (int) limit;
    }

    /** @return the serial of this send, to be handed back with its outcome */
    long send() {
        return sent++;
    }

    void answered() {
        limit = Math.min(most, limit + 1 / limit);
    }

    void turnedAway(long serial) {
        if (serial >= cutAt) {
            limit = Math.max(1, limit / 2);
            cutAt = sent;
        }
    }
}
