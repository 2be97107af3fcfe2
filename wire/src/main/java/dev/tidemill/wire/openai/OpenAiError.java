package dev.tidemill.wire.openai;

import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The error object of OpenAI's API, always with its four keys: {@code {"error":{"message","type","param","code"}}}. */
public final class OpenAiError {
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
