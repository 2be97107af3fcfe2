package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemill.wire.dialect.Asked.State;
import dev.tidemill.wire.dialect.RequestException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatRequestTest {
    private final ChatRequest request = new ChatRequest();

    @Test
    void allThatIsRead() throws RequestException {
        scan("{\"messages\":[{\"role\":\"user\",\"content\":\"model\"}],\"stream\":true,\"model\":\"gpt-x\",\"n\":2,"
                + "\"max_tokens\":10,\"max_completion_tokens\":20,\"stream_options\":{\"include_usage\":true}}");
        assertThat(request.model()).isEqualTo("gpt-x");
        assertThat(request.stream()).isTrue();
        assertThat(request.usageAsked()).isTrue();
        assertThat(request.n()).isEqualTo(2);
        assertThat(request.maxTokens()).isEqualTo(10);
        assertThat(request.maxCompletionTokens()).isEqualTo(20);
        assertThat(request.maxOutput()).isEqualTo(20);
    }

    @Test
    void whatIsAbsentOrNullHasItsDefault() throws RequestException {
        for (String rest : new String[] {
            "", ",\"stream\":null,\"stream_options\":null,\"n\":null,\"max_tokens\":null,\"max_completion_tokens\":null"
        }) {
            scan("{\"model\":\"m\"" + rest + "}");
            assertThat(request.stream()).isFalse();
            assertThat(request.usageAsked()).isFalse();
            assertThat(request.n()).isEqualTo(1);
            assertThat(request.maxTokens()).isEqualTo(-1);
            assertThat(request.maxCompletionTokens()).isEqualTo(-1);
            assertThat(request.maxOutput()).isEqualTo(-1);
        }
    }

    @Test
    void theSameModelIsTheSameString() throws RequestException {
        scan("{\"model\":\"gpt-x\"}");
        String first = request.model();
        scan("{\"stream\":true,\"model\":\"gpt-x\"}");
        assertThat(request.model()).isSameAs(first);
        scan("{\"model\":\"gpt-y\"}");
        assertThat(request.model()).isEqualTo("gpt-y");
        scan("{\"model\":\"gpt\\u002dy\"}");
        assertThat(request.model()).isEqualTo("gpt-y");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            []                                              | -              | invalid_type               | request body: an array (expected: an object)
            "x"                                             | -              | invalid_type               | request body: a string (expected: an object)
            {"model":"m"                                    | -              | invalid_json               | request body: not JSON at byte 12 (expected: ',' or '}')
            {"model":"m"} x                                 | -              | invalid_json               | request body: not JSON at byte 14 (expected: the end)
            {"messages":[]}                                 | model          | missing_required_parameter | model: missing (expected: a string)
            {"model":null}                                  | model          | missing_required_parameter | model: missing (expected: a string)
            {"model":7}                                     | model          | invalid_type               | model: a number at byte 9 (expected: a string)
            {"model":""}                                    | model          | invalid_value              | model: 0 bytes at byte 9 (expected: 1 to 256)
            {"model":"m","stream":"yes"}                    | stream         | invalid_type               | stream: a string at byte 22 (expected: true or false)
            {"model":"m","stream":1}                        | stream         | invalid_type               | stream: a number at byte 22 (expected: true or false)
            {"model":"m","stream_options":true}             | stream_options | invalid_type               | stream_options: true at byte 30 (expected: an object)
            {"model":"m","n":0}                             | n              | invalid_value              | n: 0 at byte 17 (expected: a whole number, 1 to 128)
            {"model":"m","n":129}                           | n              | invalid_value              | n: 129 at byte 17 (expected: a whole number, 1 to 128)
            {"model":"m","n":"1"}                           | n              | invalid_type               | n: a string at byte 17 (expected: a whole number, 1 to 128)
            {"model":"m","max_tokens":-1}                   | max_tokens     | invalid_value              | max_tokens: -1 at byte 26 (expected: a whole number, 1 to 100000000)
            {"model":"m","max_tokens":1.5}                  | max_tokens     | invalid_value              | max_tokens: 1.5 at byte 26 (expected: a whole number, 1 to 100000000)
            {"model":"m","max_completion_tokens":4294967297} | max_completion_tokens | invalid_value       | max_completion_tokens: 4294967297 at byte 37 (expected: a whole number, 1 to 100000000)
            {"model":"m","n":111111111111111111111111111}   | n              | invalid_value              | n: a number of 27 characters at byte 17 (expected: a whole number, 1 to 128)
            {"model":"m","model":"k"}                       | model          | duplicate_parameter        | model: a second one at byte 21 (expected: one)
            {"model":"m","mod\\u0065l":"k"}                 | model          | duplicate_parameter        | model: a second one at byte 26 (expected: one)
            {"stream":true,"model":"m","stream":true}       | stream         | duplicate_parameter        | stream: a second one at byte 36 (expected: one)
            {"model":"m","stream_options":{"include_usage":1}} | stream_options.include_usage | invalid_type | stream_options.include_usage: a number at byte 47 (expected: true or false)
            {"model":"m","stream_options":{"include_usage":true,"include_usage":false}} | stream_options.include_usage | duplicate_parameter | stream_options.include_usage: a second one at byte 68 (expected: one)
            """)
    void isRefused(String body, String param, String code, String message) {
        RequestException e = catchThrowableOfType(RequestException.class, () -> scan(body));
        assertThat(e).hasMessage(message);
        assertThat(e.code()).isEqualTo(code);
        assertThat(e.param()).isEqualTo(param.equals("-") ? null : param);
    }

    @Test
    void damagedTextIsRefused() {
        byte[] body = "{\"model\":\"m?\"}".getBytes(StandardCharsets.UTF_8);
        body[11] = (byte) 0xFF;
        RequestException e = catchThrowableOfType(RequestException.class, () -> request.scan(body, 0, body.length));
        assertThat(e.code()).isEqualTo("invalid_encoding");
        assertThat(e).hasMessage("request body: not UTF-8 at byte 11 (expected: UTF-8)");
    }

    @Test
    void deepNestingIsRefused() throws RequestException {
        scan("{\"model\":\"m\",\"x\":" + "[".repeat(63) + "]".repeat(63) + "}");
        RequestException e = catchThrowableOfType(
                RequestException.class, () -> scan("{\"model\":\"m\",\"x\":" + "[".repeat(64) + "]".repeat(64) + "}"));
        assertThat(e.code()).isEqualTo("nesting_too_deep");
        assertThat(e).hasMessage("request body: nesting: 65 levels at byte 80 (expected: <= 64)");
    }

    @Test
    void aModelNameOfTheLimitIsTaken() throws RequestException {
        scan("{\"model\":\"" + "m".repeat(256) + "\"}");
        assertThat(request.model()).hasSize(256);
        assertThat(catchThrowableOfType(RequestException.class, () -> scan("{\"model\":\"" + "m".repeat(257) + "\"}")))
                .hasMessage("model: 257 bytes at byte 9 (expected: 1 to 256)");
    }

    @Test
    void aFileOfAProvidersTiesTheRequestToIt() throws RequestException {
        assertThat(
                        state(
                                "{\"model\":\"m\",\"messages\":[{\"content\":[{\"type\":\"file\",\"file\":{\"file_id\":\"f\"}}]}]}"))
                .isEqualTo(new State(null, "file_id", false, null, false));
        assertThat(state("{\"model\":\"m\",\"messages\":[{\"content\":\"\\\"file_id\\\":\\\"f\\\"\"}],"
                        + "\"tools\":[{\"file_id\":\"f\"}],\"metadata\":{\"file_id\":\"f\"}}"))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"role":"assistant","audio":{"id":"audio_1"}}                                    | audio.id
            {"role":"assistant","audio" : { "expires_at":1,"id":"audio_1" } }                | audio.id
            {"role":"assistant","\\u0061udio":{"i\\u0064":"audio_1"}}                        | audio.id
            {"role":"system","content":"fileid://a,fileid://b"}                              | fileid://
            {"role":"system","content":"fileid:\\/\\/a"}                                     | fileid://
            {"role":"cache","content":"tag=t"}                                               | role: cache
            { "role" : "cache" }                                                             | role: cache
            {"role":"user","content":[{"type":"file","file":{"file_id":""}}]}                | file_id
            {"file_id":""}                                                                   | file_id
            {"file_ids":[ "f" ]}                                                             | file_ids
            {"role":"user","content":"\\"file_id\\":\\"f\\""}                                |
            {"file_id":{"type":"string"},"file_ids":[],"skill_id":null}                      |
            {"role":"assistant","audio":null}                                                |
            {"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA=="}}]} |
            {"role":"user","content":"\\"audio\\":{\\"id\\":\\"x\\"} \\"fileid://x \\"role\\":\\"cache\\""} |
            {"role":"user","content":"cache"}                                                |
            {"role":"user","content":"fileid: what is that?"}                                |
            """)
    void whatElseAProviderHoldsTiesTheRequestToItToo(String message, @Nullable String foreign) throws RequestException {
        for (int before = 0; before < 16; before++) { // words are looked at, wherever they begin
            State state = state("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"audio"
                    + "x".repeat(before) + "\"}," + message + "]}");
            assertThat(state).isEqualTo(foreign == null ? null : new State(null, foreign, false, null, false));
        }
    }

    private @Nullable State state(String body) throws RequestException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return request.read(bytes, 0, bytes.length).state();
    }

    private void scan(String body) throws RequestException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        byte[] wider = new byte[bytes.length + 10];
        Arrays.fill(wider, (byte) '}');
        System.arraycopy(bytes, 0, wider, 5, bytes.length);
        request.scan(wider, 5, 5 + bytes.length);
    }
}
