package dev.tidemill.batch.job;

import dev.tidemill.batch.Queries;
import dev.tidemill.batch.file.Retention;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.service.ServiceException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checked body of {@code POST /v1/batches}. Only its shape is checked here; the file is looked at afterwards. */
record BatchRequest(
        String inputFileId,
        String endpoint,
        String window,
        Duration length,
        Map<String, String> metadata,
        @Nullable Long outputExpiresAfter) {

    static final List<String> ENDPOINTS = List.of("/v1/chat/completions");

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int ID_CHARS = 128;
    private static final int PAIRS = 16;
    private static final int NAME_CHARS = 64;
    private static final int VALUE_CHARS = 512;

    static BatchRequest parse(byte[] body) throws ServiceException {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw new ServiceException(Failure.invalid(
                    null, "invalid_json", "The body is not JSON: " + Queries.shown(e.getOriginalMessage())));
        }
        if (json == null || !json.isObject()) {
            throw new ServiceException(Failure.invalid(
                    null,
                    "invalid_json",
                    "The body is not a JSON object (expected: input_file_id, endpoint, " + "completion_window)"));
        }
        String file = text(json, "input_file_id");
        if (file.isEmpty() || file.length() > ID_CHARS) {
            throw Queries.refused(
                    "input_file_id", "input_file_id: " + Queries.shown(file) + " (expected: a file's id)");
        }
        String endpoint = text(json, "endpoint");
        if (!ENDPOINTS.contains(endpoint)) {
            throw Queries.refused(
                    "endpoint",
                    "endpoint: " + Queries.shown(endpoint) + " (expected: one of " + String.join(", ", ENDPOINTS)
                            + ")");
        }
        String window = text(json, "completion_window");
        return new BatchRequest(
                file, endpoint, window, Window.parse(window), metadata(json.get("metadata")), expiry(json));
    }

    private static String text(JsonNode json, String name) throws ServiceException {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) {
            throw new ServiceException(
                    Failure.invalid(name, "missing_required_parameter", "Missing required parameter: '" + name + "'."));
        }
        if (!value.isString()) {
            throw new ServiceException(
                    Failure.invalid(name, "invalid_type", "Invalid type for '" + name + "': expected a string."));
        }
        return value.stringValue();
    }

    private static Map<String, String> metadata(@Nullable JsonNode json) throws ServiceException {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (json == null || json.isNull()) {
            return metadata;
        }
        if (!json.isObject()) {
            throw new ServiceException(Failure.invalid(
                    "metadata", "invalid_type", "Invalid type for 'metadata': expected an object or null."));
        }
        if (json.size() > PAIRS) {
            throw Queries.refused("metadata", "metadata: " + json.size() + " pairs (expected: at most " + PAIRS + ")");
        }
        for (Map.Entry<String, JsonNode> pair : json.properties()) {
            String name = pair.getKey();
            String param = "metadata." + Queries.shown(name);
            if (!pair.getValue().isString()) {
                throw new ServiceException(
                        Failure.invalid(param, "invalid_type", "Invalid type for '" + param + "': expected a string."));
            }
            String value = pair.getValue().stringValue();
            if (name.length() > NAME_CHARS || value.length() > VALUE_CHARS) {
                throw Queries.refused(
                        param,
                        param + ": " + name.length() + " characters in the name, " + value.length()
                                + " in the value (expected: at most " + NAME_CHARS + " and " + VALUE_CHARS + ")");
            }
            metadata.put(name, value);
        }
        return metadata;
    }

    private static @Nullable Long expiry(JsonNode json) throws ServiceException {
        String name = "output_expires_after";
        JsonNode expiry = json.get(name);
        if (expiry == null || expiry.isNull()) {
            return null;
        }
        if (!expiry.isObject()) {
            throw new ServiceException(Failure.invalid(
                    name,
                    "invalid_type",
                    "Invalid type for '" + name + "': expected an object with anchor and seconds."));
        }
        JsonNode anchor = expiry.get("anchor");
        JsonNode seconds = expiry.get("seconds");
        return Retention.seconds(
                name,
                anchor == null || !anchor.isString() ? null : anchor.stringValue(),
                seconds == null || !seconds.isIntegralNumber() || !seconds.canConvertToLong()
                        ? null
                        : (Long) seconds.longValue());
    }
}
