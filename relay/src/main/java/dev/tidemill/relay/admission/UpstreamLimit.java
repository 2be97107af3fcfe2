package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdaptiveLimit;
import dev.tidemill.core.limit.AdmissionQueue;
import org.jspecify.annotations.Nullable;

/** What one target bears with one credential, and the lines of those who wait for it. */
public final class UpstreamLimit {
    /**
     * One as it stands.
     *
     * @param model its name upstream
     * @param fingerprint of the provider's key; empty: it has none
     * @param limit requests that may be in flight; 0: not limited, for there is no evidence
     * @param parkedNanos how long nothing is sent, 0: it is not parked
     */
    public record State(String provider, String model, String fingerprint, int limit, int inFlight, long parkedNanos) {
        /** {@code provider/model}. */
        public String target() {
            return provider + "/" + model;
        }
    }

    private final String provider;
    private final String model;
    private final String fingerprint;
    private final AdaptiveLimit limit;
    private final WaitingLines lines = new WaitingLines();
    private volatile @Nullable CredentialLimit configured;

    UpstreamLimit(String provider, String model, String fingerprint, int most, long now) {
        this.provider = provider;
        this.model = model;
        this.fingerprint = fingerprint;
        this.limit = new AdaptiveLimit(most, now);
    }

    /** What the credential may do by the configuration, whatever target it is used for; null: it has no limits there. */
    void configured(@Nullable CredentialLimit its) {
        configured = its;
    }

    /** One attempt's way through, if there is room at this moment. */
    public @Nullable Crossing enter(long tokens, long now) {
        CredentialLimit its = configured;
        if (its != null) {
            its.lines().advance(now); // those who stand for it elsewhere go first
        }
        Crossing crossing = crossing(tokens);
        return crossing.passage().tryEnter(now) == 0 ? crossing : null;
    }

    /** One attempt's way through that has not been tried yet. */
    public Crossing crossing(long tokens) {
        return new Crossing(this, limit, configured, tokens);
    }

    void awaitedIn(AdmissionQueue line) {
        lines.joined(line);
        CredentialLimit its = configured;
        if (its != null) {
            its.lines().joined(line);
        }
    }

    /** There may be room now. */
    void moved(long now) {
        lines.advance(now);
    }

    State state(long now) {
        return new State(provider, model, fingerprint, limit.limit(), limit.inFlight(), limit.parkedNanos(now));
    }
}
