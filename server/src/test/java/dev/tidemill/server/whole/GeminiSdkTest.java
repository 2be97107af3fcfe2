package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.genai.Client;
import com.google.genai.types.ListModelsConfig;
import com.google.genai.types.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Google's own Java client: what it has beside content. */
class GeminiSdkTest {
    @TempDir
    static Path folder;

    private static Node node;
    private static GeminiClient gemini;
    private static Client client;

    @BeforeAll
    static void start() throws Exception {
        node = Node.ofEachProtocol(folder, "");
        gemini = new GeminiClient(node.url(), node.key("google"), 0, Duration.ofSeconds(20));
        client = gemini.client;
    }

    @AfterAll
    static void stop() {
        gemini.close();
        node.close();
    }

    @Test
    void tokensAreCountedAsTheAnswerCountsThem() {
        int counted = client.models
                .countTokens("gemini-test", OfficialClient.QUESTION, null)
                .totalTokens()
                .orElseThrow();
        int asked = client.models
                .generateContent("gemini-test", OfficialClient.QUESTION, null)
                .usageMetadata()
                .orElseThrow()
                .promptTokenCount()
                .orElseThrow();

        assertThat(counted).isPositive().isEqualTo(asked);
    }

    @Test
    void modelsAreThoseOfItsApi() {
        assertThat(StreamSupport.stream(
                        client.models.list(ListModelsConfig.builder().build()).spliterator(), false))
                .extracting(model -> model.name().orElseThrow())
                .containsExactly("models/gemini-test");
        Model one = client.models.get("gemini-test", null);
        assertThat(one.name()).contains("models/gemini-test");
    }
}
