package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** An error as OpenAI's clients read it. */
public record ErrorBody(
        String message,
        String type,
        @Nullable String param,
        @Nullable String code) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads it, and holds it to what every error of ours has: JSON, four keys, no more, a request id. */
    public static ErrorBody of(HttpClient.Answer answer) {
        assertThat(answer.whole()).isTrue();
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("x-request-id")).matches("req_[0-9a-f]{24}");
        return of(answer.body());
    }

    public static ErrorBody of(String body) {
        JsonNode error = JSON.readTree(body).get("error");
        assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
        return new ErrorBody(
                error.get("message").stringValue(),
                error.get("type").stringValue(),
                error.get("param").stringValue(null),
                error.get("code").stringValue(null));
    }
}
