package dev.tidemill.wire.openai;

import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The error object of OpenAI's API, always with its four keys: {@code {"error":{"message","type","param","code"}}}. */
public final class OpenAiError {
    private static final int DEPTH = 32;
    private static final FieldTable OUTER = FieldTable.of("error");
    private static final int MESSAGE = 0;
    private static final int CODE = 1;
    private static final int TYPE = 2;
    private static final int STATUS = 3;
    private static final FieldTable INNER = FieldTable.of("message", "code", "type", "status_code");

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
     * What a provider says in {@code {"error":{…}}}, {@code {"error":"…"}} or {@code {"message":…}}. Read on the way down
     * only, never on a whole answer.
     */
    public static ProviderError read(byte[] a, int from, int to) {
        try {
            JsonScanner scanner = new JsonScanner(OUTER, DEPTH);
            scanner.scan(a, from, to);
            if (scanner.kind(0) == JsonKind.STRING) {
                return new ProviderError("", "", JsonText.string(a, scanner.from(0), scanner.to(0)), 0, null);
            }
            boolean outer = scanner.kind(0) == JsonKind.OBJECT;
            JsonScanner inner = new JsonScanner(INNER, DEPTH);
            inner.scan(a, outer ? scanner.from(0) : from, outer ? scanner.to(0) : to);
            int status = inner.kind(STATUS) == JsonKind.NUMBER
                    ? JsonText.wholeNumber(a, inner.from(STATUS), inner.to(STATUS), 0)
                    : 0;
            return new ProviderError(text(a, inner, CODE), text(a, inner, TYPE), text(a, inner, MESSAGE), status, null);
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
