package dev.tidemill.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why an exchange did not end with a whole answer, and what the caller is told.
 *
 * @param kind decides status, retry and whom it counts against
 * @param param the request's field it is about
 * @param code stable word for programs
 * @param message for people: the value, what was expected, what to do
 * @param retryAfter when it makes sense to ask again
 * @param detail for our log alone, never for the caller
 */
public record Failure(
        Kind kind,
        @Nullable String param,
        String code,
        String message,
        @Nullable Duration retryAfter,
        @Nullable String detail) {

    /** The class of a failure. {@code upstream}: the provider's doing. {@code type}: the word in OpenAI's error object. */
    public enum Kind {
        INVALID_REQUEST(400, "invalid_request_error", false),
        UNAUTHORIZED(401, "authentication_error", false),
        NOT_FOUND(404, "invalid_request_error", false),
        METHOD_NOT_ALLOWED(405, "invalid_request_error", false),
        REQUEST_TIMEOUT(408, "invalid_request_error", false),
        CONFLICT(409, "invalid_request_error", false),
        TOO_LARGE(413, "invalid_request_error", false),
        URI_TOO_LONG(414, "invalid_request_error", false),
        UNSUPPORTED_MEDIA(415, "invalid_request_error", false),
        EXPECTATION(417, "invalid_request_error", false),
        HEADERS_TOO_LARGE(431, "invalid_request_error", false),
        CLIENT_GONE(499, "invalid_request_error", false),
        OURS(500, "server_error", false),
        NOT_IMPLEMENTED(501, "invalid_request_error", false),
        HTTP_VERSION(505, "invalid_request_error", false),
        OVERLOADED(503, "server_error", false),
        DRAINING(503, "server_error", false),
        UPSTREAM_CONNECT(502, "upstream_error", true),
        UPSTREAM_BROKEN(502, "upstream_error", true),
        UPSTREAM_PROTOCOL(502, "upstream_error", true),
        UPSTREAM_CREDENTIAL(502, "upstream_error", true),
        UPSTREAM_ERROR(502, "upstream_error", true),
        UPSTREAM_TIMEOUT(504, "upstream_error", true);

        private final int status;
        private final String type;
        private final boolean upstream;

        Kind(int status, String type, boolean upstream) {
            this.status = status;
            this.type = type;
            this.upstream = upstream;
        }

        public int status() {
            return status;
        }

        public String type() {
            return type;
        }

        public boolean upstream() {
            return upstream;
        }
    }

    public static Failure of(Kind kind, String code, String message) {
        return new Failure(kind, null, code, message, null, null);
    }

    public static Failure invalid(@Nullable String param, String code, String message) {
        return new Failure(Kind.INVALID_REQUEST, param, code, message, null, null);
    }

    public static Failure notFound(String code, String message) {
        return of(Kind.NOT_FOUND, code, message);
    }

    public static Failure overloaded(String message, Duration retryAfter) {
        return new Failure(Kind.OVERLOADED, null, "overloaded", message, retryAfter, null);
    }

    public Failure withDetail(@Nullable String text) {
        return new Failure(kind, param, code, message, retryAfter, text);
    }

    public int status() {
        return kind.status();
    }
}
