package dev.tidemill.wire.dialect;

import org.jspecify.annotations.Nullable;

/** A request the client has to change: status 400, {@code invalid_request_error}. Carries no stack and nothing of the body. */
public final class RequestException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable String param;
    private final String code;

    public RequestException(String message, @Nullable String param, String code) {
        super(message, null, false, false);
        this.param = param;
        this.code = code;
    }

    /** The message; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** The field that is wrong, {@code stream_options.include_usage} for instance; null when it is the body as a whole. */
    public @Nullable String param() {
        return param;
    }

    /**
     * One of {@code invalid_json}, {@code invalid_encoding}, {@code nesting_too_deep}, {@code duplicate_parameter},
     * {@code missing_required_parameter}, {@code invalid_type}, {@code invalid_value}.
     */
    public String code() {
        return code;
    }
}
