package dev.tidemill.core.limit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's headers say is left of one of its limits. The difficulty: headers speak of the moment at which
 * <em>that</em> request was counted, and others have gone out since. So all that was ever sent is one running count, each
 * request knows the count after itself, and "R left" means: the count may go R beyond that, until the reset. Requests sent
 * meanwhile are in the difference by themselves. The word of the latest request counts, in whatever order answers come.
 *
 * <p>At the reset the whole limit is taken for granted once more, for a minute at most; a new word replaces that. No word:
 * no limit.
 *
 * <p>Many providers refill evenly, and their reset is the time until all is there again: what is missing, at a minute's
 * rate. Where the numbers agree with that, the count may go on by that rate meanwhile; to wait for such a reset would leave
 * the provider idle for a minute when a second would do. A fixed window can agree by chance, at one moment, and the next
 * word tells.
 */
final class ProviderBudget {
    /** Longer resets (daily quotas, nonsense) are asked about anew after a minute. */
    private static final long LONGEST = Rate.MINUTE;

    private static final long UNKNOWN_RESET = Rate.MINUTE / 6;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<@Nullable Word> word = new AtomicReference<>();

    /** How far a reset may be from what an even refill would need: a tenth, and what rounding to seconds makes. */
    private static final double ABOUT = 0.1;

    private static final long ROUNDING = 1_100_000_000L;

    /**
     * @param at the count after the request it came with
     * @param said when
     * @param unit nanoseconds after which there is one more, 0: nothing before the reset
     * @param renewed not said, but taken for granted
     */
    private record Word(long at, long cap, long said, long until, long limit, double unit, boolean renewed) {
        /** How far the count may go by now. */
        long cap(long now) {
            return unit == 0 ? cap : Math.min(at + limit, cap + (long) (Math.max(0, now - said) / unit));
        }

        /** Until the count may go this far. */
        long waitFor(long count, long now) {
            long reset = until - now;
            return unit == 0 ? reset : Math.clamp((long) Math.ceil((count - cap) * unit) + said - now, 1, reset);
        }
    }

    /** @return the running count after this one; -1: no room */
    long tryTake(long now, long cost) {
        while (true) {
            Word said = current(now);
            long before = sent.get();
            if (said != null && said.cap(now) - before < capped(said, cost)) {
                return -1;
            }
            if (sent.compareAndSet(before, before + cost)) {
                return before + cost;
            }
        }
    }

    /** 0: there is room; else until when there is none as far as known. */
    long waitFor(long now, long cost) {
        Word said = current(now);
        if (said == null) {
            return 0;
        }
        long count = sent.get() + capped(said, cost);
        return count <= said.cap(now) ? 0 : said.waitFor(count, now);
    }

    /** A cost above the whole limit goes when everything is left: it is the provider who refuses it then. */
    private static long capped(Word said, long cost) {
        return said.limit > 0 ? Math.min(cost, said.limit) : cost;
    }

    void undo(long cost) {
        sent.addAndGet(-cost);
    }

    /**
     * @param at what {@link #tryTake} gave the request this came with
     * @param limit -1: not said
     * @param remaining -1: not said, and then nothing is
     * @param resetNanos -1: not said
     */
    void said(long now, long at, long limit, long remaining, long resetNanos) {
        if (remaining < 0 || limit == 0 || at < 0) {
            return;
        }
        long reset = resetNanos < 0 ? UNKNOWN_RESET : Math.min(resetNanos, LONGEST);
        Word next = new Word(at, at + remaining, now, now + reset, limit, unit(limit, remaining, resetNanos), false);
        Word old = word.get();
        while (old == null || old.renewed || at - old.at >= 0 || old.until - now <= 0) {
            if (word.compareAndSet(old, next)) {
                return;
            }
            old = word.get();
        }
    }

    private static double unit(long limit, long remaining, long resetNanos) {
        if (resetNanos < 0 || remaining >= limit) {
            return 0;
        }
        double unit = (double) Rate.MINUTE / limit;
        double even = (limit - remaining) * unit;
        return Math.abs(resetNanos - even) <= Math.max(ROUNDING, even * ABOUT) ? unit : 0;
    }

    private @Nullable Word current(long now) {
        Word said = word.get();
        if (said == null || said.until - now > 0) {
            return said;
        }
        long count = sent.get();
        Word next = said.renewed || said.limit <= 0
                ? null
                : new Word(count, count + said.limit, now, now + Rate.MINUTE, said.limit, 0, true);
        return word.compareAndSet(said, next) ? next : word.get();
    }
}
