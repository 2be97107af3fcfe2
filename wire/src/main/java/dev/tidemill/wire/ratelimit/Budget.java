package dev.tidemill.wire.ratelimit;

/** What a provider counts against a limit. */
public enum Budget {
    REQUESTS,
    /** Input and output together, or whichever the provider counts under this name. */
    TOKENS,
    INPUT_TOKENS,
    OUTPUT_TOKENS
}
