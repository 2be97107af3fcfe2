package dev.tidemill.server.admin;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Priority;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keys as the admin port and {@code keys list --json} write them: all but the digest, times in ISO 8601. */
public final class KeyJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> REQUEST = Set.of(
            "name",
            "organization",
            "project",
            "models",
            "rpm",
            "tpm",
            "concurrency",
            "priority",
            "resumable",
            "expires_in_seconds");

    private KeyJson() {}

    public static ObjectNode of(Key key) {
        ObjectNode json = JSON.createObjectNode();
        json.put("id", key.id());
        json.put("name", key.name());
        json.put("organization", key.organization());
        json.put("project", key.project());
        ArrayNode models = json.putArray("models");
        key.models().forEach(models::add);
        json.put("rpm", key.rpm());
        json.put("tpm", key.tpm());
        json.put("concurrency", key.concurrency());
        json.put("priority", key.priority().word());
        json.put("resumable", key.resumable());
        json.put("created", key.created().toString());
        json.put("expires", text(key.expires()));
        json.put("revoked", text(key.revoked()));
        return json;
    }

    /** What {@link #of} wrote; the digest is left empty. */
    public static Key key(JsonNode json) throws IOException {
        try {
            return new Key(
                    json.required("id").asString(),
                    json.required("name").asString(),
                    json.required("organization").asString(),
                    json.required("project").asString(),
                    "",
                    texts(json.required("models")),
                    json.required("rpm").asLong(),
                    json.required("tpm").asLong(),
                    json.required("concurrency").asLong(),
                    priority(json),
                    json.required("resumable").asBoolean(),
                    Instant.parse(json.required("created").asString()),
                    instant(json.path("expires")),
                    instant(json.path("revoked")));
        } catch (RuntimeException e) {
            throw new IOException("the server's answer is no key", e);
        }
    }

    public static ObjectNode of(KeyRequest request) {
        ObjectNode json = JSON.createObjectNode();
        json.put("name", request.name());
        json.put("organization", request.organization());
        json.put("project", request.project());
        ArrayNode models = json.putArray("models");
        request.models().forEach(models::add);
        json.put("rpm", request.rpm());
        json.put("tpm", request.tpm());
        json.put("concurrency", request.concurrency());
        json.put("priority", request.priority().word());
        json.put("resumable", request.resumable());
        if (request.expires() != null) {
            json.put("expires_in_seconds", request.expires().toSeconds());
        }
        return json;
    }

    /** @throws IllegalArgumentException naming the property and what was expected */
    static KeyRequest request(byte[] body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the body is no JSON (expected: an object with name and more)", e);
        }
        if (!json.isObject()) {
            throw new IllegalArgumentException("the body (expected: an object with name and more)");
        }
        for (String property : json.propertyNames()) {
            if (!REQUEST.contains(property)) {
                throw new IllegalArgumentException(property + ": unknown (expected: "
                        + String.join(", ", REQUEST.stream().sorted().toList()) + ")");
            }
        }
        JsonNode expires = json.path("expires_in_seconds");
        return new KeyRequest(
                text(json, "name"),
                text(json, "organization"),
                text(json, "project"),
                json.path("models").isMissingNode() ? List.of() : texts(json.path("models")),
                number(json, "rpm"),
                number(json, "tpm"),
                number(json, "concurrency"),
                priority(json),
                flag(json, "resumable"),
                expires.isMissingNode() || expires.isNull()
                        ? null
                        : Duration.ofSeconds(number(json, "expires_in_seconds")));
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() && !name.equals("name")) {
            return "default";
        }
        if (!value.isString()) {
            throw new IllegalArgumentException(name + " (expected: a text)");
        }
        return value.stringValue();
    }

    private static long number(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(name + " (expected: a whole number)");
        }
        return value.longValue();
    }

    private static Priority priority(JsonNode json) {
        JsonNode value = json.path("priority");
        if (value.isMissingNode() || value.isNull()) {
            return Priority.HIGH;
        }
        Priority priority = value.isString() ? Priority.parse(value.stringValue()) : null;
        if (priority == null) {
            throw new IllegalArgumentException("priority: " + value + " (expected: high, normal or low)");
        }
        return priority;
    }

    private static boolean flag(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: true or false)");
        }
        return value.booleanValue();
    }

    private static List<String> texts(JsonNode json) {
        List<String> texts = new ArrayList<>();
        for (JsonNode item : json) {
            if (!item.isString()) {
                throw new IllegalArgumentException("models (expected: a list of texts)");
            }
            texts.add(item.stringValue());
        }
        return texts;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static @Nullable Instant instant(JsonNode json) {
        return json.isString() ? Instant.parse(json.stringValue()) : null;
    }
}
