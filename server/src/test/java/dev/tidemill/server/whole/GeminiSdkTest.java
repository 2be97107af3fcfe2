package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.genai.Client;
import com.google.genai.types.EmbedContentConfig;
import com.google.genai.types.EmbedContentResponse;
import com.google.genai.types.ListModelsConfig;
import com.google.genai.types.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
        node = Node.ofEachProtocol(folder, """
                  "embed-here": { targets: [{ provider: gemini, model: "embed-there" }] }
                """);
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

    /** It asks for {@code batchEmbedContents}, and names the model in the body too, which the provider holds against its path. */
    @Test
    void textsBecomeNumbers() {
        for (String model : List.of("gemini-test", "embed-here")) {
            EmbedContentConfig config =
                    EmbedContentConfig.builder().outputDimensionality(8).build();
            EmbedContentResponse one = client.models.embedContent(model, "one", config);
            EmbedContentResponse several = client.models.embedContent(model, List.of("one", "two"), config);

            assertThat(one.embeddings().orElseThrow()).hasSize(1);
            assertThat(one.embeddings().orElseThrow().getFirst().values().orElseThrow())
                    .hasSize(8);
            assertThat(several.embeddings().orElseThrow())
                    .hasSize(2)
                    .startsWith(one.embeddings().orElseThrow().getFirst());
        }
    }

    @Test
    void modelsAreAllThatItsKeyMayUse() {
        assertThat(StreamSupport.stream(
                        client.models.list(ListModelsConfig.builder().build()).spliterator(), false))
                .extracting(model -> model.name().orElseThrow())
                .containsExactly("models/claude-test", "models/embed-here", "models/gemini-test", "models/gpt-test");
        Model one = client.models.get("gemini-test", null);
        assertThat(one.name()).contains("models/gemini-test");
    }
}
