package dev.tidemill.core.limit;

import org.jspecify.annotations.Nullable;

/**
 * One attempt's way to a target: through what the provider can bear and the credential's own limits, both or neither. Made
 * with the attempt. In order: {@link #tryEnter} until 0; when the head of the answer is there {@link #said} or
 * {@link #refused}; {@link #firstContent} or {@link #answered}; {@link #settle} when the tokens are known; {@link #leave} on every way out.
 * After {@code said}, {@code firstContent} and {@code leave} there may be room for others: {@link AdmissionQueue#advance}.
 * Touched by one thread at a time.
 */
public final class Passage implements Gate {
    private final AdaptiveLimit limit;
    private final @Nullable Admission credential;
    private final long estimate;
    private boolean entered;
    private boolean contentCame;
    private long enteredAt;
    private long requestsAt = -1;
    private long tokensAt = -1;

    /**
     * @param credential the credential's own limits; null: it has none
     * @param tokens the estimate
     */
    public Passage(AdaptiveLimit limit, @Nullable Admission credential, long tokens) {
        this.limit = limit;
        this.credential = credential;
        this.estimate = Math.max(0, tokens);
    }

    @Override
    public long tryEnter(long now) {
        while (!entered) {
            long wait = waitFor(now);
            if (wait != 0) {
                return wait;
            }
            if (take(now)) {
                enteredAt = now;
                entered = true;
            }
        }
        return 0;
    }

    /** False: somebody was quicker, and nothing is taken. */
    private boolean take(long now) {
        if (!limit.concurrency.tryEnter()) {
            return false;
        }
        requestsAt = limit.requests.tryTake(now, 1);
        if (requestsAt >= 0) {
            tokensAt = limit.tokens.tryTake(now, estimate);
            if (tokensAt >= 0) {
                if (credential == null || credential.tryEnter(now) == 0) {
                    return true;
                }
                limit.tokens.undo(estimate);
            }
            limit.requests.undo(1);
        }
        limit.concurrency.leave();
        return false;
    }

    @Override
    public long waitFor(long now) {
        if (entered) {
            return 0;
        }
        long wait = Math.max(limit.parkedNanos(now), limit.requests.waitFor(now, 1));
        wait = Math.max(wait, limit.tokens.waitFor(now, estimate));
        if (credential != null) {
            wait = Math.max(wait, credential.waitFor(now));
        }
        return limit.concurrency.full() ? FULL : wait;
    }

    /** A target's limits are everybody's. */
    @Override
    public boolean own() {
        return false;
    }

    /**
     * What the head of the answer says of the provider's limits, each -1 where it says nothing.
     *
     * @param requestsReset nanoseconds from now
     * @param tokensReset nanoseconds from now
     */
    public void said(
            long now,
            long requestsLimit,
            long requestsRemaining,
            long requestsReset,
            long tokensLimit,
            long tokensRemaining,
            long tokensReset) {
        limit.requests.said(now, requestsAt, requestsLimit, requestsRemaining, requestsReset);
        limit.tokens.said(now, tokensAt, tokensLimit, tokensRemaining, tokensReset);
    }

    /** The provider answered 429 or 529. {@code retryAfterNanos}: 0 or less: it did not say for how long. */
    public void refused(long now, long retryAfterNanos) {
        if (entered) {
            limit.refused(now, enteredAt, retryAfterNanos);
        }
    }

    /** The first content event is here, {@code ttftNanos} after the send; only the first call counts. */
    public void firstContent(long ttftNanos) {
        if (entered && !contentCame) {
            contentCame = true;
            limit.firstContent(enteredAt, ttftNanos);
        }
    }

    /**
     * In place of {@link #firstContent} for an answer in one piece, whose time is its length: the limit grows by it, and is
     * never lowered.
     */
    public void answered() {
        if (entered && !contentCame) {
            contentCame = true;
            limit.answered();
        }
    }

    /** As {@link Admission#settle}. */
    public void settle(long now, long used) {
        if (credential != null) {
            credential.settle(now, used);
        }
    }

    @Override
    public void leave(long now) {
        if (!entered) {
            return;
        }
        entered = false;
        limit.concurrency.leave();
        if (credential != null) {
            credential.leave(now);
        }
    }

    public boolean entered() {
        return entered;
    }
}
