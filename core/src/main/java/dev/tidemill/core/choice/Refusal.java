package dev.tidemill.core.choice;

/**
 * Why no target was chosen.
 *
 * @param waitNanos when it makes sense to ask again, 0: not by waiting
 * @param reason of each target, for our log and the administrator; it names providers and models
 */
public record Refusal(Why why, long waitNanos, String reason) {
    public enum Why {
        /** No target speaks the protocol or holds the context. */
        NONE_FITS,
        /** Every target that fits was tried by this exchange. */
        ALL_TRIED,
        /** The operator has something to do: credentials are refused or models unknown, and nothing else is left. */
        OUT,
        /** Breakers are open or hosts refuse. */
        DOWN,
        /** A limit of the provider's is reached, and passes. */
        PARKED
    }
}
