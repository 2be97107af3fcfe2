package dev.tidemill.wire.splice;

/** What kind of words a client shows. */
public enum Voice {
    TEXT,
    THOUGHT,
    REFUSAL
}
