package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdaptiveLimit;
import dev.tidemill.core.limit.Admission;
import dev.tidemill.core.limit.Passage;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.ratelimit.Budget;
import dev.tidemill.wire.ratelimit.RateLimitHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's way through what its target bears, and what it learns on the way: a {@link Passage} that wakes those who
 * wait for its target. One thread at a time.
 */
public final class Crossing {
    private final UpstreamLimit limit;
    private final @Nullable CredentialLimit credential;
    private final Passage passage;
    private boolean refused;

    /** @param credential what it may do by the configuration; null: it has no limits there */
    Crossing(UpstreamLimit limit, AdaptiveLimit bearing, @Nullable CredentialLimit credential, long tokens) {
        this.limit = limit;
        this.credential = credential;
        this.passage = new Passage(
                bearing, credential == null ? null : new Admission(null, credential.allowance(), tokens), tokens);
    }

    public Passage passage() {
        return passage;
    }

    /** The head of the answer is there; most say nothing. */
    public void answerHead(Head head, RateLimitHeaders reader, long nowMillis) {
        if (!reader.read(head, nowMillis)) {
            return;
        }
        long now = System.nanoTime();
        Budget tokens = reader.scarcestTokens();
        passage.said(
                now,
                reader.limit(Budget.REQUESTS),
                reader.remaining(Budget.REQUESTS),
                reader.resetNanos(Budget.REQUESTS),
                reader.limit(tokens),
                reader.remaining(tokens),
                reader.resetNanos(tokens));
        limit.moved(now);
    }

    /** The provider has too much to do with us (429, or 529 with a pause). The first call counts. */
    public void refused(long now, long retryAfterNanos) {
        if (!refused) {
            refused = true;
            passage.refused(now, retryAfterNanos);
        }
    }

    /** The first content of a stream. */
    public void firstContent(long now, long ttftNanos) {
        passage.firstContent(ttftNanos);
        limit.moved(now);
    }

    /** An answer in one piece: good news, but how long it took is its length. */
    public void answered(long now) {
        passage.answered();
        limit.moved(now);
    }

    /**
     * On every way out; a second call changes nothing.
     *
     * @param used tokens; below 0: not known, so that the estimate stays
     */
    public void leave(long now, long used) {
        if (!passage.entered()) {
            return;
        }
        if (used >= 0) {
            passage.settle(now, used);
        }
        passage.leave(now);
        limit.moved(now);
        if (credential != null) {
            credential.lines().advance(now);
        }
    }
}
