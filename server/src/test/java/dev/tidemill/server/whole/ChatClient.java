package dev.tidemill.server.whole;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** OpenAI's client with Chat Completions. Reasoning is no part of this API; its usual field is read from what else came. */
final class ChatClient implements OfficialClient {
    private static final String REASONING = "reasoning_content";

    private final OpenAIClient client;

    ChatClient(String url, String key, int retries, Duration timeout) {
        client = openAi(url, key, retries, timeout);
    }

    static OpenAIClient openAi(String url, String key, int retries, Duration timeout) {
        OpenAIOkHttpClient.Builder builder =
                OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey(key).timeout(timeout);
        return retries < 0 ? builder.build() : builder.maxRetries(retries).build();
    }

    private static ChatCompletionCreateParams.Builder question(String model) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage(QUESTION)
                .addTool(ChatCompletionFunctionTool.builder()
                        .function(FunctionDefinition.builder()
                                .name(TOOL)
                                .parameters(FunctionParameters.builder()
                                        .putAdditionalProperty("type", JsonValue.from("object"))
                                        .putAdditionalProperty(
                                                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                        .build())
                                .build())
                        .build());
    }

    @Override
    public Said ask(String model) {
        ChatCompletion answer =
                client.chat().completions().create(question(model).build()).validate();
        return said(answer, reasoning(answer.choices().getFirst().message()._additionalProperties()));
    }

    @Override
    public Said stream(String model) {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        StringBuilder reasoning = new StringBuilder();
        ChatCompletionCreateParams asking = question(model)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(asking)) {
            stream.stream().forEach(chunk -> {
                whole.accumulate(chunk.validate());
                chunk.choices()
                        .forEach(choice ->
                                reasoning.append(reasoning(choice.delta()._additionalProperties())));
            });
        }
        return said(whole.chatCompletion(), reasoning.toString());
    }

    private static String reasoning(Map<String, JsonValue> more) {
        JsonValue value = more.get(REASONING);
        return value == null ? "" : value.convert(String.class);
    }

    private static Said said(ChatCompletion answer, String reasoning) {
        ChatCompletionMessage message = answer.choices().getFirst().message();
        List<String> calls = message.toolCalls().orElse(List.of()).stream()
                .map(call -> call.asFunction().function())
                .map(function -> function.name() + " " + Json.sorted(function.arguments()))
                .toList();
        Optional<CompletionUsage> usage = answer.usage();
        return new Said(
                message.content().orElse(""),
                reasoning,
                calls,
                usage.map(CompletionUsage::promptTokens).orElse(0L),
                usage.map(CompletionUsage::completionTokens).orElse(0L),
                true); // it gives none that is not
    }

    @Override
    public Refused refused(Throwable thrown) {
        return told(thrown);
    }

    static Refused told(Throwable thrown) {
        return thrown instanceof OpenAIServiceException refused
                ? new Refused(
                        refused.statusCode(),
                        refused.code().orElse(null),
                        refused.getMessage(),
                        refused.headers().values("retry-after").stream()
                                .findFirst()
                                .orElse(null))
                : null;
    }

    @Override
    public void close() {
        client.close();
    }
}
