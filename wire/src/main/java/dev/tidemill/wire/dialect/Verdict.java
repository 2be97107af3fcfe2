package dev.tidemill.wire.dialect;

/** What an answer that is not streamed turns out to be, whatever its status said. */
public enum Verdict {
    ANSWER,
    /** An error of the provider's. */
    ERROR,
    /** No answer at all: empty, text, a page of HTML, or cut off. */
    BAD
}
