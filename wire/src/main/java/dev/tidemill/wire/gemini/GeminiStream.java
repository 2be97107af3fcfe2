package dev.tidemill.wire.gemini;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.TextFields;
import dev.tidemill.wire.json.JsonSyntax;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A Gemini stream: whole when every candidate asked for has finished, or the prompt was blocked. Nothing marks the end of
 * the events; more may follow a finish. As an array it ends with the bracket, which is added when it did not come.
 */
final class GeminiStream implements AnswerStream {
    private static final byte[] EMPTY_EVENT = "data: {}\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BRACKET = {']'};
    private static final byte[] NOTHING = {};
    private static final TextFields TEXTS = TextFields.of("text");

    private final boolean array;
    private final int choices;
    private final GeminiChunk chunk = new GeminiChunk();
    /** The reader of the array; null before its first element. */
    private @Nullable GeminiArrayReader reader;

    GeminiStream(boolean array, int choices) {
        this.array = array;
        this.choices = choices;
    }

    @Override
    public int look(EventReader event) {
        byte[] a = event.data();
        int from = JsonWalk.space(a, event.dataFrom(), event.dataTo());
        int to = JsonWalk.trimEnd(a, from, event.dataTo());
        if (!JsonSyntax.isObject(a, from, to)) {
            return Meaning.BAD;
        }
        if (event instanceof GeminiArrayReader itself) {
            reader = itself;
        }
        return chunk.read(a, from, to);
    }

    @Override
    public boolean whole() {
        return chunk.finished(choices);
    }

    @Override
    public boolean silent() {
        return chunk.silent();
    }

    @Override
    public int textLength(EventReader event) {
        return TEXTS.length(event.data(), event.dataFrom(), event.dataTo());
    }

    @Override
    public @Nullable Usage usage() {
        return chunk.usage().usage();
    }

    @Override
    public byte[] terminator() {
        return array && reader != null && !reader.closed() ? BRACKET : NOTHING;
    }

    @Override
    public byte[] closing() {
        return terminator();
    }

    /** In an array nothing can follow the closing bracket. */
    @Override
    public byte[] error(ErrorText error) {
        String json = GeminiError.json(error);
        if (!array) {
            return bytes("data: " + json + "\r\n\r\n");
        }
        if (reader == null) {
            return bytes("[" + json + "]");
        }
        return reader.closed() ? NOTHING : bytes("," + json + "]");
    }

    /** An empty answer, which official clients pass over. None in an array: hand-written readers cut it at its line ends. */
    @Override
    public byte[] heartbeat() {
        return array ? NOTHING : EMPTY_EVENT;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
