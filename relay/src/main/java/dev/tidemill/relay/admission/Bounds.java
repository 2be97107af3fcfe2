package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.LearnedOutput;

/**
 * What the targets of one asked-for name bear, by the targets' index, and the line of those who wait for any of them. It
 * must not lead back to the choice it is made for, which it is kept by.
 */
public final class Bounds {
    private final UpstreamLimit[][] limits;
    private final LearnedOutput[] outputs;
    private final AdmissionQueue line = new AdmissionQueue(AdmissionQueue.Terms.DEFAULT);

    Bounds(UpstreamLimit[][] limits, LearnedOutput[] outputs) {
        this.limits = limits;
        this.outputs = outputs;
    }

    /** @param credential the index of the provider's key, below 0: none */
    public UpstreamLimit of(int target, int credential) {
        return limits[target][Math.max(credential, 0)];
    }

    /** How many credentials a target has, at least 1: none counts as one. */
    public int credentials(int target) {
        return limits[target].length;
    }

    /** How long this target's answers are. */
    public LearnedOutput output(int target) {
        return outputs[target];
    }

    public AdmissionQueue line() {
        return line;
    }
}
