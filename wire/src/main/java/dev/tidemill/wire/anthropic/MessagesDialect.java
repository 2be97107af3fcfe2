package dev.tidemill.wire.anthropic;

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
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's Messages, and {@code count_tokens}, which has the same request and an answer without usage. Source:
 * platform.claude.com, "Messages" and "Streaming messages".
 */
public final class MessagesDialect implements Dialect {
    private static final FieldTable CLIENTS_TOOLS = FieldTable.of("custom");
    private static final QuotedWords ERROR_WORD = QuotedWords.of("error");

    public static final MessagesDialect INSTANCE = new MessagesDialect();

    private MessagesDialect() {}

    @Override
    public RequestReader requestReader() {
        return new MessagesRequest();
    }

    @Override
    public EventReader eventReader() {
        return new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
    }

    @Override
    public AnswerStream answerStream(int choices) {
        return new MessagesStream();
    }

    @Override
    public Speech speech() {
        return MessagesSpeech.INSTANCE;
    }

    @Override
    public boolean hostedTools(byte[] a, int from, int to) {
        return HostedTools.byType(a, from, to, CLIENTS_TOOLS, true);
    }

    /** Validates nothing: an object without the word {@code "error"} is an answer, and only one that has it is walked. */
    @Override
    public Verdict judge(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        if (start == end || a[start] != '{' || a[end - 1] != '}') {
            return Verdict.BAD;
        }
        if (!ERROR_WORD.in(a, start, end)) {
            return Verdict.ANSWER;
        }
        return switch (MessagesEvents.kind(a, start, end)) {
            case MessagesEvents.ERROR -> Verdict.ERROR;
            case MessagesEvents.BROKEN -> Verdict.BAD;
            default -> Verdict.ANSWER;
        };
    }

    @Override
    public @Nullable Usage usage(byte[] a, int from, int to) {
        return MessagesUsage.read(a, JsonWalk.space(a, from, to), to);
    }

    @Override
    public ProviderError error(byte[] a, int from, int to) {
        return AnthropicError.read(a, from, to);
    }

    @Override
    public byte[] errorBody(ErrorText error) {
        return AnthropicError.body(error);
    }
}
