package dev.tidemill.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** A piece of a YAML file that knows where it stands. */
sealed interface YamlNode {
    /** Line and column, counted from 1. */
    record At(int line, int column) {
        static At of(TokenStreamLocation location) {
            return new At(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
        }
    }

    At at();

    /** A single value, whatever its kind. */
    record Text(String value, At at) implements YamlNode {}

    /** A list. */
    record Items(List<YamlNode> items, At at) implements YamlNode {}

    /** A mapping in its order. */
    record Fields(Map<String, YamlNode> fields, At at) implements YamlNode {}

    /** Reads a document; what is wrong with it goes to {@code faults}, and the answer is then as much as could be read. */
    static YamlNode read(byte[] yaml, List<ScenarioFault> faults) {
        Fields nothing = new Fields(Map.of(), new At(1, 1));
        try (JsonParser parser = YAMLFactory.builder().build().createParser(ObjectReadContext.empty(), yaml)) {
            JsonToken first = parser.nextToken();
            return first == null ? nothing : value(parser, first, faults);
        } catch (JacksonException broken) {
            At at = broken.getLocation() == null ? new At(1, 1) : At.of(broken.getLocation());
            faults.add(new ScenarioFault(at.line(), at.column(), "YAML: " + reason(broken.getOriginalMessage())));
            return nothing;
        }
    }

    /** The parser's words without its drawings of the place. */
    private static String reason(@Nullable String message) {
        return message == null
                ? "cannot be read"
                : message.lines().filter(line -> !line.startsWith(" ")).limit(3).collect(Collectors.joining(", "));
    }

    private static YamlNode value(JsonParser parser, JsonToken token, List<ScenarioFault> faults) {
        At at = At.of(parser.currentTokenLocation());
        if (token == JsonToken.START_ARRAY) {
            List<YamlNode> items = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                items.add(value(parser, next, faults));
            }
            return new Items(items, at);
        }
        if (token != JsonToken.START_OBJECT) {
            String text = token == JsonToken.VALUE_NULL ? "" : parser.getString();
            return new Text(text == null ? "" : text, at);
        }
        Map<String, YamlNode> fields = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            At named = At.of(parser.currentTokenLocation());
            YamlNode value = value(parser, parser.nextToken(), faults);
            if (fields.put(name, value) != null) {
                faults.add(new ScenarioFault(named.line(), named.column(), name + ": written twice (expected: once)"));
            }
        }
        return new Fields(fields, at);
    }
}
