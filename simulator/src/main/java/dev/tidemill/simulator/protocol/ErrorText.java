package dev.tidemill.simulator.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What an error says.
 *
 * @param status the status it has, or would have outside a stream
 * @param type the provider's kind of error, or empty for the usual one of the status
 * @param code the provider's code, null for the usual one of the status, empty for none
 * @param message for people
 * @param retryAfter seconds to wait, as the provider tells it in the body, or -1
 */
public record ErrorText(int status, String type, @Nullable String code, String message, long retryAfter) {
    /** An error that does not say when to try again. */
    public ErrorText(int status, String type, @Nullable String code, String message) {
        this(status, type, code, message, -1);
    }

    /** What is usual for a status. */
    public static ErrorText of(int status, String message) {
        return new ErrorText(status, "", null, message);
    }
}
