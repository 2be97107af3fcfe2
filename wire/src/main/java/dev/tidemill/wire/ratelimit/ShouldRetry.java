package dev.tidemill.wire.ratelimit;

import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;

/** What an answer's {@code x-should-retry} says: OpenAI and Anthropic send it, and it overrides what follows from the status. */
public enum ShouldRetry {
    YES,
    NO,
    /** Nothing, or neither {@code true} nor {@code false}. */
    UNSAID;

    public static ShouldRetry of(Head head) {
        int i = head.find(Header.X_SHOULD_RETRY);
        if (i < 0) {
            return UNSAID;
        }
        return head.valueIs(i, "true") ? YES : head.valueIs(i, "false") ? NO : UNSAID;
    }
}
