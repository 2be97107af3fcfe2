package dev.tidemill.simulator.protocol;

import org.jspecify.annotations.Nullable;

/** One server-sent event: its name where the protocol has names, and its data, one line. */
public record SseEvent(@Nullable String name, String data) {
    /** An event without a name. */
    public static SseEvent of(String data) {
        return new SseEvent(null, data);
    }
}
