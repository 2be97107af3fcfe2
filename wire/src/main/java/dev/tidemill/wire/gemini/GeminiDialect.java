package dev.tidemill.wire.gemini;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.HostedTools;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.dialect.Verdict;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.json.QuotedWords;
import dev.tidemill.wire.splice.Speech;
import dev.tidemill.wire.sse.SseReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Gemini's {@code generateContent}, {@code streamGenerateContent}, {@code countTokens}, {@code embedContent} and
 * {@code batchEmbedContents}. A stream comes in two forms, which the query of its path tells apart. Source: ai.google.dev, "Generating content".
 */
public final class GeminiDialect implements Dialect {
    private static final FieldTable CLIENTS_TOOLS = FieldTable.of("functionDeclarations", "function_declarations");

    /** A stream of events, {@code alt=sse}; also for the calls that are not streamed. */
    public static final GeminiDialect EVENTS = new GeminiDialect(false);
    /** A stream as one JSON array, without {@code alt=sse}; an error is in an array too. */
    public static final GeminiDialect ARRAY = new GeminiDialect(true);

    private static final QuotedWords ERROR_WORD = QuotedWords.of("error");
    private static final byte[] ERROR = "error".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] USAGE = "usageMetadata".getBytes(StandardCharsets.US_ASCII);

    private final boolean array;

    private GeminiDialect(boolean array) {
        this.array = array;
    }

    @Override
    public RequestReader requestReader() {
        return new GeminiRequest();
    }

    @Override
    public EventReader eventReader() {
        return array ? new GeminiArrayReader() : new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
    }

    @Override
    public AnswerStream answerStream(int choices) {
        return new GeminiStream(array, choices);
    }

    @Override
    public @Nullable Speech speech() {
        return array ? null : GeminiSpeech.INSTANCE;
    }

    @Override
    public boolean hostedTools(byte[] a, int from, int to) {
        return HostedTools.byName(a, from, to, CLIENTS_TOOLS);
    }

    /** Validates nothing: what has no word {@code "error"} is an answer, and only what has it is walked. */
    @Override
    public Verdict judge(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        boolean list = start < end && a[start] == '[' && a[end - 1] == ']';
        if (start == end || !(list || (a[start] == '{' && a[end - 1] == '}'))) {
            return Verdict.BAD;
        }
        Verdict otherwise = list && !array ? Verdict.BAD : Verdict.ANSWER;
        if (!ERROR_WORD.in(a, start, end)) {
            return otherwise;
        }
        int object = list ? JsonWalk.firstIn(a, start, end) : start;
        while (object >= 0) {
            int objectEnd = JsonWalk.valueEnd(a, object, end);
            if (objectEnd < 0) {
                return Verdict.BAD;
            }
            int error = a[object] == '{' ? JsonWalk.member(a, object, objectEnd, ERROR) : -1;
            if (error >= 0 && !JsonWalk.isNull(a, error, objectEnd)) {
                return Verdict.ERROR;
            }
            object = JsonWalk.next(a, objectEnd, end);
        }
        return otherwise;
    }

    @Override
    public @Nullable Usage usage(byte[] a, int from, int to) {
        GeminiUsage usage = new GeminiUsage();
        int object = JsonWalk.space(a, from, to);
        if (object < to && a[object] == '[') {
            object = JsonWalk.firstIn(a, object, to);
        }
        while (object >= 0 && object < to && a[object] == '{') {
            int end = JsonWalk.valueEnd(a, object, to);
            int metadata = end < 0 ? -1 : JsonWalk.member(a, object, end, USAGE);
            if (metadata >= 0 && a[metadata] == '{') {
                usage.take(a, metadata, end);
            }
            object = end < 0 ? -1 : JsonWalk.next(a, end, to);
        }
        return usage.usage();
    }

    @Override
    public ProviderError error(byte[] a, int from, int to) {
        return GeminiError.read(a, from, to);
    }

    @Override
    public byte[] errorBody(ErrorText error) {
        String json = GeminiError.json(error);
        return (array ? "[" + json + "]" : json).getBytes(StandardCharsets.UTF_8);
    }
}
