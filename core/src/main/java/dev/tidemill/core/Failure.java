package dev.tidemill.core;

import dev.tidemill.wire.dialect.ErrorText;
import java.time.Duration;
import java.util.Locale;
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

    /** What follows a failed attempt, as long as nothing of its answer has left for the caller. */
    public enum Next {
        /** Nothing: the caller is told. */
        STOP,
        /** The same target again, spaced; then another. */
        SAME_FIRST,
        /** Another target at once; if there is none, the same again, spaced. */
        OTHER_FIRST,
        /** Another target, never this one again. */
        OTHER,
        /** As {@link #OTHER} where {@code policy.content_policy} is {@code failover}, else as {@link #STOP}. */
        OTHER_IF_ROUTE_SAYS
    }

    /**
     * The class of a failure, and what follows from it: the table of docs/failures.md. {@code type}: the word in OpenAI's
     * error object. {@code upstream}: the provider's doing. {@code counts}: against the target's health.
     */
    public enum Kind {
        INVALID_REQUEST(400, "invalid_request_error"),
        UNAUTHORIZED(401, "authentication_error"),
        NOT_FOUND(404, "invalid_request_error"),
        METHOD_NOT_ALLOWED(405, "invalid_request_error"),
        REQUEST_TIMEOUT(408, "invalid_request_error"),
        CONFLICT(409, "invalid_request_error"),
        TOO_LARGE(413, "invalid_request_error"),
        URI_TOO_LONG(414, "invalid_request_error"),
        UNSUPPORTED_MEDIA(415, "invalid_request_error"),
        EXPECTATION(417, "invalid_request_error"),
        RATE_LIMITED(429, "rate_limit_error"),
        HEADERS_TOO_LARGE(431, "invalid_request_error"),
        CLIENT_GONE(499, "invalid_request_error"),
        /** The caller's own wish, for a stream that may be cancelled. */
        CANCELLED(499, "invalid_request_error"),
        OURS(500, "server_error"),
        NOT_IMPLEMENTED(501, "invalid_request_error"),
        HTTP_VERSION(505, "invalid_request_error"),
        DRAINING(503, "server_error"),
        /** We have no room: memory, connections, the queue. */
        OVERLOADED(503, "server_error", Next.OTHER, false, false),
        /** An answer is there, but what must be on disk before it leaves is not. */
        UNRECORDED(503, "server_error"),
        /** No target may be asked now: all are down. */
        UNAVAILABLE(503, "upstream_error", Next.STOP, true, false),
        /** No target may be asked before somebody has done something: keys are refused or models unknown. */
        TAKEN_OUT(503, "upstream_error", Next.STOP, true, false),
        /** The connection was refused. Held against the host. */
        UPSTREAM_REFUSED(502, "upstream_error", Next.OTHER_FIRST, true, false),
        /** No connection for another reason: name, route, TLS, proxy. Held against the host. */
        UPSTREAM_CONNECT(502, "upstream_error", Next.OTHER, true, false),
        /** The connection broke, or the answer ended before it was whole; the provider may have charged for it. */
        UPSTREAM_BROKEN(502, "upstream_error", Next.SAME_FIRST, true, true),
        /** What came is no answer, by an accident as it seems: malformed HTTP, broken JSON, nothing, a gateway's error page. */
        UPSTREAM_PROTOCOL(502, "upstream_error", Next.SAME_FIRST, true, true),
        /** What came is of no use, and would be so again: a redirect, another content type, more than is taken. */
        UPSTREAM_UNUSABLE(502, "upstream_error", Next.OTHER_FIRST, true, true),
        /** The provider's own error: a 5xx, or one inside a 200. */
        UPSTREAM_ERROR(502, "upstream_error", Next.SAME_FIRST, true, true),
        /** The provider has too much to do, whoever asks: 503, 529. */
        UPSTREAM_OVERLOADED(503, "upstream_error", Next.SAME_FIRST, true, true),
        /** The provider has too much to do with us: 429. Its pause is kept. */
        UPSTREAM_RATE_LIMITED(429, "rate_limit_error", Next.OTHER_FIRST, true, false),
        /** The provider refuses our credential, or the account behind it is spent. */
        UPSTREAM_CREDENTIAL(502, "upstream_error", Next.OTHER_FIRST, true, false),
        /** The provider does not know the model: 404. */
        UPSTREAM_MODEL(404, "invalid_request_error", Next.OTHER, true, false),
        /** A clock ran out: connect, headers, first content, gap, total. */
        UPSTREAM_TIMEOUT(504, "upstream_error", Next.OTHER, true, true),
        /** The request is too long for the model. */
        CONTEXT_LENGTH(400, "invalid_request_error", Next.OTHER, true, false),
        /** The provider refuses what is asked; the caller's to see, unless the route says that others may be asked. */
        CONTENT_POLICY(400, "invalid_request_error", Next.OTHER_IF_ROUTE_SAYS, true, false),
        /** The provider finds the request wrong. */
        UPSTREAM_REQUEST(400, "invalid_request_error", Next.STOP, true, false);

        private final int status;
        private final String type;
        private final Next next;
        private final boolean upstream;
        private final boolean counts;

        Kind(int status, String type) {
            this(status, type, Next.STOP, false, false);
        }

        Kind(int status, String type, Next next, boolean upstream, boolean counts) {
            this.status = status;
            this.type = type;
            this.next = next;
            this.upstream = upstream;
            this.counts = counts;
        }

        /** As metrics and the access log say it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public int status() {
            return status;
        }

        public String type() {
            return type;
        }

        public Next next() {
            return next;
        }

        public boolean upstream() {
            return upstream;
        }

        public boolean counts() {
            return counts;
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

    public Failure withRetryAfter(@Nullable Duration pause) {
        return new Failure(kind, param, code, message, pause, detail);
    }

    public Failure withDetail(@Nullable String text) {
        return new Failure(kind, param, code, message, retryAfter, text);
    }

    /** As it is said to a caller, in the caller's dialect. */
    public ErrorText text(String requestId) {
        return new ErrorText(status(), kind.type(), param, code, message, requestId);
    }

    public int status() {
        return kind.status();
    }
}
