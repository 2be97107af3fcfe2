package dev.tidemill.wire.gemini;

import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.GoogleDetails;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;

/**
 * The error of Google's APIs: {@code {"error":{"code","message","status","details"}}}, in an array where the answer would
 * have been one. Source: google.rpc.Status; for the details see {@link GoogleDetails}.
 */
final class GeminiError {
    private static final int DEPTH = 32;
    private static final FieldTable OUTER = FieldTable.of("error");
    private static final int CODE = 0;
    private static final int MESSAGE = 1;
    private static final int STATUS = 2;
    private static final int DETAILS = 3;
    private static final FieldTable INNER = FieldTable.of("code", "message", "status", "details");

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
            boolean details = inner.kind(DETAILS) == JsonKind.ARRAY;
            String reason = details ? GoogleDetails.reason(a, inner.from(DETAILS), inner.to(DETAILS)) : null;
            if (details && reason == null) {
                reason = QuotaFailure.worst(a, inner.from(DETAILS), inner.to(DETAILS));
            }
            return new ProviderError(
                    reason == null ? "" : reason,
                    text(a, inner, STATUS),
                    text(a, inner, MESSAGE),
                    status,
                    details ? GoogleDetails.delay(a, inner.from(DETAILS), inner.to(DETAILS)) : null);
        } catch (JsonException e) {
            return ProviderError.WORDLESS;
        }
    }

    private static String text(byte[] a, JsonScanner scanner, int field) {
        return scanner.kind(field) == JsonKind.STRING ? JsonText.string(a, scanner.from(field), scanner.to(field)) : "";
    }
}
