package dev.tidemill.wire.gemini;

import static dev.tidemill.wire.dialect.Meaning.BAD;
import static dev.tidemill.wire.dialect.Meaning.CONTENT;
import static dev.tidemill.wire.dialect.Meaning.ERROR;
import static dev.tidemill.wire.dialect.Meaning.FINISH;
import static dev.tidemill.wire.dialect.Meaning.PING;
import static dev.tidemill.wire.dialect.Meaning.USAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiStreamTest {
    private static final ErrorText BUSY = new ErrorText(503, "server_error", null, "overloaded", "say \"please\"", "r");
    private static final String BUSY_JSON =
            "{\"error\":{\"code\":503,\"message\":\"say \\\"please\\\"\",\"status\":\"UNAVAILABLE\"}}";

    private final AnswerStream stream = GeminiDialect.EVENTS.answerStream(1);

    static Stream<Arguments> events() {
        return Stream.of(
                // not content
                event(PING, "{}"),
                event(PING, " { } "),
                event(0, "{\"modelVersion\":\"m\"}"),
                event(0, "{\"candidates\":[]}"),
                event(0, "{\"candidates\":null,\"error\":null}"),
                event(0, "{\"candidates\":[{\"index\":0}]}"),
                event(0, "{\"candidates\":[{\"content\":{\"role\":\"model\"},\"groundingMetadata\":{}}]}"),
                event(0, part("\"text\":\"\"")),
                event(0, part("\"text\":\"\",\"thoughtSignature\":\"c2ln\"")),
                event(0, part("\"functionCall\":{}")),
                event(0, "{\"usageMetadata\":{\"trafficType\":\"ON_DEMAND\"}}"),
                event(0, "{\"promptFeedback\":{\"safetyRatings\":[]}}"),
                event(USAGE, "{\"usageMetadata\":{\"promptTokenCount\":1}}"),
                event(USAGE, "{\"candidates\":[],\"usageMetadata\" : { \"promptTokenCount\" : 1 } }"),
                // content
                event(CONTENT, part("\"text\":\"Hi\"")),
                event(CONTENT, part("\"text\":\"{}]}\\\"finishReason\\\":\\\"STOP\\\"\"")),
                event(CONTENT, part("\"text\":\"Hm\",\"thought\":true")),
                event(CONTENT, part("\"thought\": true , \"text\": \"Hm\"")),
                event(CONTENT, part("\"text\":\"\"},{\"text\":\"Hi\"")),
                event(CONTENT, part("\"functionCall\":{\"name\":\"f\",\"args\":{}},\"thoughtSignature\":\"c2ln\"")),
                event(
                        CONTENT,
                        part("\"functionCall\":{\"partialArgs\":[{\"jsonPath\":\"$.a\"}],\"willContinue\":true}")),
                event(CONTENT, part("\"executableCode\":{\"code\":\"1\"}")),
                event(CONTENT, part("\"codeExecutionResult\":{\"outcome\":\"OUTCOME_OK\"}")),
                event(CONTENT, part("\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}")),
                event(CONTENT, part("\"fileData\":{\"fileUri\":\"x\"}")),
                event(CONTENT, part("\"toolCall\":{\"id\":\"x\"}")),
                event(CONTENT, part("\"toolResponse\":{\"id\":\"x\"}")),
                event(CONTENT, "{\"candidates\":[{\"index\":1},{\"content\":{\"parts\":[{\"text\":\"Hi\"}]}}]}"),
                // the end
                event(FINISH, "{\"candidates\":[{\"finishReason\":\"STOP\",\"index\":0}]}"),
                event(
                        FINISH,
                        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}]},\"finishReason\":\"SAFETY\"}]}"),
                event(
                        FINISH | CONTENT | USAGE,
                        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]},\"finishReason\" : \"MAX_TOKENS\"}],"
                                + "\"usageMetadata\":{\"candidatesTokenCount\":1}}"),
                event(0, "{\"candidates\":[{\"finishReason\":null}]}"),
                event(0, "{\"candidates\":[{\"finishReason\":\"\"}]}"),
                event(0, "{\"candidates\":[{\"finishReason\":\"FINISH_REASON_UNSPECIFIED\"}]}"),
                event(FINISH, "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"),
                event(FINISH, "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"candidates\":[]}"),
                event(0, "{\"candidates\":[{\"index\":0}],\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"),
                event(ERROR, "{\"error\":{\"code\":500,\"message\":\"x\",\"status\":\"INTERNAL\"}}"),
                event(ERROR, "{\"candidates\":[],\"error\":\"x\"}"),
                // cannot be parsed
                event(BAD, "[DONE]"),
                event(BAD, "{"),
                event(BAD, "null"),
                event(BAD, "{\"candidates\" []}"),
                event(BAD, "{\"candidates\":[7]}"),
                event(BAD, "{candidates}"),
                event(BAD, part("\"text\":\"Hi")));
    }

    @ParameterizedTest
    @MethodSource("events")
    void beforeAndAfterTheCommit(int flags, String data) throws SseException {
        assertThat(look(data)).isEqualTo(flags);
        look(part("\"text\":\"Hi\""));
        assertThat(look(data)).isEqualTo(flags);
    }

    @Test
    void eachCandidateFinishesOnce() throws SseException {
        AnswerStream two = GeminiDialect.EVENTS.answerStream(2);
        for (String index : new String[] {"\"index\":1", "\"index\":1", "\"x\":1", "\"index\":0"}) {
            assertThat(two.whole()).isEqualTo(index.equals("\"index\":0"));
            two.look(event("{\"candidates\":[{\"finishReason\":\"STOP\"," + index + "}]}"));
        }
        assertThat(two.whole()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "128", "99999999999999", "\"x\"", "null"})
    void anIndexThatCannotBeIsOneToo(String index) throws SseException {
        look("{\"candidates\":[{\"finishReason\":\"STOP\",\"index\":" + index + "}]}");
        assertThat(stream.whole()).isTrue();
    }

    @Test
    void aBlockedPromptIsAWholeAnswer() throws SseException {
        AnswerStream two = GeminiDialect.EVENTS.answerStream(2);
        two.look(event("{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}}"));
        assertThat(two.whole()).isTrue();
        assertThat(two.terminator()).isEmpty();
    }

    @Test
    void silenceIsUsualFromThoughtsAndCallsUntilTextIsSeen() throws SseException {
        assertThat(stream.silent()).isFalse();
        look(part("\"text\":\"Hm\",\"thought\":true"));
        assertThat(stream.silent()).isTrue();
        look("{\"usageMetadata\":{\"promptTokenCount\":1}}");
        look(part("\"text\":\"\""));
        assertThat(stream.silent()).isTrue();
        look(part("\"text\":\"Hi\",\"thought\":false"));
        assertThat(stream.silent()).isFalse();
        look(part("\"text\":\"Hi\"},{\"functionCall\":{\"name\":\"f\",\"willContinue\":true}"));
        look(part("\"functionCall\":{}"));
        assertThat(stream.silent()).isTrue();
        look(part("\"functionCall\":{\"name\":\"f\"}},{\"text\":\"Hi\""));
        assertThat(stream.silent()).isFalse();
    }

    @Test
    void theLastCountsStandForTheAnswer() throws SseException {
        assertThat(stream.usage()).isNull();
        usage("\"promptTokenCount\":100,\"totalTokenCount\":100");
        assertThat(stream.usage()).isEqualTo(new Usage(100, 0, 0, 0, 0, 0));
        usage("\"promptTokenCount\":100,\"cachedContentTokenCount\":64,\"toolUsePromptTokenCount\":7,"
                + "\"candidatesTokenCount\":20,\"thoughtsTokenCount\":30,\"totalTokenCount\":157,"
                + "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":100}]");
        assertThat(stream.usage()).isEqualTo(new Usage(43, 64, 0, 0, 50, 30));
        usage("\"trafficType\":\"ON_DEMAND\"");
        usage("");
        assertThat(stream.usage()).isEqualTo(new Usage(43, 64, 0, 0, 50, 30));
        usage("\"promptTokenCount\":5,\"cachedContentTokenCount\":9,\"thoughtsTokenCount\":null");
        assertThat(stream.usage()).isEqualTo(new Usage(5, 9, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"promptTokenCount\":-1",
                "\"promptTokenCount\":1.5",
                "\"promptTokenCount\":\"7\"",
                "\"promptTokenCount\":9007199254740993",
                "\"promptTokenCount\":1,\"thoughtsTokenCount\":99999999999999999999"
            })
    void whatCannotBeBelievedIsUnknownAndNotZero(String usage) throws SseException {
        usage("\"promptTokenCount\":1");
        usage(usage);
        assertThat(stream.usage()).isNull();
        usage("\"promptTokenCount\":9007199254740992,\"candidatesTokenCount\":9007199254740992");
        assertThat(stream.usage()).isEqualTo(new Usage(1L << 53, 0, 0, 0, 1L << 53, 0));
    }

    @Test
    void theErrorAndTheHeartbeatByteForByte() {
        assertThat(text(stream.error(BUSY))).isEqualTo("data: " + BUSY_JSON + "\r\n\r\n");
        assertThat(text(stream.heartbeat())).isEqualTo("data: {}\r\n\r\n");
        assertThat(stream.terminator()).isEmpty();
    }

    @Test
    void inAnArrayTheErrorFitsBehindWhatHasCome() throws SseException {
        AnswerStream array = GeminiDialect.ARRAY.answerStream(1);
        EventReader reader = GeminiDialect.ARRAY.eventReader();
        assertThat(text(array.error(BUSY))).isEqualTo("[" + BUSY_JSON + "]");
        feed(reader, "[" + part("\"text\":\"Hi\"") + "\n");
        assertThat(reader.next()).isTrue();
        assertThat(array.look(reader)).isEqualTo(CONTENT);
        assertThat(text(array.error(BUSY))).isEqualTo("," + BUSY_JSON + "]");
        assertThat(text(array.terminator())).isEqualTo("]");
        assertThat(reader.next()).isFalse();
        feed(reader, "]");
        assertThat(reader.next()).isTrue();
        assertThat(reader.hasData()).isFalse();
        assertThat(array.error(BUSY)).isEmpty();
        assertThat(array.terminator()).isEmpty();
        assertThat(array.heartbeat()).isEmpty();
    }

    private void usage(String fields) throws SseException {
        look("{\"usageMetadata\":{" + fields + "}}");
    }

    private int look(String data) throws SseException {
        return stream.look(event(data));
    }

    private static EventReader event(String data) throws SseException {
        EventReader reader = GeminiDialect.EVENTS.eventReader();
        feed(reader, "data: " + data + "\r\n\r\n");
        assertThat(reader.next()).isTrue();
        return reader;
    }

    private static void feed(EventReader reader, String text) {
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        reader.feed(a, 0, a.length);
    }

    private static Arguments event(int flags, String data) {
        return Arguments.of(flags, data);
    }

    private static String part(String fields) {
        return "{\"candidates\":[{\"content\":{\"parts\":[{" + fields
                + "}],\"role\":\"model\"},\"index\":0}],\"modelVersion\":\"m\"}";
    }

    private static String text(byte[] a) {
        return new String(a, StandardCharsets.UTF_8);
    }
}
