package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import dev.tidemill.simulator.Behaviour;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's own Java client, unchanged, as the one that model calls are made with. */
class OpenAiSdkTest {
    @TempDir
    static Path folder;

    private static Node node;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        node = Node.start(folder);
        client = Sdk.of(node.url() + "/v1", node.key("sdk")).client();
    }

    @AfterAll
    static void stop() {
        client.close();
        node.close();
    }

    @AfterEach
    void behaveAgain() {
        node.simulator.behave(Behaviour.plain());
    }

    private static ChatCompletionCreateParams.Builder hello(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("Hello, 世界");
    }

    @Test
    void aChatInOnePieceHasTextAndUsage() {
        ChatCompletion answer =
                client.chat().completions().create(hello("gpt-test").build()).validate();

        assertThat(answer.choices().getFirst().message().content().orElseThrow())
                .isNotBlank();
        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("stop");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(24);
    }

    @Test
    void aStreamAccumulatesToAWholeAnswerWithoutUsageNobodyAskedFor() {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(hello("gpt-test").build())) {
            stream.stream().peek(ChatCompletionChunk::validate).forEach(whole::accumulate);
        }

        ChatCompletion answer = whole.chatCompletion();
        assertThat(answer.choices().getFirst().message().content().orElseThrow())
                .isNotBlank();
        assertThat(answer.usage()).isEmpty();
    }

    @Test
    void aStreamThatAskedForUsageEndsWithIt() {
        ChatCompletionCreateParams asking = hello("gpt-test")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asking)) {
            chunks = stream.stream().toList();
        }

        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().completionTokens()).isEqualTo(24);
    }

    private static ChatCompletionCreateParams withTool() {
        return hello("sim-tools=2+tool-split")
                .addTool(ChatCompletionFunctionTool.builder()
                        .function(FunctionDefinition.builder()
                                .name("weather")
                                .parameters(FunctionParameters.builder()
                                        .putAdditionalProperty("type", JsonValue.from("object"))
                                        .putAdditionalProperty(
                                                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                        .build())
                                .build())
                        .build())
                .build();
    }

    @Test
    void toolCallsComeWholeInOnePiece() {
        ChatCompletion answer = client.chat().completions().create(withTool()).validate();

        assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("tool_calls");
        assertThat(answer.choices().getFirst().message().toolCalls().orElseThrow())
                .hasSize(2)
                .allSatisfy(
                        call -> assertThat(call.asFunction().function().name()).isEqualTo("weather"));
    }

    @Test
    void toolCallsComeWholeFromAStreamThatSplitsTheirArguments() {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(withTool())) {
            stream.stream().forEach(whole::accumulate);
        }

        ChatCompletion inOnePiece = client.chat().completions().create(withTool());
        assertThat(arguments(whole.chatCompletion()))
                .hasSize(2)
                .allMatch(arguments -> arguments.startsWith("{") && arguments.endsWith("}"))
                .isEqualTo(arguments(inOnePiece));
    }

    private static List<String> arguments(ChatCompletion answer) {
        return answer.choices().getFirst().message().toolCalls().orElseThrow().stream()
                .map(call -> call.asFunction().function().arguments())
                .toList();
    }

    @Test
    void embeddings() {
        CreateEmbeddingResponse answer = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("text-embedding-3-small")
                        .inputOfArrayOfStrings(List.of("one", "two"))
                        .build())
                .validate();

        assertThat(answer.data())
                .hasSize(2)
                .allSatisfy(item -> assertThat(item.embedding()).isNotEmpty());
        assertThat(answer.usage().promptTokens()).isPositive();
    }

    @Test
    void completionsInOnePieceAndStreamed() {
        CompletionCreateParams ask = CompletionCreateParams.builder()
                .model("gpt-3.5-turbo-instruct")
                .prompt("Once upon")
                .build();
        Completion whole = client.completions().create(ask).validate();
        StringBuilder streamed = new StringBuilder();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(ask)) {
            stream.stream().forEach(piece -> piece.choices().forEach(choice -> streamed.append(choice.text())));
        }

        assertThat(whole.choices().getFirst().text()).isNotBlank();
        assertThat(streamed.toString()).isNotBlank();
    }

    @Test
    void modelsAreTheConfiguredNamesWithoutWildcards() {
        assertThat(client.models().list().data()).extracting(Model::id).containsExactly("gpt-test", "renamed");
        assertThat(client.models().retrieve("renamed").validate().id()).isEqualTo("renamed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai/gpt-4o-mini", "openrouter/meta-llama/llama-3:free", "gpt 4", "模型"})
    void aModelsNameMayHaveSlashesAndMore(String name) throws Exception {
        assertThat(client.models().retrieve(name).validate().id()).isEqualTo(name);
        assertThat(client.chat().completions().create(hello(name).build()).model())
                .isEqualTo(name);
    }

    @Test
    void aModelsNameWithSlashesIsFoundAsItIsWritten() throws Exception {
        String key = node.key("curl");
        for (String name : List.of("openai/gpt-4o-mini", "openrouter/meta-llama/llama-3:free")) {
            assertThat(node.ask("GET", "/v1/models/" + name, key, null)
                            .json()
                            .path("id")
                            .asString())
                    .isEqualTo(name);
        }
    }

    @Test
    void aRestrictedKeySeesItsModelsAloneAndGetsNoOther() throws Exception {
        try (Sdk restricted = Sdk.of(node.url() + "/v1", node.key("restricted", ",\"models\":[\"gpt-*\"]"))) {
            assertThat(restricted.client().models().list().data())
                    .extracting(Model::id)
                    .containsExactly("gpt-test");
            assertThatThrownBy(() -> restricted.client().models().retrieve("renamed"))
                    .isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> restricted
                            .client()
                            .chat()
                            .completions()
                            .create(hello("renamed").build()))
                    .isInstanceOfSatisfying(NotFoundException.class, e -> {
                        assertThat(e.code()).contains("model_not_found");
                        assertThat(e.param()).contains("model");
                    });
        }
    }

    @Test
    void aWrongKeyIsUnauthorized() {
        try (Sdk stranger = Sdk.of(node.url() + "/v1", "tm-abcdefgh_not-a-key-of-this-relay")) {
            assertThatThrownBy(() -> stranger.client()
                            .chat()
                            .completions()
                            .create(hello("gpt-test").build()))
                    .isInstanceOfSatisfying(
                            UnauthorizedException.class,
                            e -> assertThat(e.code()).contains("invalid_api_key"));
            assertThatThrownBy(() -> stranger.client().models().list()).isInstanceOf(UnauthorizedException.class);
        }
    }

    @Test
    void whatTheProviderRefusesIsABadRequestInItsOwnWords() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(hello("sim-400;message=the%20temperature%20is%20too%20high")
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("the temperature is too high");
    }

    @Test
    void theProvidersRateLimitIsOneWithWholeSeconds() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(hello("sim-429;retry-after=7").build()))
                .isInstanceOfSatisfying(
                        RateLimitException.class,
                        e -> assertThat(e.headers().values("retry-after")).containsExactly("7"));
    }

    @Test
    void aProviderThatClosesIsAServerErrorNotABrokenConnection() {
        node.simulator.behave(Behaviour.of("close"));

        assertThatThrownBy(() ->
                        client.chat().completions().create(hello("gpt-test").build()))
                .isInstanceOfSatisfying(
                        InternalServerException.class,
                        e -> assertThat(e.statusCode()).isEqualTo(502));
    }

    @Test
    void aStreamThatBreaksAfterItsFirstContentIsAnErrorNotAShortAnswer() {
        assertThatThrownBy(() -> {
                    try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                            .completions()
                            .createStreaming(hello("sim-cut-after=3").build())) {
                        stream.stream().forEach(chunk -> {});
                    }
                })
                .isInstanceOf(OpenAIException.class);
    }

    @Test
    void aBaseUrlThatEndsInADoubledVersionServesAllTheSame() throws Exception {
        String key = node.key("doubled");
        try (Sdk doubled = Sdk.of(node.url() + "/v1/v1", key)) {
            assertThat(doubled.client()
                            .chat()
                            .completions()
                            .create(hello("gpt-test").build())
                            .choices())
                    .isNotEmpty();
            assertThat(doubled.client().models().list().data()).isNotEmpty();
            assertThat(doubled.client().files().list().data()).isEmpty();
            assertThat(doubled.client().batches().list().data()).isEmpty();
        }
    }
}
