package dev.tidemill.server.whole;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON in one spelling, whoever wrote it. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Json() {}

    /** @throws tools.jackson.core.JacksonException when it is none, or only a part */
    static String sorted(String json) {
        return write(MAPPER.readValue(json, Object.class));
    }

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
