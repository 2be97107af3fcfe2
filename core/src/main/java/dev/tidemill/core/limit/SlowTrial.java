package dev.tidemill.core.limit;

/**
 * What is tried when a provider's first content comes late: half of what is in flight. A provider that has more than it can
 * do at once serves just as many then, and each sooner; that is our load, and the half stays. For one that is slow by
 * itself it changes nothing, and one whose first content is late because it does more at once serves fewer: for both
 * there was no cause, and all is as before.
 *
 * <p>Both times the same is measured, over as many requests: how late first content comes, and how many come in a second.
 * Only of requests sent since things were so: before the trial, since it was found to be slow; in the trial, since no more
 * than the half was in flight.
 */
final class SlowTrial {
    enum Word {
        WAIT,
        /** What is, is known: it may be halved. */
        WATCHED,
        OURS,
        NOT_OURS
    }

    private static final int ENOUGH = 40;
    /** Answers that began together end together, and the next begin together; some such rounds make a mean. */
    private static final long LONG_ENOUGH = 10_000_000_000L;

    /** Of the logarithm of TTFT. */
    private static final double SHORTER = 0.3;

    private static final double AS_MANY = 0.75;

    private double before;
    private double tried;
    private double slowLn;
    private double slowRate;

    // What is measured at present

    private boolean settled = true;
    private long from;
    private int samples;
    private double sumLn;
    private long firstAt;
    private long countedAtFirst;

    SlowTrial(long now) {
        from = now;
    }

    /**
     * Goes on with half.
     *
     * @param limit to go back to
     * @param inFlight of which there shall be half
     * @return the limit that is tried, at least 1
     */
    double halve(double limit, double inFlight) {
        before = limit;
        tried = Math.max(1, Math.floor(inFlight / 2));
        settled = false;
        samples = 0;
        sumLn = 0;
        return tried;
    }

    double before() {
        return before;
    }

    /** The logarithm of the TTFT that was slow. */
    double slowLn() {
        return slowLn;
    }

    /**
     * A first content.
     *
     * @param counted first contents so far, with this one
     */
    Word sample(long sentAt, long now, long ttftNanos, int inFlight, long counted) {
        if (!settled) {
            settled = inFlight <= tried;
            from = now;
            return Word.WAIT;
        }
        if (sentAt - from < 0) {
            return Word.WAIT;
        }
        if (samples++ == 0) {
            firstAt = now;
            countedAtFirst = counted;
        }
        sumLn += Math.log((double) Math.max(1, ttftNanos));
        if (samples < ENOUGH || now - firstAt < LONG_ENOUGH) {
            return Word.WAIT;
        }
        double ln = sumLn / samples;
        double rate = (counted - countedAtFirst) * 1e9 / (now - firstAt);
        if (tried == 0) {
            slowLn = ln;
            slowRate = rate;
            return Word.WATCHED;
        }
        return slowLn - ln > SHORTER && rate >= AS_MANY * slowRate ? Word.OURS : Word.NOT_OURS;
    }
}
