package dev.tidemill.simulator;

/** A request that a provider would refuse. */
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    BadRequest(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    ErrorText text() {
        String message = getMessage();
        return new ErrorText(status, "invalid_request_error", null, message == null ? "" : message);
    }
}
