package dev.tidemill.wire.openai;

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
import dev.tidemill.wire.sse.SseReader;
import org.jspecify.annotations.Nullable;

/** OpenAI's Responses: {@code POST /v1/responses}. What is done with a response by its id: {@link StoredResponseDialect}. */
public final class ResponsesDialect implements Dialect {
    private static final FieldTable CLIENTS_TOOLS = FieldTable.of("function", "custom");

    public static final ResponsesDialect INSTANCE = new ResponsesDialect();

    private ResponsesDialect() {}

    @Override
    public RequestReader requestReader() {
        return new ResponsesRequest();
    }

    @Override
    public EventReader eventReader() {
        return new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
    }

    /** {@inheritDoc} This API makes one answer only. */
    @Override
    public AnswerStream answerStream(int choices) {
        return new ResponsesStream();
    }

    @Override
    public boolean hostedTools(byte[] a, int from, int to) {
        return HostedTools.byType(a, from, to, CLIENTS_TOOLS, false);
    }

    /** Every response has an {@code error} field, null as a rule, so the word alone says nothing and the top level is walked. */
    @Override
    public Verdict judge(byte[] a, int from, int to) {
        ResponseObject response = ResponseObject.read(a, from, to);
        return response == null ? Verdict.BAD : response.isFailed() ? Verdict.ERROR : Verdict.ANSWER;
    }

    @Override
    public @Nullable Usage usage(byte[] a, int from, int to) {
        ResponseObject response = ResponseObject.read(a, from, to);
        return response == null ? null : response.usage();
    }

    @Override
    public @Nullable String storedId(byte[] a, int from, int to) {
        return ResponseObject.id(a, from, to);
    }

    /** Also from the response in a {@code response.failed} event, and from an {@code error} event in either form. */
    @Override
    public ProviderError error(byte[] a, int from, int to) {
        ResponseEvent event = new ResponseEvent();
        ResponseObject response = event.read(a, from, to) ? event.response(a) : null;
        if (response == null) {
            return OpenAiError.read(a, from, to);
        }
        return response.errorFrom() < 0
                ? ProviderError.WORDLESS
                : OpenAiError.read(a, response.errorFrom(), response.errorTo());
    }

    @Override
    public byte[] errorBody(ErrorText error) {
        return OpenAiError.body(error.message(), error.type(), error.param(), error.code());
    }
}
