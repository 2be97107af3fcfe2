package dev.tidemill.bench.fuzz;

import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.sse.SseException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A stream as one JSON array: the bytes of all blocks, and then the tail, are the input; the elements are the same at every cut; and where Jackson
 * takes the array its objects are the elements, up to the first that is no object.
 */
final class GeminiArrayInvariant implements Invariant {
    private final JsonFactory jackson = new JsonFactory();

    /** @param broken whether something was found that has no place between elements */
    private record Told(List<String> elements, boolean broken) {}

    @Override
    public void check(byte[] input) throws SseException {
        Told standard = standard(input);
        Told first = null;
        for (int[] cuts : Pieces.ways(input)) {
            Told told = read(input, cuts);
            first = first == null ? told : first;
            Broken.unlessSame(told, first, "elements at cuts " + Arrays.toString(cuts));
        }
        if (standard != null) {
            Broken.unlessSame(first, standard, "elements");
        }
    }

    private static Told read(byte[] input, int[] cuts) throws SseException {
        EventReader reader = GeminiDialect.ARRAY.eventReader();
        List<String> elements = new ArrayList<>();
        boolean broken = false;
        int told = 0;
        int from = 0;
        for (int to : cuts) {
            byte[] segment = Pieces.copy(input, from, to);
            reader.feed(segment, Pieces.margin(), Pieces.margin() + to - from);
            while (reader.next()) {
                int length = reader.rawTo() - reader.rawFrom();
                Broken.unless(length > 0, "a block without bytes");
                boolean same = told + length <= to
                        && Arrays.equals(reader.raw(), reader.rawFrom(), reader.rawTo(), input, told, told + length);
                Broken.unless(same, "a block is not the input from " + told);
                told += length;
                if (reader.hasData()) {
                    String data = utf8(reader.data(), reader.dataFrom(), reader.dataTo());
                    Broken.unless(reader.dataTo() == reader.rawTo(), "an element with something behind it");
                    Broken.unless(!broken || data.isEmpty(), "an element behind what is broken");
                    broken |= data.isEmpty();
                    if (!broken) {
                        elements.add(data);
                    }
                }
            }
            Arrays.fill(segment, (byte) '!');
            Broken.unlessSame(reader.tail(), to - told, "tail");
            from = to;
        }
        return new Told(elements, broken);
    }

    /** By a general parser, of the whole; null when it refuses. An object that stands alone is an only element. */
    private @Nullable Told standard(byte[] input) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(input))
                    .toString();
            return parsed(text);
        } catch (CharacterCodingException | JacksonException e) {
            return null;
        }
    }

    private @Nullable Told parsed(String text) {
        List<String> elements = new ArrayList<>();
        boolean broken = false;
        try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), text)) {
            JsonToken root = parser.nextToken();
            if (root == JsonToken.START_OBJECT) {
                elements.add(object(parser, text));
            } else if (root == JsonToken.START_ARRAY) {
                for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_ARRAY; ) {
                    broken |= token != JsonToken.START_OBJECT;
                    if (broken) {
                        parser.skipChildren();
                    } else {
                        elements.add(object(parser, text));
                    }
                }
            } else {
                return null;
            }
            return parser.nextToken() == null ? new Told(elements, broken) : null;
        }
    }

    private static String object(JsonParser parser, String text) {
        int from = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        return text.substring(from, (int) parser.currentLocation().getCharOffset());
    }

    private static String utf8(byte[] a, int from, int to) {
        return new String(a, from, to - from, StandardCharsets.UTF_8);
    }
}
