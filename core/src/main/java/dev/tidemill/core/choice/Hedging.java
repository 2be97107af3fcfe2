package dev.tidemill.core.choice;

import dev.tidemill.core.route.Policy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When a second target is asked because the first is slow: after a learned quantile of the time to first content, and only
 * for a share of the requests (Dean and Barroso, The Tail at Scale, 2013). One for each model, shared by all loops; neither
 * locks nor allocates.
 *
 * <p>Times are counted in buckets that are a sixth wide, and all counts are halved when there are {@value #MOST}, so that
 * what was long ago fades.
 */
public final class Hedging {
    /** No hedge: too little is known yet. */
    public static final long UNKNOWN = -1;

    /** Sooner no second target is asked, however fast the first usually is. */
    static final long FLOOR = 50_000_000L;
    /** Times that must be known. */
    static final int LEAST = 20;

    static final int MOST = 2048;
    private static final int PER_OCTAVE = 4;
    private static final int BUCKETS = 44 * PER_OCTAVE;
    /** Hedges that may be saved up. */
    private static final int SAVED = 10;

    private static final long ONE = 1_000_000;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong allowance = new AtomicLong(ONE);

    /** A request that may be hedged begins: it earns its share of one. */
    public void asked(Policy.Hedge terms) {
        long share = (long) (terms.share() * ONE);
        allowance.getAndUpdate(saved -> Math.min(SAVED * ONE, saved + share));
    }

    /** Takes the right to one hedge. */
    public boolean take() {
        long saved;
        do {
            saved = allowance.get();
            if (saved < ONE) {
                return false;
            }
        } while (!allowance.compareAndSet(saved, saved - ONE));
        return true;
    }

    /** No other target could be asked. */
    public void giveBack() {
        allowance.getAndUpdate(saved -> Math.min(SAVED * ONE, saved + ONE));
    }

    /** The first content came after so long; or had not come after so long, when another target was faster. */
    public void firstContent(long nanos) {
        counts.incrementAndGet(bucket(nanos));
        if (total.incrementAndGet() >= MOST) {
            fade();
        }
    }

    private void fade() {
        long left = 0;
        for (int i = 0; i < BUCKETS; i++) {
            left += counts.updateAndGet(i, count -> count / 2);
        }
        total.set(left);
    }

    /**
     * How long after the send the second target is asked.
     *
     * @return nanoseconds, at least {@link #FLOOR}; or {@link #UNKNOWN}
     */
    public long after(Policy.Hedge terms) {
        long all = total.get();
        if (all < LEAST) {
            return UNKNOWN;
        }
        long wanted = (long) Math.ceil(all * terms.quantile());
        for (int i = 0; i < BUCKETS; i++) {
            wanted -= counts.get(i);
            if (wanted <= 0) {
                return Math.max(FLOOR, end(i));
            }
        }
        return UNKNOWN;
    }

    static int bucket(long nanos) {
        long time = Math.max(PER_OCTAVE, nanos);
        int octave = 63 - Long.numberOfLeadingZeros(time);
        int part = (int) (time >>> (octave - 2)) & (PER_OCTAVE - 1);
        return Math.min(BUCKETS - 1, octave * PER_OCTAVE + part);
    }

    /** Where a bucket ends. */
    private static long end(int bucket) {
        int octave = bucket / PER_OCTAVE;
        long part = bucket % PER_OCTAVE + 1L;
        return (1L << octave) + (part << (octave - 2));
    }
}
