package dev.tidemill.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.dialect.RequestReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesRequestTest {
    private static final String MESSAGES = "[{\"role\":\"user\",\"content\":\"Hi\"}]";

    private final RequestReader reader = MessagesDialect.INSTANCE.requestReader();

    @Test
    void allThatIsRead() throws RequestException {
        String body = "{\"max_tokens\":1024,\"messages\":" + MESSAGES + ",\"model\":\"claude-x\",\"stream\":true,"
                + "\"system\":\"Be brief\",\"tools\":[{\"name\":\"f\"}]}";
        Asked asked = read(body);
        assertThat(asked.model()).isEqualTo("claude-x");
        assertThat(body.substring(asked.modelFrom(), asked.modelTo())).isEqualTo("\"claude-x\"");
        assertThat(asked.stream()).isTrue();
        assertThat(asked.choices()).isEqualTo(1);
        assertThat(asked.maxOutput()).isEqualTo(1024);
        assertThat(asked.usageEdits()).isNull();
        assertThat(text(body, asked.prompt())).isEqualTo("\"Be brief\"");
        assertThat(text(body, asked.tools())).isEqualTo("[{\"name\":\"f\"}]");
        assertThat(asked.state()).isNull();
    }

    @Test
    void whatIsAbsentHasItsDefault() throws RequestException {
        String body = "{\"model\":\"m\",\"system\":null,\"messages\":" + MESSAGES + "}";
        Asked asked = read(body);
        assertThat(asked.stream()).isFalse();
        assertThat(asked.maxOutput()).isEqualTo(-1);
        assertThat(text(body, asked.prompt())).isEqualTo(MESSAGES);
        assertThat(asked.tools()).isEqualTo(Span.NONE);
    }

    @Test
    void noOutputAtAllOnlyWarmsTheCache() throws RequestException {
        assertThat(read("{\"model\":\"m\",\"max_tokens\":0}").maxOutput()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"model":"m","container":"container_1"}                                                   | container
            {"model":"m","container":{"id":"c","skills":[]}}                                          | container
            {"model":"m","container":null}                                                            | -
            {"model":"m","messages":[{"content":[{"source":{"type":"file","file_id":"file_011C"}}]}]} | file_id
            {"model":"m","messages":[{"content":[{"type":"container_upload","file_id" : "file_011C"}]}]} | file_id
            {"model":"m","messages":[{"content":[{"type":"tool_use","input":{"file_id":"7"}}]}]}      | -
            {"model":"m","messages":[{"content":[{"type":"tool_use","input":{"file_id":7}}]}]}        | -
            {"model":"m","tools":[{"input_schema":{"properties":{"file_id":{"type":"string"}}}}]}     | -
            {"model":"m","messages":[{"content":"\\"file_id\\":\\"file_011C\\""}]}                        | -
            {"model":"m","messages":[{"content":"_i","tool_use_id":"x"}],"a":"_id","my_file_id":"file_1"} | -
            {"model":"m","x":"_i"}                                                                    | -
            """)
    void whatOnlyOneProviderHas(String body, String foreign) throws RequestException {
        Asked asked = read(body);
        if (foreign.equals("-")) {
            assertThat(asked.state()).isNull();
        } else {
            assertThat(asked.state()).isEqualTo(new Asked.State(null, foreign, false, null, false));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            []                                     | -          | request body: an array (expected: an object)
            {"messages":[]}                        | model      | model: missing (expected: a string)
            {"model":7}                            | model      | model: a number at byte 9 (expected: a string)
            {"model":"m","stream":"yes"}           | stream     | stream: a string at byte 22 (expected: true or false)
            {"model":"m","max_tokens":-1}          | max_tokens | max_tokens: -1 at byte 26 (expected: a whole number, 0 to 100000000)
            {"model":"m","max_tokens":1e3}         | max_tokens | max_tokens: 1e3 at byte 26 (expected: a whole number, 0 to 100000000)
            {"model":"m","stream":true,"stream":1} | stream     | stream: a second one at byte 36 (expected: one)
            {"model":"m","system":1,"system":2}    | system     | system: a second one at byte 33 (expected: one)
            """)
    void whatTheClientHasToChange(String body, String param, String message) {
        RequestException fault = catchThrowableOfType(RequestException.class, () -> read(body));
        assertThat(fault.param()).isEqualTo(param.equals("-") ? null : param);
        assertThat(fault.getMessage()).isEqualTo(message);
    }

    private Asked read(String body) throws RequestException {
        byte[] a = ("\"file_id\":\"file_\"  " + body + "_id").getBytes(StandardCharsets.UTF_8);
        int from = "\"file_id\":\"file_\"  ".length();
        return reader.read(a, from, a.length - 3);
    }

    private static String text(String body, Span span) {
        return body.substring(span.from(), span.to());
    }
}
