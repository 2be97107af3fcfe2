package dev.tidemill.simulator.protocol;

import org.jspecify.annotations.Nullable;

/** A request that a provider would refuse. */
public final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final @Nullable String code;

    /** With the code that is usual for the status. */
    public BadRequest(int status, String message) {
        this(status, null, message);
    }

    /** With a code of its own. */
    public BadRequest(int status, @Nullable String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** What the answer says. */
    public ErrorText text() {
        String message = getMessage();
        return new ErrorText(status, "", code, message == null ? "" : message);
    }
}
