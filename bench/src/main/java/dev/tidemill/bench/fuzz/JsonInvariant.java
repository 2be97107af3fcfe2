package dev.tidemill.bench.fuzz;

import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonException.Fault;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonSyntax;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.json.PlainText;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** A JSON text: taken by our scanner when Jackson takes it, refused when Jackson does, and of wanted fields the same kinds and values. */
final class JsonInvariant implements Invariant {
    private static final int DEPTH = 64;
    private static final String[] WANTED = {"model", "stream", "n", ""};

    /** What {@link JsonSyntax} takes beyond the standard. */
    private static final Pattern NO_NUMBER = Pattern.compile("NaN|Infinity");

    private final JsonScanner scanner = new JsonScanner(FieldTable.of(WANTED), DEPTH);
    private final JsonFactory jackson = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** @param text of a string or a number; null of anything else */
    private record Value(JsonKind kind, @Nullable String text) {}

    @Override
    public void check(byte[] input) {
        byte[] a = Pieces.copy(input, 0, input.length);
        int from = Pieces.margin();
        int to = from + input.length;
        walk(a, from, to);
        Map<String, Value> expected = read(input);
        try {
            scanner.scan(a, from, to);
        } catch (JsonException e) {
            Broken.unless(expected == null, "refused, and should not be: " + e.getMessage());
            Broken.unless(e.offset() >= 0 && e.offset() <= input.length, "offset " + e.offset());
            boolean mayBeRead = e.fault() != Fault.SYNTAX
                    || NO_NUMBER
                            .matcher(new String(input, StandardCharsets.ISO_8859_1))
                            .find();
            Broken.unless(mayBeRead || !JsonSyntax.isObject(a, from, to), "said to be readable, and is not");
            return;
        }
        if (expected == null) {
            Broken.unless(false, "taken, and should not be");
            return;
        }
        Broken.unlessSame(JsonSyntax.isObject(a, from, to), scanner.root() == JsonKind.OBJECT, "readable object");
        Broken.unlessSame(
                JsonWalk.valueEnd(a, scanner.rootFrom(), to), JsonWalk.trimEnd(a, from, to), "end of the walk");
        plain(a, from, to);
        for (int field = 0; field < WANTED.length; field++) {
            Value value = expected.getOrDefault(WANTED[field], new Value(JsonKind.ABSENT, null));
            Broken.unlessSame(scanner.kind(field), value.kind(), "kind of " + WANTED[field]);
            if (value.kind() != JsonKind.ABSENT) {
                same(a, scanner.from(field), scanner.to(field), value);
            }
        }
    }

    private static void same(byte[] a, int from, int to, Value value) {
        Broken.unlessSame(JsonWalk.valueEnd(a, from, to), to, "end of a value");
        if (value.kind() == JsonKind.STRING) {
            Broken.unlessSame(JsonText.string(a, from, to), value.text(), "string");
        } else if (value.kind() == JsonKind.NUMBER) {
            String text = new String(a, from, to - from, StandardCharsets.US_ASCII);
            Broken.unlessSame(text, value.text(), "number");
            long whole = JsonText.wholeNumber(a, from, to, Long.MIN_VALUE);
            if (text.length() < 18 && text.matches("-?[0-9]+")) {
                Broken.unlessSame(whole, new BigDecimal(text).longValueExact(), "whole number");
            }
        }
    }

    /** The same text with letters in place of their numbers has the same fields, and no such escape. */
    private void plain(byte[] a, int from, int to) {
        Broken.unlessSame(PlainText.isNot(a, from, to), !scanner.plain(), "escapes of letters");
        byte[] plain = PlainText.of(a, from, to);
        Broken.unless(!PlainText.isNot(plain, 0, plain.length), "escapes of letters are left");
        if (scanner.plain()) {
            Broken.unless(Arrays.equals(plain, 0, plain.length, a, from, to), "a text without them is changed");
        }
        Broken.unlessSame(
                read(plain),
                read(Arrays.copyOfRange(a, from, to)),
                "fields of the text with letters for their numbers");
    }

    /** Steps from everywhere, also where no value starts: it must stay inside. */
    private static void walk(byte[] a, int from, int to) {
        int step = 1 + (to - from) / 256;
        for (int i = from; i < to; i += step) {
            Broken.unless(inside(JsonWalk.valueEnd(a, i, to), i, to), "valueEnd leaves its range");
            Broken.unless(inside(JsonWalk.stringEnd(a, i, to), i, to), "stringEnd leaves its range");
            Broken.unless(inside(JsonWalk.firstIn(a, i, to), i, to), "firstIn leaves its range");
            Broken.unless(inside(JsonWalk.next(a, i, to), i, to), "next leaves its range");
            Broken.unless(inside(JsonWalk.afterColon(a, i, to), i, to), "afterColon leaves its range");
        }
    }

    private static boolean inside(int at, int from, int to) {
        return at == -1 || (at >= from && at <= to);
    }

    /** The fields of the object, the last of each name, empty when it is no object; null when Jackson, or the UTF-8 decoder, refuses. */
    private @Nullable Map<String, Value> read(byte[] input) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(input))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
        Map<String, Value> fields = new HashMap<>();
        try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), text)) {
            int depth = 0;
            int values = 0;
            String name = null;
            JsonToken first = null;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                first = first == null ? token : first;
                String string = token == JsonToken.VALUE_STRING ? parser.getString() : null;
                if (token == JsonToken.PROPERTY_NAME) {
                    name = depth == 1 ? parser.currentName() : name;
                    continue;
                }
                if (token.isStructEnd()) {
                    depth--;
                    continue;
                }
                values += depth == 0 ? 1 : 0;
                if (depth == 1 && name != null && first == JsonToken.START_OBJECT) {
                    fields.put(name, new Value(kind(token), token.isNumeric() ? parser.getString() : string));
                }
                depth += token.isStructStart() ? 1 : 0;
            }
            return values == 1 ? fields : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static JsonKind kind(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> JsonKind.OBJECT;
            case START_ARRAY -> JsonKind.ARRAY;
            case VALUE_STRING -> JsonKind.STRING;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> JsonKind.NUMBER;
            case VALUE_TRUE -> JsonKind.TRUE;
            case VALUE_FALSE -> JsonKind.FALSE;
            case VALUE_NULL -> JsonKind.NULL;
            default -> JsonKind.ABSENT;
        };
    }
}
