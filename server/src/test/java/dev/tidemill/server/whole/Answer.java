package dev.tidemill.server.whole;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came over the wire.
 *
 * @param headers as {@code name: value} lines
 * @param body payload, chunk frames taken off
 * @param whole whether the framing was complete
 */
record Answer(int status, List<String> headers, String body, boolean whole) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The first of this name, or null. */
    String header(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return headers.stream()
                .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(start))
                .map(header -> header.substring(start.length()).strip())
                .findFirst()
                .orElse(null);
    }

    JsonNode json() {
        return JSON.readTree(body);
    }

    /** The error object's part of this name, as text. */
    String error(String name) {
        JsonNode value = json().path("error").path(name);
        return value.isNull() || value.isMissingNode() ? null : value.asString();
    }
}
