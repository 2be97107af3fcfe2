package dev.tidemill.relay.meter;

import dev.tidemill.wire.Usage;

/**
 * What an attempt cost, as far as anybody can tell.
 *
 * @param usage where nobody knows whether the provider began at all: what the input comes to if it did
 */
public record Spent(Usage usage, Known known) {
    /** By what it is known. */
    public enum Known {
        /** The provider said it. */
        STATED,
        /** From the lengths of the request and of the text that came. */
        ESTIMATED,
        /** The request went out and no answer came back. */
        MAYBE
    }

    public long tokens() {
        return usage.total();
    }
}
