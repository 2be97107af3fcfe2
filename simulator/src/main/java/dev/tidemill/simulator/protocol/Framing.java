package dev.tidemill.simulator.protocol;

/** How the events of a stream are put into bytes. */
public enum Framing {
    /** Server-sent events whose lines end with LF. */
    SSE("text/event-stream; charset=utf-8"),
    /** Server-sent events whose lines end with CRLF. */
    SSE_CRLF("text/event-stream"),
    /** One JSON array, an event each item. */
    JSON_ARRAY("application/json; charset=UTF-8");

    private final String type;

    Framing(String type) {
        this.type = type;
    }

    /** The content type. */
    public String type() {
        return type;
    }
}
