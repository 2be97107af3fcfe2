package dev.tidemill.wire.openai;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.HostedTools;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.dialect.Verdict;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.json.QuotedWords;
import dev.tidemill.wire.splice.Speech;
import dev.tidemill.wire.sse.SseReader;
import org.jspecify.annotations.Nullable;

/** OpenAI's Chat Completions, and the older Completions and the Embeddings, which differ in nothing that is looked at here. */
public final class ChatDialect implements Dialect {
    public static final ChatDialect INSTANCE = new ChatDialect();

    private static final FieldTable CLIENTS_TOOLS = FieldTable.of("function", "custom");

    /** The second is MiniMax's, whose errors come with status 200. */
    private static final QuotedWords ERROR_WORDS = QuotedWords.of("error", "base_resp");

    private ChatDialect() {}

    @Override
    public RequestReader requestReader() {
        return new ChatRequest();
    }

    @Override
    public EventReader eventReader() {
        return new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
    }

    @Override
    public AnswerStream answerStream(int choices) {
        return new ChatStream(choices);
    }

    @Override
    public Speech speech() {
        return ChatSpeech.INSTANCE;
    }

    @Override
    public boolean hostedTools(byte[] a, int from, int to) {
        return HostedTools.byType(a, from, to, CLIENTS_TOOLS, false);
    }

    /** Validates nothing: an object without the words that tell of an error is an answer, and only one that has one is walked. */
    @Override
    public Verdict judge(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        if (start < end && a[start] == '[') { // an error of Gemini's endpoint for OpenAI's clients
            int element = JsonWalk.firstIn(a, start, end);
            int elementEnd = element < 0 || a[element] != '{' ? -1 : JsonWalk.valueEnd(a, element, end);
            return elementEnd >= 0 && judge(a, element, elementEnd) == Verdict.ERROR ? Verdict.ERROR : Verdict.BAD;
        }
        if (start == end || a[start] != '{' || a[end - 1] != '}') {
            return Verdict.BAD;
        }
        if (!ERROR_WORDS.in(a, start, end)) {
            return Verdict.ANSWER;
        }
        int flags = ChatEvents.classify(a, start, end, false);
        if ((flags & Meaning.ERROR) != 0) {
            return Verdict.ERROR;
        }
        return (flags & (Meaning.BAD | Meaning.LAST)) != 0 ? Verdict.BAD : Verdict.ANSWER;
    }

    @Override
    public @Nullable Usage usage(byte[] a, int from, int to) {
        return OpenAiUsage.read(a, from, to);
    }

    @Override
    public ProviderError error(byte[] a, int from, int to) {
        return OpenAiError.read(a, from, to);
    }

    @Override
    public byte[] errorBody(ErrorText error) {
        return OpenAiError.body(error.message(), error.type(), error.param(), error.code());
    }
}
