package dev.tidemill.wire.sse;

/** An event larger than allowed, of whatever kind of stream. Carries no stack and nothing of the event. */
public final class SseException extends Exception {
    private static final long serialVersionUID = 1;

    public SseException(String message) {
        super(message, null, false, false);
    }
}
