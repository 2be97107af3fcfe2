package dev.tidemill.batch.intake;

import dev.tidemill.batch.JsonText;
import dev.tidemill.batch.Queries;
import dev.tidemill.batch.job.Fault;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Checks one line, in one pass and without a tree, and notes where its parts lie. The first fault of a line is the one that
 * is told. Codes are those that OpenAI and Azure answer with, so that programs know them.
 */
final class LineCheck {
    private final String endpoint;
    private final int idChars;

    private int offset;
    private @Nullable String customId;
    private int idStart;
    private int idEnd;
    private int bodyStart;
    private int bodyEnd;
    private boolean method;
    private boolean url;
    private boolean body;
    private @Nullable String model;
    private boolean messages;
    private boolean stream;
    private long number;

    LineCheck(String endpoint, int idChars) {
        this.endpoint = endpoint;
        this.idChars = idChars;
    }

    /** What is wrong with the line; null: nothing, and the getters tell its parts. */
    @Nullable
    Fault check(byte[] buffer, int from, int length, long lineNumber) {
        offset = from;
        number = lineNumber;
        customId = null;
        model = null;
        method = false;
        url = false;
        body = false;
        messages = false;
        stream = false;
        int bad = Utf8.firstBad(buffer, from, from + length);
        if (bad >= 0) {
            return fault(
                    "invalid_json_line", "This line is not UTF-8 (at byte " + (bad - from) + " of the line).", null);
        }
        if (!startsObject(buffer, from, from + length)) {
            return fault("invalid_json_line", "This line is not parseable as a JSON object.", null);
        }
        try (JsonParser json = JsonText.FACTORY.createParser(ObjectReadContext.empty(), buffer, from, length)) {
            json.nextToken();
            Fault fault = properties(json);
            if (fault != null) {
                return fault;
            }
            if (json.nextToken() != null) {
                return fault("invalid_json_line", "This line goes on after its JSON object.", null);
            }
        } catch (JacksonException e) {
            return fault(
                    "invalid_json_line",
                    "This line is not parseable as valid JSON. (" + Queries.shown(e.getOriginalMessage()) + ")",
                    null);
        }
        return missing();
    }

    /** Also keeps Jackson from taking a line for UTF-16, which it would tell by a zero among the first bytes. */
    private static boolean startsObject(byte[] buffer, int from, int to) {
        int at = from;
        while (at < to && (buffer[at] == ' ' || buffer[at] == '\t')) {
            at++;
        }
        return at + 1 < to && buffer[at] == '{' && buffer[at + 1] != 0 && (at + 2 >= to || buffer[at + 2] != 0);
    }

    private @Nullable Fault properties(JsonParser json) {
        Fault first = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            Fault fault = switch (name) {
                case "custom_id" -> customId(json, value);
                case "method" -> method(json, value);
                case "url" -> url(json, value);
                case "body" -> body(json, value);
                default -> null;
            };
            json.skipChildren();
            if (first == null) {
                first = fault;
            }
        }
        return first;
    }

    private @Nullable Fault customId(JsonParser json, JsonToken value) {
        if (value != JsonToken.VALUE_STRING) {
            return fault(
                    "invalid_type", "custom_id: not a string (expected: a string, unique in the file).", "custom_id");
        }
        if (customId != null) {
            return twice("custom_id");
        }
        String text = json.getString();
        if (text.isEmpty() || text.length() > idChars) {
            return fault(
                    "invalid_value",
                    "custom_id: " + text.length() + " characters (expected: 1 to " + idChars + ").",
                    "custom_id");
        }
        customId = text;
        idStart = offset + (int) json.currentTokenLocation().getByteOffset();
        idEnd = offset + (int) json.currentLocation().getByteOffset();
        return null;
    }

    private @Nullable Fault method(JsonParser json, JsonToken value) {
        if (method) {
            return twice("method");
        }
        method = true;
        if (value == JsonToken.VALUE_STRING && json.getString().equals("POST")) {
            return null;
        }
        return fault("invalid_method", "method: " + shown(json, value) + " (expected: POST).", "method");
    }

    private @Nullable Fault url(JsonParser json, JsonToken value) {
        if (url) {
            return twice("url");
        }
        url = true;
        if (value == JsonToken.VALUE_STRING && json.getString().equals(endpoint)) {
            return null;
        }
        return fault(
                "invalid_url",
                "url: " + shown(json, value) + " (expected: the batch's endpoint, " + endpoint + ").",
                "url");
    }

    private @Nullable Fault body(JsonParser json, JsonToken value) {
        if (body) {
            return twice("body");
        }
        body = true;
        if (value != JsonToken.START_OBJECT) {
            return fault("invalid_type", "body: not an object (expected: the request's JSON object).", "body");
        }
        bodyStart = offset + (int) json.currentTokenLocation().getByteOffset();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken inner = json.nextToken();
            switch (name) {
                case "model" -> model = inner == JsonToken.VALUE_STRING ? json.getString() : null;
                case "messages" -> messages = inner == JsonToken.START_ARRAY;
                case "stream" -> stream = inner == JsonToken.VALUE_TRUE;
                default -> {}
            }
            json.skipChildren();
        }
        bodyEnd = offset + (int) json.currentLocation().getByteOffset();
        return null;
    }

    private @Nullable Fault missing() {
        if (customId == null) {
            return required("custom_id");
        }
        if (!method) {
            return required("method");
        }
        if (!url) {
            return required("url");
        }
        if (!body) {
            return required("body");
        }
        if (model == null || model.isEmpty()) {
            return fault("invalid_request", "body.model: missing (expected: a model's name).", "body.model");
        }
        if (!messages) {
            return fault("invalid_request", "body.messages: missing (expected: an array).", "body.messages");
        }
        if (stream) {
            return fault(
                    "streaming_unsupported", "body.stream: true (expected: false or none in a batch).", "body.stream");
        }
        return null;
    }

    private Fault required(String field) {
        return fault("missing_required_parameter", "Missing required parameter: '" + field + "'.", field);
    }

    private Fault twice(String field) {
        return fault("invalid_request", field + ": given twice (expected: once).", field);
    }

    private Fault fault(String code, String message, @Nullable String param) {
        return new Fault(code, message, param, number);
    }

    private static String shown(JsonParser json, JsonToken value) {
        return value == JsonToken.VALUE_STRING ? Queries.shown(json.getString()) : "not a string";
    }

    String customId() {
        return customId == null ? "" : customId;
    }

    String model() {
        return model == null ? "" : model;
    }

    int idStart() {
        return idStart;
    }

    int idLength() {
        return idEnd - idStart;
    }

    int bodyStart() {
        return bodyStart;
    }

    int bodyLength() {
        return bodyEnd - bodyStart;
    }
}
