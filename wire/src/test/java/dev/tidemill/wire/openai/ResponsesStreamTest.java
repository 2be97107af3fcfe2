package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesStreamTest {
    private static final ErrorText CUT =
            new ErrorText(502, "api_error", null, "upstream_truncated", "provider \"a\" stopped", "01ABC");
    private static final FieldTable REQUIRED = FieldTable.of(
            "id",
            "object",
            "created_at",
            "status",
            "error",
            "incomplete_details",
            "instructions",
            "model",
            "tools",
            "output",
            "parallel_tool_calls",
            "metadata",
            "tool_choice",
            "temperature",
            "top_p");

    private final AnswerStream stream = ResponsesDialect.INSTANCE.answerStream(1);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"type":"response.created","response":{"error":null}}                             | 0
            {"type":"response.queued","sequence_number":1,"response":{}}                      | 0
            {"type":"response.in_progress","sequence_number":1}                               | 0
            {"type":"response.output_item.added","item":{"type":"message","content":[]}}      | 0
            {"type":"response.output_item.added","item":{"type":"reasoning"}}                 | 0
            {"type":"response.output_item.added","item":{"type":"mcp_list_tools"}}            | 0
            {"type":"response.output_item.added"}                                             | 0
            {"type":"response.output_item.added","item":{"id":"x","type":"function_call"}}    | 1
            {"type":"response.output_item.added","item":{"type":"custom_tool_call"}}          | 1
            {"type":"response.output_item.added","item":{"type":"web_search_call"}}           | 1
            {"type":"response.output_item.added","item":{"type":"of_a_later_year"}}           | 1
            {"type":"response.content_part.added","part":{"type":"output_text","text":""}}    | 0
            {"type":"response.output_text.delta","delta":""}                                  | 0
            {"type":"response.output_text.delta","delta":"a"}                                 | 1
            {"delta":"a","sequence_number":4,"type":"response.refusal.delta"}                 | 1
            {"type":"response.reasoning_text.delta","delta":"a"}                              | 1
            {"type":"response.of_a_later_year.delta","delta":{"a":"b"}}                       | 1
            {"type":"response.shell_call_output_content.delta","delta":{}}                    | 0
            {"type":"response.output_text.done","text":"a"}                                   | 0
            {"type":"response.image_generation_call.partial_image","partial_image_b64":"a"}   | 1
            {"type":"response.output_text.annotation.added","annotation":{}}                  | 1
            {"type":"response.of_a_later_year","delta":"a"}                                   | 0
            {"type":"keepalive","sequence_number":3}                                          | 128
            {"type":"ping"}                                                                   | 128
            {"type":"response.completed"}                                                     | 18
            {"type":"response.incomplete","response":{"usage":null}}                          | 18
            {"type":"response.completed","response":{"usage":{"input_tokens":1}}}             | 22
            {"type":"response.failed","response":{"error":{"code":"x"}}}                      | 24
            {"type":"response.cancelled","response":{}}                                       | 24
            {"type":"error","sequence_number":2,"error":{"code":"x"}}                         | 8
            {"type":"error","code":"x","message":"m","param":null,"sequence_number":2}        | 8
            {"error":{"code":"x"}}                                                            | 8
            {"error":null}                                                                    | 0
            {"choices":[]}                                                                    | 0
            {"type":7}                                                                        | 0
            []                                                                                | 64
            [DONE]                                                                            | 64
            {"type":"response.created","response":{                                           | 64
            {"type":"response.created","response":}                                           | 64
            """)
    void eachEventHasItsMeaning(String data, int meaning) throws SseException {
        assertThat(look(data)).isEqualTo(meaning);
    }

    @Test
    void anExhaustedQuotaBehindTheBeginningComesBeforeContent() throws SseException {
        assertThat(look(created())).isZero();
        String error = "{\"type\":\"error\",\"sequence_number\":2,\"error\":{\"type\":\"insufficient_quota\","
                + "\"code\":\"insufficient_quota\",\"message\":\"none left\",\"param\":null}}";
        assertThat(look(error)).isEqualTo(Meaning.ERROR);
        assertThat(error(error))
                .isEqualTo(new ProviderError("insufficient_quota", "insufficient_quota", "none left", 0, null));
        assertThat(stream.whole()).isFalse();
    }

    @Test
    void anErrorIsReadInEachOfItsForms() {
        assertThat(error("{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"m\",\"param\":null}")
                        .code())
                .isEqualTo("server_error");
        ProviderError failed =
                error("{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"c\",\"message\":\"m\"}}}");
        assertThat(failed).isEqualTo(new ProviderError("c", "", "m", 0, null));
        assertThat(error("{\"type\":\"response.failed\",\"response\":{\"error\":null}}"))
                .isEqualTo(ProviderError.WORDLESS);
        assertThat(error("{\"id\":\"r\",\"status\":\"failed\",\"error\":{\"code\":\"c\",\"message\":\"m\"}}"))
                .isEqualTo(failed);
        assertThat(error("nonsense")).isEqualTo(ProviderError.WORDLESS);
    }

    @Test
    void afterContentOnlyTheHeadIsRead() throws SseException {
        look("{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}");
        assertThat(look("{\"type\":\"response.output_text.delta\",\"sequence_number\":9,\"delta\":5}"))
                .isEqualTo(Meaning.CONTENT);
        assertThat(look("{\"type\":\"response.output_text.delta\",\"sequence_number\":9,\"delta\":oops}"))
                .isEqualTo(Meaning.BAD);
        assertThat(look("{\"type\":\"response.output_text.delta\",\"sequence_number\":9,\"delta\":\"broken}"))
                .isEqualTo(Meaning.BAD);
        assertThat(look("{\"delta\":\"broken,\"type\":\"response.refusal.delta\"}"))
                .isEqualTo(Meaning.BAD);
        assertThat(look("{\"type\":\"response.in_progress\",\"sequence_number\":9,\"response\":{}"))
                .as("says how the answer stands")
                .isZero();
        assertThat(look("{\"a\":{\"type\":\"response.completed\"}}")).isZero();
        assertThat(look("{\"delta\":\",\\\"type\\\":\\\"response.completed\"}")).isZero();
        assertThat(look("{\"type\":\"error\",\"error\":null}")).isEqualTo(Meaning.ERROR);
        assertThat(look("{\"sequence_number\":10,\"type\":\"response.completed\",\"response\":{\"id\":\"r\","
                        + "\"tools\":[{\"parameters\":{\"usage\":{\"input_tokens\":9}}}],"
                        + "\"usage\":{\"input_tokens\":5,\"input_tokens_details\":{\"cached_tokens\":2},\"output_tokens\":3},"
                        + "\"x\":{\"usage\":{\"input_tokens\":9}}}}"))
                .isEqualTo(Meaning.FINISH | Meaning.LAST | Meaning.USAGE);
        assertThat(stream.usage()).isEqualTo(new Usage(3, 2, 0, 0, 3, 0));
        assertThat(stream.whole()).isTrue();
    }

    @Test
    void reasoningAndArgumentsAreSilentUntilSomethingCanBeRead() throws SseException {
        assertThat(stream.silent()).isFalse();
        look("{\"type\":\"response.output_item.added\",\"item\":{\"type\":\"reasoning\"}}");
        assertThat(stream.silent()).isTrue();
        look("{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"reasoning\"}}");
        assertThat(stream.silent()).isTrue();
        look("{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}");
        assertThat(stream.silent()).isFalse();
        look("{\"type\":\"response.output_item.added\",\"item\":{\"type\":\"function_call\"}}");
        assertThat(stream.silent()).isTrue();
        look("{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}");
        look("{\"type\":\"response.function_call_arguments.delta\",\"delta\":\"a\"}");
        assertThat(stream.silent()).isTrue();
    }

    @Test
    void ourErrorGoesOnWithWhatWasSeen() throws SseException, JsonException {
        look(created());
        look("{\"type\":\"response.output_text.delta\",\"sequence_number\":41,\"delta\":\"a\"}");
        String text = new String(stream.error(CUT), StandardCharsets.UTF_8);
        String[] blocks = text.split("\n\n");
        assertThat(blocks).hasSize(2);
        assertThat(blocks[0])
                .isEqualTo(
                        "event: error\ndata: {\"type\":\"error\",\"sequence_number\":42,\"error\":{\"type\":\"api_error\","
                                + "\"code\":\"upstream_truncated\",\"message\":\"provider \\\"a\\\" stopped\",\"param\":null}}");
        assertThat(blocks[1])
                .startsWith("event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":43,");
        byte[] data = blocks[1].substring(blocks[1].indexOf('{')).getBytes(StandardCharsets.UTF_8);
        new JsonScanner(FieldTable.of(), 8).scan(data, 0, data.length);
        ResponseEvent event = new ResponseEvent();
        assertThat(event.read(data, 0, data.length)).isTrue();
        assertThat(event.isLast()).isTrue();
        TopFields fields = new TopFields(REQUIRED);
        fields.read(data, event.responseFrom(), event.responseTo());
        for (int i = 0; i < REQUIRED.size(); i++) {
            assertThat(fields.has(i)).as(REQUIRED.name(i)).isTrue();
        }
        ResponseObject response = event.response(data);
        assertThat(response).isNotNull();
        assertThat(response.id()).isEqualTo("resp_1");
        assertThat(response.model()).isEqualTo("vendor/model");
        assertThat(response.createdAt()).isEqualTo(1_750_705_325);
        assertThat(response.isFailed()).isTrue();
    }

    @Test
    void ourErrorBeforeAnythingCame() throws SseException {
        String text = new String(stream.error(CUT), StandardCharsets.UTF_8);
        assertThat(text)
                .contains(
                        "\"sequence_number\":0,\"error\"", "\"sequence_number\":1,\"response\":{\"id\":\"resp_01ABC\"");
        EventReader reader = ResponsesDialect.INSTANCE.eventReader();
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        reader.feed(a, 0, a.length);
        AnswerStream again = ResponsesDialect.INSTANCE.answerStream(1);
        assertThat(reader.next()).isTrue();
        assertThat(again.look(reader)).isEqualTo(Meaning.ERROR);
        assertThat(reader.next()).isTrue();
        assertThat(again.look(reader)).isEqualTo(Meaning.ERROR | Meaning.LAST);
        assertThat(reader.tail()).isZero();
    }

    @Test
    void theFirstIdThatIsToldIsTheAnswers() throws SseException {
        look("{\"type\":\"response.created\",\"response\":{\"status\":\"in_progress\"}}");
        assertThat(stream.storedId()).isNull();
        look("{\"type\":\"response.in_progress\",\"response\":{\"id\":\"resp_1\"}}");
        assertThat(stream.storedId()).isEqualTo("resp_1");
        look("{\"type\":\"response.completed\",\"response\":{\"id\":\"resp_2\"}}");
        assertThat(stream.storedId()).as("a provider that changes it").isEqualTo("resp_1");
    }

    private static String created() {
        return "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"object\":\"response\","
                + "\"created_at\":1750705325,\"status\":\"in_progress\",\"error\":null,\"model\":\"vendor\\/model\",\"usage\":null}}";
    }

    private static ProviderError error(String data) {
        byte[] a = data.getBytes(StandardCharsets.UTF_8);
        return ResponsesDialect.INSTANCE.error(a, 0, a.length);
    }

    private int look(String data) throws SseException {
        EventReader reader = ResponsesDialect.INSTANCE.eventReader();
        byte[] a = ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
        reader.feed(a, 0, a.length);
        assertThat(reader.next()).isTrue();
        return stream.look(reader);
    }
}
