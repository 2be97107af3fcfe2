package dev.tidemill.wire.anthropic;

import static dev.tidemill.wire.dialect.Meaning.BAD;
import static dev.tidemill.wire.dialect.Meaning.CONTENT;
import static dev.tidemill.wire.dialect.Meaning.ERROR;
import static dev.tidemill.wire.dialect.Meaning.FINISH;
import static dev.tidemill.wire.dialect.Meaning.LAST;
import static dev.tidemill.wire.dialect.Meaning.PING;
import static dev.tidemill.wire.dialect.Meaning.USAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessagesStreamTest {
    private static final String TEXT = delta("text_delta", "\"text\":\"Hi\"");

    private final AnswerStream stream = MessagesDialect.INSTANCE.answerStream(1);

    static Stream<Arguments> events() {
        return Stream.of(
                // not content
                event(0, "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[]}}"),
                event(USAGE, start("\"input_tokens\":5,\"output_tokens\":1")),
                event(PING, "{\"type\": \"ping\"}"),
                event(PING, "{\"type\":\"ping\"}   "),
                event(0, block("\"type\":\"text\",\"text\":\"\"")),
                event(0, block("\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"")),
                event(0, block("\"type\":\"compaction\",\"content\":null")),
                event(0, block("\"type\":\"fallback\",\"from\":{\"model\":\"a\"},\"to\":{\"model\":\"b\"}")),
                event(0, delta("text_delta", "\"text\":\"\"")),
                event(0, delta("input_json_delta", "\"partial_json\":\"\"")),
                event(0, delta("thinking_delta", "\"thinking\":\"\",\"estimated_tokens\":50")),
                event(0, "{\"type\":\"content_block_stop\",\"index\":0 }"),
                event(0, "{\"type\":\"from_the_future\",\"text\":\"a\"}"),
                event(0, "{\"kind\":\"from_the_future\"}"),
                event(0, "{}"),
                // content
                event(CONTENT, TEXT),
                event(
                        CONTENT,
                        "{\"index\":0,\"delta\":{\"text\":\"Hi\",\"type\":\"text_delta\"},\"type\":\"content_block_delta\"}"),
                event(
                        CONTENT,
                        "{ \"type\" : \"content_block_delta\" , \"delta\" : { \"type\" : \"text_delta\" , \"text\" : \" \" } }"),
                event(CONTENT, delta("thinking_delta", "\"thinking\":\"Hm\"")),
                event(CONTENT, delta("input_json_delta", "\"partial_json\":\"{\"")),
                event(CONTENT, delta("signature_delta", "\"signature\":\"c2ln\"")),
                event(CONTENT, delta("citations_delta", "\"citation\":{\"type\":\"char_location\"}")),
                event(CONTENT, delta("compaction_delta", "\"content\":\"Summary\"")),
                event(CONTENT, delta("from_the_future", "\"x\":[1]")),
                event(CONTENT, block("\"type\":\"text\",\"text\":\"Hi\"")),
                event(CONTENT, block("\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}")),
                event(CONTENT, block("\"id\":\"t\",\"name\":\"f\",\"input\":{},\"type\":\"server_tool_use\"")),
                event(CONTENT, block("\"type\":\"web_search_tool_result\",\"content\":[]")),
                event(CONTENT, block("\"type\":\"redacted_thinking\",\"data\":\"x\"")),
                // the end
                event(
                        FINISH,
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null}}"),
                event(0, "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null}}"),
                event(
                        USAGE,
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null},\"usage\":{\"output_tokens\":1}}"),
                event(
                        FINISH | USAGE,
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"},\"usage\":{\"output_tokens\":1}   }"),
                event(FINISH, "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},\"usage\":null}"),
                event(LAST, "{\"type\":\"message_stop\"}"),
                event(LAST, "{\"type\":\"message_stop\"      }"),
                event(
                        ERROR,
                        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}"),
                event(ERROR, "{\"error\":{\"message\":\"from a layer between\"}}"),
                event(0, "{\"error\":null}"));
    }

    static Stream<Arguments> damaged() {
        return Stream.of(
                event(BAD, ""),
                event(BAD, "[DONE]"),
                event(BAD, "null"),
                event(BAD, "{"),
                event(BAD, "{\"type\":\"content_block_start\",\"index\":0}"),
                event(BAD, "{type:ping}"));
    }

    @ParameterizedTest
    @MethodSource({"events", "damaged"})
    void beforeTheCommit(int flags, String data) throws SseException {
        assertThat(look(data)).isEqualTo(flags);
    }

    @ParameterizedTest
    @MethodSource({"events", "damaged"})
    void afterTheCommitAllButContentIsTheSame(int flags, String data) throws SseException {
        look(TEXT);
        assertThat(look(data) & ~CONTENT).isEqualTo(flags & ~CONTENT);
    }

    @ParameterizedTest
    @MethodSource("events")
    void whereSilenceIsUsualToo(int flags, String data) throws SseException {
        look(block("\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}"));
        assertThat(look(data) & ~CONTENT).isEqualTo(flags & ~CONTENT);
    }

    @Test
    void brokenContentIsNoContent() throws SseException {
        assertThat(
                        look(
                                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a}}"))
                .isEqualTo(BAD);
        assertThat(look("{\"type\":\"content_block_delta\",\"index\":0}")).isEqualTo(BAD);
        assertThat(look("{\"index\" 0,\"type\":\"ping\"}")).isEqualTo(BAD);
    }

    @Test
    void theDataCountsAndNotTheEventsName() throws SseException {
        SseReader reader = read("event: error\ndata: {\"type\":\"ping\"}\n\n");
        assertThat(stream.look(reader)).isEqualTo(PING);
    }

    @Test
    void onlyMessageStopMakesItWhole() throws SseException {
        look(start("\"input_tokens\":5,\"output_tokens\":1"));
        look(TEXT);
        look("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":3}}");
        assertThat(stream.whole()).isFalse();
        look("{\"type\":\"message_stop\"}");
        assertThat(stream.whole()).isTrue();
        assertThat(stream.terminator()).isEmpty();
    }

    @Test
    void silenceIsUsualFromToolsAndThinkingUntilTextIsSeen() throws SseException {
        assertThat(stream.silent()).isFalse();
        look(block("\"type\":\"thinking\",\"thinking\":\"\""));
        assertThat(stream.silent()).isTrue();
        look(delta("thinking_delta", "\"thinking\":\"Hm\""));
        look("{\"type\":\"content_block_stop\",\"index\":0}");
        look(block("\"type\":\"text\",\"text\":\"\""));
        assertThat(stream.silent()).isTrue();
        look(delta("text_delta", "\"text\":\"\""));
        assertThat(stream.silent()).isTrue();
        look(TEXT);
        assertThat(stream.silent()).isFalse();
        look(block("\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}"));
        look(delta("input_json_delta", "\"partial_json\":\"{\\\"type\\\":\\\"text_delta\\\"\""));
        assertThat(stream.silent()).isTrue();
        look(block("\"type\":\"text\",\"text\":\"Hi\""));
        assertThat(stream.silent()).isFalse();
    }

    @Test
    void theLastValueOfEachCountWins() throws SseException {
        assertThat(stream.usage()).isNull();
        look(
                start(
                        "\"input_tokens\":43,\"cache_read_input_tokens\":7,\"cache_creation_input_tokens\":100,"
                                + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":40,\"ephemeral_1h_input_tokens\":60},\"output_tokens\":1"));
        assertThat(stream.usage()).isEqualTo(new Usage(43, 7, 40, 60, 1, 0));
        end("\"output_tokens\":20,\"output_tokens_details\":{\"thinking_tokens\":12}");
        assertThat(stream.usage()).isEqualTo(new Usage(43, 7, 40, 60, 20, 12));
        end(
                "\"input_tokens\":61,\"cache_read_input_tokens\":null,\"cache_creation_input_tokens\":150,\"output_tokens\":25");
        assertThat(stream.usage()).isEqualTo(new Usage(61, 7, 90, 60, 25, 12));
        end("\"cache_creation_input_tokens\":50,\"cache_creation\":null");
        assertThat(stream.usage()).isEqualTo(new Usage(61, 7, 0, 50, 25, 12));
        look(start("\"input_tokens\":9,\"cache_creation\":{\"ephemeral_1h_input_tokens\":4},\"output_tokens\":2"));
        assertThat(stream.usage()).isEqualTo(new Usage(9, 0, 0, 4, 2, 0));
    }

    @Test
    void compactionIsAddedAndAnAdviserIsNot() throws SseException {
        end(
                "\"input_tokens\":10,\"output_tokens\":20,\"iterations\":["
                        + "{\"type\":\"compaction\",\"input_tokens\":1000,\"output_tokens\":50,\"cache_read_input_tokens\":5},"
                        + "{\"input_tokens\":10,\"output_tokens\":20,\"type\":\"message\"},"
                        + "{\"input_tokens\":7,\"output_tokens\":7,\"type\":\"advisor_message\"},"
                        + "{\"input_tokens\":1,\"output_tokens\":1,\"type\":\"compaction\",\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":1}]}]");
        assertThat(stream.usage()).isEqualTo(new Usage(1011, 5, 0, 0, 71, 0));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void whatCannotBeBelievedIsUnknownAndNotZero(String usage) throws SseException {
        look(start("\"input_tokens\":5,\"output_tokens\":1"));
        assertThat(end(usage) & USAGE).isZero();
        assertThat(stream.usage()).isNull();
        end("\"input_tokens\":5,\"output_tokens\":3,\"cache_read_input_tokens\":0,\"iterations\":[]");
        assertThat(stream.usage()).isEqualTo(new Usage(5, 0, 0, 0, 3, 0));
    }

    static Stream<String> nonsense() {
        return Stream.of(
                "\"output_tokens\":-1",
                "\"output_tokens\":1.5",
                "\"output_tokens\":\"3\"",
                "\"output_tokens\":9007199254740993",
                "\"output_tokens\":99999999999999999999",
                "\"output_tokens\":3,\"cache_read_input_tokens\":-4",
                "\"output_tokens\":3,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":-3}]",
                "\"output_tokens\":3,\"iterations\":[{\"type\":\"compaction\"}]",
                "\"output_tokens\":3,\"iterations\":["
                        + "{\"type\":\"compaction\",\"input_tokens\":9007199254740992},".repeat(2)
                        + "{}]");
    }

    @Test
    void passesInsidePassesAreNotFollowed() throws SseException {
        end("\"input_tokens\":1,\"iterations\":"
                + "[{\"type\":\"compaction\",\"input_tokens\":1,\"iterations\":".repeat(250) + "0"
                + "}]".repeat(250));
        assertThat(stream.usage()).isEqualTo(new Usage(2, 0, 0, 0, 0, 0));
    }

    @Test
    void theErrorAndTheHeartbeatByteForByte() {
        ErrorText error = new ErrorText(529, "server_error", null, "overloaded", "say \"please\"", "req_1");
        assertThat(new String(stream.error(error), StandardCharsets.UTF_8))
                .isEqualTo("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                        + "\"message\":\"say \\\"please\\\"\",\"code\":\"overloaded\"},\"request_id\":\"req_1\"}\n\n");
        assertThat(new String(stream.heartbeat(), StandardCharsets.UTF_8))
                .isEqualTo("event: ping\ndata: {\"type\": \"ping\"}\n\n");
    }

    private int look(String data) throws SseException {
        return stream.look(read("event: x\ndata: " + data + "\n\n"));
    }

    private int end(String usage) throws SseException {
        return look("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{" + usage + "}}");
    }

    private static SseReader read(String block) throws SseException {
        SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
        byte[] a = block.getBytes(StandardCharsets.UTF_8);
        reader.feed(a, 0, a.length);
        assertThat(reader.next()).isTrue();
        return reader;
    }

    private static Arguments event(int flags, String data) {
        return Arguments.of(flags, data);
    }

    private static String start(String usage) {
        return "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{" + usage + "},\"content\":[]}}";
    }

    private static String block(String fields) {
        return "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{" + fields + "}         }";
    }

    private static String delta(String type, String fields) {
        return "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"" + type + "\"," + fields + "}}";
    }
}
