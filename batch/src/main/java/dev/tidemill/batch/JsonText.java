package dev.tidemill.batch;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes the JSON objects of this module. */
public final class JsonText {
    /** For all readers and writers of this module. */
    public static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /** What {@code writer} writes, as UTF-8. */
    public static byte[] of(Consumer<JsonGenerator> writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            writer.accept(json);
        }
        return bytes.toByteArray();
    }

    /** The property, {@code null} when there is no value. */
    public static void text(JsonGenerator json, String name, @Nullable String value) {
        if (value == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, value);
        }
    }

    /** The property in whole seconds since 1970, {@code null} when there is no value. */
    public static void seconds(JsonGenerator json, String name, @Nullable Instant value) {
        if (value == null) {
            json.writeNullProperty(name);
        } else {
            json.writeNumberProperty(name, value.getEpochSecond());
        }
    }
}
