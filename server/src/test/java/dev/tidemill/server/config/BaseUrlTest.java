package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Protocol;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseUrlTest {
    @ParameterizedTest
    @CsvSource({
        "openai, https://api.openai.com, https://api.openai.com/v1",
        "openai, https://api.openai.com/, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/v1, https://api.openai.com/v1",
        "openai, https://api.openai.com/v1/chat/completions, https://api.openai.com/v1",
        "openai, http://127.0.0.1:9001/v1//, http://127.0.0.1:9001/v1",
        "openai, http://[::1]:9001, http://[::1]:9001/v1",
        "openai, https://openrouter.ai/api, https://openrouter.ai/api/v1",
        "openai, https://open.bigmodel.cn/api/paas/v4, https://open.bigmodel.cn/api/paas/v4",
        "openai, https://gateway.example/v1/account/openai, https://gateway.example/v1/account/openai",
        "anthropic, https://api.anthropic.com, https://api.anthropic.com/v1",
        "anthropic, https://api.anthropic.com/v1/messages, https://api.anthropic.com/v1",
        "gemini, https://generativelanguage.googleapis.com, https://generativelanguage.googleapis.com/v1beta",
        "gemini, https://generativelanguage.googleapis.com/v1beta/models, https://generativelanguage.googleapis.com/v1beta",
    })
    void whatPeopleWriteIsUnderstood(String protocol, URI written, URI understood) {
        assertThat(BaseUrl.understand(written, Protocol.valueOf(protocol.toUpperCase())))
                .isEqualTo(understood);
    }
}
