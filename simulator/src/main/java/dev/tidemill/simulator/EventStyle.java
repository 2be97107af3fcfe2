package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.Framing;
import dev.tidemill.simulator.protocol.SseEvent;

/** How the events of one stream become bytes. Made for one stream, which it follows. */
interface EventStyle {
    static EventStyle of(Framing framing, Faults faults) {
        return switch (framing) {
            case SSE -> new SseStyle(faults, "\n");
            case SSE_CRLF -> new SseStyle(faults, "\r\n");
            case JSON_ARRAY -> new ArrayStyle();
        };
    }

    byte[] event(SseEvent event);

    /** A field of another name than data, such as the {@code error:} that some servers send. */
    byte[] field(String name, String value);

    /** Nothing that means anything. */
    byte[] comment(String text);

    /** What stands behind the last event. */
    byte[] end();
}
