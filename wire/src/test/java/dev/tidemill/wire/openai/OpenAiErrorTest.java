package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.RequestException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OpenAiErrorTest {
    @Test
    void allFourKeysAreAlwaysThere() {
        assertThat(text(OpenAiError.body("no \"such\"\nmodel", "invalid_request_error", "model", "model_not_found")))
                .isEqualTo("{\"error\":{\"message\":\"no \\\"such\\\"\\nmodel\",\"type\":\"invalid_request_error\","
                        + "\"param\":\"model\",\"code\":\"model_not_found\"}}");
        assertThat(text(OpenAiError.body("x", "server_error", null, null)))
                .isEqualTo("{\"error\":{\"message\":\"x\",\"type\":\"server_error\",\"param\":null,\"code\":null}}");
    }

    @Test
    void asAnEvent() {
        byte[] event = OpenAiError.event("x\r\ny", "server_error", null, "upstream_cut");
        assertThat(text(event))
                .isEqualTo("data: {\"error\":{\"message\":\"x\\r\\ny\",\"type\":\"server_error\",\"param\":null,"
                        + "\"code\":\"upstream_cut\"}}\n\n");
        assertThat(ChatEvents.classify(event, 6, event.length, true)).isEqualTo(Meaning.ERROR);
    }

    @Test
    void ofARequestThatIsRefused() {
        RequestException fault =
                catchThrowableOfType(RequestException.class, () -> new ChatRequest().scan(new byte[] {'{', '}'}, 0, 2));
        assertThat(text(OpenAiError.body(fault)))
                .isEqualTo(
                        "{\"error\":{\"message\":\"model: missing (expected: a string)\",\"type\":\"invalid_request_error\","
                                + "\"param\":\"model\",\"code\":\"missing_required_parameter\"}}");
    }

    private static String text(byte[] a) {
        return new String(a, StandardCharsets.UTF_8);
    }
}
