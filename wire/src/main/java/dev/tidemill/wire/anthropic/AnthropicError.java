package dev.tidemill.wire.anthropic;

import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;

/**
 * The error of Anthropic's API: {@code {"type":"error","error":{"type","message"},"request_id"}}. Ours also has a
 * {@code code} beside the message; official clients keep fields they do not know.
 */
final class AnthropicError {
    private static final int DEPTH = 32;
    private static final FieldTable OUTER = FieldTable.of("error");
    private static final int TYPE = 0;
    private static final int MESSAGE = 1;
    private static final FieldTable INNER = FieldTable.of("type", "message");

    private AnthropicError() {}

    /** The body of an answer. */
    static byte[] body(ErrorText error) {
        return json(error).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A whole event of a stream. */
    static byte[] event(ErrorText error) {
        return json(error)
                .insert(0, "event: error\ndata: ")
                .append("\n\n")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static StringBuilder json(ErrorText error) {
        StringBuilder json = new StringBuilder(error.message().length() + 160)
                .append("{\"type\":\"error\",\"error\":{\"type\":\"")
                .append(type(error.status()))
                .append("\",\"message\":");
        JsonText.quote(json, error.message());
        json.append(",\"code\":");
        JsonText.quote(json, error.code());
        json.append("},\"request_id\":");
        JsonText.quote(json, error.requestId());
        return json.append('}');
    }

    /** Anthropic's word for an HTTP status. */
    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503, 529 -> "overloaded_error";
            case 408, 504 -> "timeout_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /** The HTTP status an error in a stream would have had; 0: unknown. */
    private static int status(String type) {
        return switch (type) {
            case "invalid_request_error" -> 400;
            case "authentication_error" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "request_too_large" -> 413;
            case "rate_limit_error" -> 429;
            case "api_error" -> 500;
            case "timeout_error" -> 504;
            case "overloaded_error" -> 529;
            default -> 0;
        };
    }

    /** What a provider says in {@code {"error":{…}}}, {@code {"error":"…"}} or {@code {"message":…}}. */
    static ProviderError read(byte[] a, int from, int to) {
        try {
            JsonScanner scanner = new JsonScanner(OUTER, DEPTH);
            scanner.scan(a, from, to);
            if (scanner.kind(0) == JsonKind.STRING) {
                return new ProviderError("", "", JsonText.string(a, scanner.from(0), scanner.to(0)), 0, null);
            }
            boolean outer = scanner.kind(0) == JsonKind.OBJECT;
            JsonScanner inner = new JsonScanner(INNER, DEPTH);
            inner.scan(a, outer ? scanner.from(0) : from, outer ? scanner.to(0) : to);
            String type = text(a, inner, TYPE);
            return new ProviderError("", type, text(a, inner, MESSAGE), status(type), null);
        } catch (JsonException e) {
            return ProviderError.WORDLESS;
        }
    }

    private static String text(byte[] a, JsonScanner scanner, int field) {
        return scanner.kind(field) == JsonKind.STRING ? JsonText.string(a, scanner.from(field), scanner.to(field)) : "";
    }
}
