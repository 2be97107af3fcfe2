package dev.tidemill.simulator.cut;

import org.jspecify.annotations.Nullable;

/**
 * How a cut stream ended for its client.
 *
 * @param fault what is wrong with that, null: nothing
 */
public record Outcome(End end, @Nullable String fault) {
    /** The honest ends. */
    public enum End {
        /** An error with a status, and nothing of the answer. */
        STATUS,
        /** The beginning of the answer, then an error event. */
        ERROR_EVENT,
        /** The beginning of the answer, then the provider's own error. */
        PROVIDERS_ERROR,
        /** All of the answer. */
        WHOLE
    }
}
