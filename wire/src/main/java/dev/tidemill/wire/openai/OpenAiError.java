package dev.tidemill.wire.openai;

import dev.tidemill.wire.dialect.GoogleDetails;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The error object of OpenAI's API, always with its four keys: {@code {"error":{"message","type","param","code"}}}. */
public final class OpenAiError {
    private static final int DEPTH = 32;
    private static final int ERROR = 0;
    private static final int BASE_RESP = 1;
    private static final FieldTable OUTER = FieldTable.of("error", "base_resp");
    private static final int MESSAGE = 0;
    private static final int CODE = 1;
    private static final int TYPE = 2;
    private static final int STATUS_CODE = 3;
    private static final int STATUS = 4;
    private static final int STATUS_MSG = 5;
    private static final int DETAILS = 6;
    private static final FieldTable INNER =
            FieldTable.of("message", "code", "type", "status_code", "status", "status_msg", "details");

    private OpenAiError() {}

    /** The body of an answer. */
    public static byte[] body(String message, String type, @Nullable String param, @Nullable String code) {
        return json(message, type, param, code).append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The body of the answer with status 400 that tells the client what to change. */
    public static byte[] body(RequestException fault) {
        return body(fault.getMessage(), "invalid_request_error", fault.param(), fault.code());
    }

    /** A whole event of a stream: {@code data: {"error":…}} and a blank line. */
    public static byte[] event(String message, String type, @Nullable String param, @Nullable String code) {
        return json(message, type, param, code)
                .insert(0, "data: ")
                .append("}\n\n")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What a provider says in {@code {"error":{…}}}, {@code {"error":"…"}} or {@code {"message":…}}, also as the one element of an array
     * (Gemini's compatible endpoint, with its details), and in MiniMax's {@code base_resp}. Read on the way down only, never on a whole answer.
     */
    public static ProviderError read(byte[] a, int from, int to) {
        try {
            JsonScanner scanner = new JsonScanner(OUTER, DEPTH);
            scanner.scan(a, from, to);
            int element = scanner.root() == JsonKind.ARRAY ? JsonWalk.firstIn(a, scanner.rootFrom(), to) : -1;
            if (element >= 0) {
                from = element;
                to = JsonWalk.valueEnd(a, element, to);
                scanner.scan(a, from, to);
            }
            if (scanner.kind(ERROR) == JsonKind.STRING) {
                return new ProviderError("", "", JsonText.string(a, scanner.from(ERROR), scanner.to(ERROR)), 0, null);
            }
            int object = scanner.kind(ERROR) == JsonKind.OBJECT
                    ? ERROR
                    : scanner.kind(BASE_RESP) == JsonKind.OBJECT ? BASE_RESP : -1;
            JsonScanner inner = new JsonScanner(INNER, DEPTH);
            inner.scan(a, object < 0 ? from : scanner.from(object), object < 0 ? to : scanner.to(object));
            if (object == BASE_RESP) { // its status_code is no status of HTTP
                return new ProviderError(text(a, inner, STATUS_CODE), "", text(a, inner, STATUS_MSG), 0, null);
            }
            int status = inner.kind(STATUS_CODE) == JsonKind.NUMBER
                    ? JsonText.wholeNumber(a, inner.from(STATUS_CODE), inner.to(STATUS_CODE), 0)
                    : 0;
            String type = text(a, inner, TYPE);
            return new ProviderError(
                    text(a, inner, CODE),
                    type.isEmpty() && inner.kind(STATUS) == JsonKind.STRING ? text(a, inner, STATUS) : type,
                    text(a, inner, MESSAGE),
                    status,
                    inner.kind(DETAILS) == JsonKind.ARRAY
                            ? GoogleDetails.delay(a, inner.from(DETAILS), inner.to(DETAILS))
                            : null);
        } catch (JsonException e) {
            return ProviderError.WORDLESS;
        }
    }

    private static String text(byte[] a, JsonScanner scanner, int field) {
        return switch (scanner.kind(field)) {
            case STRING -> JsonText.string(a, scanner.from(field), scanner.to(field));
            case NUMBER ->
                new String(a, scanner.from(field), scanner.to(field) - scanner.from(field), StandardCharsets.US_ASCII);
            default -> "";
        };
    }

    private static StringBuilder json(String message, String type, @Nullable String param, @Nullable String code) {
        StringBuilder json = new StringBuilder(message.length() + 100).append("{\"error\":{\"message\":");
        JsonText.quote(json, message);
        json.append(",\"type\":");
        JsonText.quote(json, type);
        field(json, ",\"param\":", param);
        field(json, ",\"code\":", code);
        return json.append('}');
    }

    private static void field(StringBuilder json, String name, @Nullable String value) {
        json.append(name);
        if (value == null) {
            json.append("null");
        } else {
            JsonText.quote(json, value);
        }
    }
}
