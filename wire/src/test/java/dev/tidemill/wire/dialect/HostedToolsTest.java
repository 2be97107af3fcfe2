package dev.tidemill.wire.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.openai.ResponsesDialect;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostedToolsTest {
    private static boolean hosted(Dialect dialect, String tools) {
        byte[] a = tools.getBytes(StandardCharsets.UTF_8);
        return dialect.hostedTools(a, 0, a.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[{\"type\":\"function\",\"name\":\"x\",\"parameters\":{\"type\":\"object\"}}]",
                "[{\"name\":\"y\",\"type\":\"custom\"} , {\"type\":\"function\"}]"
            })
    void whatTheClientRunsMayBeAskedForTwice(String tools) {
        assertThat(hosted(ResponsesDialect.INSTANCE, tools)).isFalse();
        assertThat(hosted(ChatDialect.INSTANCE, tools)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"type\":\"web_search\"}]",
                "[{\"type\":\"function\"},{\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}}]",
                "[{\"type\":7}]",
                "[{\"name\":\"x\"}]",
                "[3]",
                "[{\"type\":\"function\",\"type\":\"web_search\"}]",
                "[{\"type\":\"function\",\"t\\u0079pe\":\"web_search\"}]",
                "[{\"type\":\"function\""
            })
    void whatTheProviderRunsMayNot(String tools) {
        assertThat(hosted(ResponsesDialect.INSTANCE, tools)).isTrue();
        assertThat(hosted(ChatDialect.INSTANCE, tools)).isTrue();
    }

    @Test
    void eachApiHasItsOwnWords() {
        assertThat(hosted(MessagesDialect.INSTANCE, "[{\"name\":\"x\",\"input_schema\":{\"type\":\"object\"}}]"))
                .isFalse();
        assertThat(hosted(MessagesDialect.INSTANCE, "[{\"type\":\"custom\",\"name\":\"x\"}]"))
                .isFalse();
        assertThat(hosted(MessagesDialect.INSTANCE, "[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]"))
                .isTrue();
        assertThat(hosted(GeminiDialect.EVENTS, "[{\"functionDeclarations\":[{\"name\":\"x\"}]}]"))
                .isFalse();
        assertThat(hosted(GeminiDialect.EVENTS, "[{\"function_declarations\":[]},{\"googleSearch\":{}}]"))
                .isTrue();
    }
}
