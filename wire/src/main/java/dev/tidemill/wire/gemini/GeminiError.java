package dev.tidemill.wire.gemini;

import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The error of Google's APIs: {@code {"error":{"code","message","status","details"}}}, in an array where the answer would
 * have been one. Of the details the delay of a {@code RetryInfo} is read, and the reason of an {@code ErrorInfo}, which
 * tells a key that is refused from other bad requests. Source: google.rpc.Status and error_details.proto.
 */
final class GeminiError {
    private static final int DEPTH = 32;
    private static final FieldTable OUTER = FieldTable.of("error");
    private static final int CODE = 0;
    private static final int MESSAGE = 1;
    private static final int STATUS = 2;
    private static final int DETAILS = 3;
    private static final FieldTable INNER = FieldTable.of("code", "message", "status", "details");
    private static final byte[] RETRY_DELAY = "retryDelay".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REASON = "reason".getBytes(StandardCharsets.US_ASCII);
    /** The longest delay as text: a protobuf Duration has 12 digits of seconds and 9 of nanoseconds. */
    private static final int MAX_DELAY = 24;

    private GeminiError() {}

    /** {@code {"error":{…}}}. */
    static String json(ErrorText error) {
        StringBuilder json = new StringBuilder(error.message().length() + 100)
                .append("{\"error\":{\"code\":")
                .append(error.status())
                .append(",\"message\":");
        JsonText.quote(json, error.message());
        return json.append(",\"status\":\"")
                .append(word(error.status()))
                .append("\"}}")
                .toString();
    }

    /** Google's word for an HTTP status. */
    private static String word(int status) {
        return switch (status) {
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 408, 504 -> "DEADLINE_EXCEEDED";
            case 409 -> "ABORTED";
            case 402, 429 -> "RESOURCE_EXHAUSTED";
            case 499 -> "CANCELLED";
            case 501 -> "UNIMPLEMENTED";
            case 502, 503, 529 -> "UNAVAILABLE";
            default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
        };
    }

    static ProviderError read(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        if (start < to && a[start] == '[') {
            start = JsonWalk.firstIn(a, start, to);
            int end = start < 0 ? -1 : JsonWalk.valueEnd(a, start, to);
            return end < 0 ? ProviderError.WORDLESS : read(a, start, end);
        }
        try {
            JsonScanner scanner = new JsonScanner(OUTER, DEPTH);
            scanner.scan(a, start, to);
            if (scanner.kind(0) == JsonKind.STRING) {
                return new ProviderError("", "", JsonText.string(a, scanner.from(0), scanner.to(0)), 0, null);
            }
            boolean outer = scanner.kind(0) == JsonKind.OBJECT;
            JsonScanner inner = new JsonScanner(INNER, DEPTH);
            inner.scan(a, outer ? scanner.from(0) : start, outer ? scanner.to(0) : to);
            int status = inner.kind(CODE) == JsonKind.NUMBER
                    ? JsonText.wholeNumber(a, inner.from(CODE), inner.to(CODE), 0)
                    : 0;
            String reason = detail(a, inner, REASON);
            if (reason == null && inner.kind(DETAILS) == JsonKind.ARRAY) {
                reason = QuotaFailure.worst(a, inner.from(DETAILS), inner.to(DETAILS));
            }
            String delay = detail(a, inner, RETRY_DELAY);
            return new ProviderError(
                    reason == null ? "" : reason,
                    text(a, inner, STATUS),
                    text(a, inner, MESSAGE),
                    status,
                    delay == null ? null : delay(delay));
        } catch (JsonException e) {
            return ProviderError.WORDLESS;
        }
    }

    private static String text(byte[] a, JsonScanner scanner, int field) {
        return scanner.kind(field) == JsonKind.STRING ? JsonText.string(a, scanner.from(field), scanner.to(field)) : "";
    }

    /** The first text of this name in the details; each name belongs to one kind of detail only. */
    private static @Nullable String detail(byte[] a, JsonScanner scanner, byte[] name) {
        if (scanner.kind(DETAILS) != JsonKind.ARRAY) {
            return null;
        }
        int to = scanner.to(DETAILS);
        int element = JsonWalk.firstIn(a, scanner.from(DETAILS), to);
        while (element >= 0) {
            int end = JsonWalk.valueEnd(a, element, to);
            int value = end < 0 || a[element] != '{' ? -1 : JsonWalk.member(a, element, end, name);
            if (value >= 0 && a[value] == '"') {
                return JsonText.string(a, value, JsonWalk.valueEnd(a, value, end));
            }
            element = end < 0 ? -1 : JsonWalk.next(a, end, to);
        }
        return null;
    }

    /** A protobuf Duration in JSON, {@code 34.4s}; null when it is none, or negative. */
    private static @Nullable Duration delay(String text) {
        if (text.length() > MAX_DELAY || !text.matches("\\d{1,12}(\\.\\d{1,9})?s")) {
            return null;
        }
        return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
    }
}
