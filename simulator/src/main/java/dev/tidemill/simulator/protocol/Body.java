package dev.tidemill.simulator.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON body of a request, with the complaints of a provider about what is not as it should be. */
public final class Body {
    /** Bytes of the longest body that is read. */
    public static final int LONGEST = 256 << 20;

    /** Takes strings as long as a body may be. */
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST)
                    .maxDocumentLength(LONGEST)
                    .build())
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Body() {}

    /**
     * The object that a body is.
     *
     * @throws BadRequest when it is none
     */
    public static JsonNode object(byte[] body) throws BadRequest {
        try {
            JsonNode root = MAPPER.readTree(body);
            if (root.isObject()) {
                return root;
            }
            throw new BadRequest(400, "We could not parse the JSON body of your request: it is no object.");
        } catch (JacksonException broken) {
            throw new BadRequest(
                    400, "We could not parse the JSON body of your request: " + broken.getOriginalMessage());
        }
    }

    /**
     * The text of a field, empty when it is not there or null.
     *
     * @throws BadRequest when it is something else
     */
    public static String text(JsonNode object, String name) throws BadRequest {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw new BadRequest(400, "Invalid type for '" + name + "': expected a string.");
        }
        return value.stringValue();
    }

    /**
     * The whole number of a field, {@code otherwise} when it is not there or null.
     *
     * @throws BadRequest when it is something else, or outside of its bounds
     */
    public static int whole(JsonNode object, String name, int otherwise, int least, int most) throws BadRequest {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new BadRequest(400, "Invalid type for '" + name + "': expected an integer.");
        }
        long number = value.longValue();
        if (number < least || number > most) {
            throw new BadRequest(
                    400, "Invalid '" + name + "': " + number + " (expected: " + least + " to " + most + ").");
        }
        return (int) number;
    }

    /** The texts of a string, of parts that have one, or of one part; joined. */
    public static String words(@Nullable JsonNode content) {
        if (content == null || content.isString()) {
            return content == null ? "" : content.stringValue();
        }
        if (!content.isArray()) {
            return content.path("text").asString("");
        }
        StringBuilder words = new StringBuilder();
        for (JsonNode part : content) {
            words.append(
                    part.isString() ? part.stringValue() : part.path("text").asString(""));
        }
        return words.toString();
    }

    /** Adds a tool with the parameters of its JSON schema. */
    public static void tool(Draft draft, JsonNode named, JsonNode schema) {
        String name = named.path("name").asString("");
        if (!name.isEmpty() && draft.tool(name)) {
            schema.path("properties").propertyNames().forEach(draft::toolField);
        }
    }
}
