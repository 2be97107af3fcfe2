package dev.tidemill.store.sqlite;

import dev.tidemill.batch.job.Fault;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The two columns that hold JSON. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static String ofMetadata(Map<String, String> metadata) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            metadata.forEach(json::writeStringProperty);
            json.writeEndObject();
        }
        return text.toString();
    }

    static Map<String, String> metadata(String text) {
        Map<String, String> metadata = new LinkedHashMap<>();
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                json.nextToken();
                metadata.put(name, json.getString());
            }
        }
        return metadata;
    }

    static String ofFaults(List<Fault> faults) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartArray();
            for (Fault fault : faults) {
                json.writeStartObject();
                json.writeStringProperty("code", fault.code());
                json.writeStringProperty("message", fault.message());
                if (fault.param() != null) {
                    json.writeStringProperty("param", fault.param());
                }
                if (fault.line() != null) {
                    json.writeNumberProperty("line", fault.line());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return text.toString();
    }

    static List<Fault> faults(String text) {
        List<Fault> faults = new ArrayList<>();
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.START_OBJECT) {
                faults.add(fault(json));
            }
        }
        return faults;
    }

    private static Fault fault(JsonParser json) {
        String code = "";
        String message = "";
        @Nullable String param = null;
        @Nullable Long line = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "code" -> code = json.getString();
                case "message" -> message = json.getString();
                case "param" -> param = json.getString();
                case "line" -> line = json.getLongValue();
                default -> json.skipChildren();
            }
        }
        return new Fault(code, message, param, line);
    }
}
