package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.models.ModelInfo;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anthropic's own Java client: what it has beside messages. */
class AnthropicSdkTest {
    @TempDir
    static Path folder;

    private static Node node;
    private static MessagesClient messages;
    private static AnthropicClient client;

    @BeforeAll
    static void start() throws Exception {
        node = Node.ofEachProtocol(folder, "");
        messages = new MessagesClient(node.url(), node.key("anthropic"), 0, Duration.ofSeconds(20));
        client = messages.client;
    }

    @AfterAll
    static void stop() {
        messages.close();
        node.close();
    }

    @Test
    void tokensAreCountedAsTheAnswerCountsThem() {
        long counted = client.messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model("claude-test")
                        .addUserMessage(OfficialClient.QUESTION)
                        .build())
                .validate()
                .inputTokens();
        long asked = client.messages()
                .create(MessageCreateParams.builder()
                        .model("claude-test")
                        .maxTokens(100)
                        .addUserMessage(OfficialClient.QUESTION)
                        .build())
                .usage()
                .inputTokens();

        assertThat(counted).isPositive().isEqualTo(asked);
    }

    @Test
    void modelsAreAllThatItsKeyMayUse() {
        assertThat(client.models().list().data())
                .extracting(ModelInfo::id)
                .containsExactly("claude-test", "gemini-test", "gpt-test");
        assertThat(client.models().retrieve("claude-test").id()).isEqualTo("claude-test");
        assertThatThrownBy(() -> client.models().retrieve("claude-none")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void anErrorTellsTheIdOfItsRequest() {
        AnthropicServiceException refused = catchThrowableOfType(
                AnthropicServiceException.class,
                () -> client.messages()
                        .create(MessageCreateParams.builder()
                                .model("no-such-model")
                                .maxTokens(100)
                                .addUserMessage(OfficialClient.QUESTION)
                                .build()));

        assertThat(refused.requestId().orElseThrow()).startsWith("req_");
    }
}
