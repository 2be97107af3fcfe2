package dev.tidemill.wire.openai;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.dialect.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a stored response by its id: {@code GET}, {@code DELETE} and {@code POST …/cancel} of
 * {@code /v1/responses/{id}}. The path says it all; a body is passed on and not looked at. Nothing is generated, so the usage
 * that is shown was counted when it was, and a response that failed is an answer like any other.
 */
public final class StoredResponseDialect implements Dialect {
    public static final StoredResponseDialect INSTANCE = new StoredResponseDialect();

    private static final Asked NOTHING =
            new Asked("", -1, -1, List.of(), false, 1, -1, null, Span.NONE, Span.NONE, Span.NONE, Span.NONE, null);

    private StoredResponseDialect() {}

    @Override
    public RequestReader requestReader() {
        return (a, from, to) -> NOTHING;
    }

    @Override
    public EventReader eventReader() {
        return ResponsesDialect.INSTANCE.eventReader();
    }

    @Override
    public AnswerStream answerStream(int choices) {
        return ResponsesDialect.INSTANCE.answerStream(choices);
    }

    @Override
    public Verdict judge(byte[] a, int from, int to) {
        ResponseObject response = ResponseObject.read(a, from, to);
        if (response == null) {
            return Verdict.BAD;
        }
        return response.isFailed() && response.status().isEmpty() ? Verdict.ERROR : Verdict.ANSWER;
    }

    @Override
    public @Nullable Usage usage(byte[] a, int from, int to) {
        return null;
    }

    @Override
    public ProviderError error(byte[] a, int from, int to) {
        return ResponsesDialect.INSTANCE.error(a, from, to);
    }

    @Override
    public boolean hostedTools(byte[] a, int from, int to) {
        return false;
    }

    @Override
    public byte[] errorBody(ErrorText error) {
        return ResponsesDialect.INSTANCE.errorBody(error);
    }
}
