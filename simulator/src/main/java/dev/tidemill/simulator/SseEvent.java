package dev.tidemill.simulator;

import org.jspecify.annotations.Nullable;

/** One server-sent event: its name where the protocol has names, and its data, one line. */
record SseEvent(@Nullable String name, String data) {
    static SseEvent of(String data) {
        return new SseEvent(null, data);
    }
}
