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
 */
final class ProviderBudget {
    /** Longer resets (daily quotas, nonsense) are asked about anew after a minute. */
    private static final long LONGEST = Rate.MINUTE;

    private static final long UNKNOWN_RESET = Rate.MINUTE / 6;

    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<@Nullable Word> word = new AtomicReference<>();

    /** @param at the count after the request it came with; {@code renewed}: not said, but taken for granted */
    private record Word(long at, long cap, long until, long limit, boolean renewed) {}

    /** @return the running count after this one; -1: no room */
    long tryTake(long now, long cost) {
        while (true) {
            Word said = current(now);
            long before = sent.get();
            if (said != null && !fits(said, before, cost)) {
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
        return said == null || fits(said, sent.get(), cost) ? 0 : said.until - now;
    }

    /** A cost above the whole limit goes when everything is left: it is the provider who refuses it then. */
    private static boolean fits(Word said, long before, long cost) {
        long capped = said.limit > 0 ? Math.min(cost, said.limit) : cost;
        return said.cap - before >= capped;
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
        Word next = new Word(at, at + remaining, now + reset, limit, false);
        Word old = word.get();
        while (old == null || old.renewed || at - old.at >= 0 || old.until - now <= 0) {
            if (word.compareAndSet(old, next)) {
                return;
            }
            old = word.get();
        }
    }

    private @Nullable Word current(long now) {
        Word said = word.get();
        if (said == null || said.until - now > 0) {
            return said;
        }
        long count = sent.get();
        Word next = said.renewed || said.limit <= 0
                ? null
                : new Word(count, count + said.limit, now + Rate.MINUTE, said.limit, true);
        return word.compareAndSet(said, next) ? next : word.get();
    }
}
