package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdaptiveLimit;
import dev.tidemill.core.limit.AdmissionQueue;
import org.jspecify.annotations.Nullable;

/** What one target bears with one credential, and the lines of those who wait for it. */
public final class UpstreamLimit {
    /**
     * One as it stands.
     *
     * @param target {@code provider/model}
     * @param credential which of the provider's keys, from 1; 0: it has none
     * @param limit requests that may be in flight; 0: not limited, for there is no evidence
     * @param parkedNanos how long nothing is sent, 0: it is not parked
     */
    public record State(String target, int credential, int limit, int inFlight, long parkedNanos) {}

    private final String target;
    private final int credential;
    private final AdaptiveLimit limit;
    private final WaitingLines lines = new WaitingLines();

    UpstreamLimit(String target, int credential, int most, long now) {
        this.target = target;
        this.credential = credential;
        this.limit = new AdaptiveLimit(most, now);
    }

    /** One attempt's way through, if there is room at this moment. */
    public @Nullable Crossing enter(long tokens, long now) {
        Crossing crossing = new Crossing(this, limit, tokens);
        return crossing.passage().tryEnter(now) == 0 ? crossing : null;
    }

    /** One attempt's way through that has not been tried yet. */
    public Crossing crossing(long tokens) {
        return new Crossing(this, limit, tokens);
    }

    void awaitedIn(AdmissionQueue line) {
        lines.joined(line);
    }

    /** There may be room now. */
    void moved(long now) {
        lines.advance(now);
    }

    State state(long now) {
        return new State(target, credential, limit.limit(), limit.inFlight(), limit.parkedNanos(now));
    }
}
