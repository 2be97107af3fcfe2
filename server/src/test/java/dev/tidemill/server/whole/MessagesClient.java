package dev.tidemill.server.whole;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Anthropic's client. */
final class MessagesClient implements OfficialClient {
    private static final int LONGEST = 4000;

    final AnthropicClient client;

    MessagesClient(String url, String key, int retries, Duration timeout) {
        AnthropicOkHttpClient.Builder builder =
                AnthropicOkHttpClient.builder().baseUrl(url).apiKey(key).timeout(timeout);
        client = retries < 0 ? builder.build() : builder.maxRetries(retries).build();
    }

    private static MessageCreateParams question(String model) {
        return MessageCreateParams.builder()
                .model(model)
                .maxTokens(LONGEST)
                .addUserMessage(QUESTION)
                .addTool(Tool.builder()
                        .name(TOOL)
                        .inputSchema(Tool.InputSchema.builder()
                                .properties(JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build();
    }

    @Override
    public Said ask(String model) {
        return said(client.messages().create(question(model)).validate());
    }

    @Override
    public Said stream(String model) {
        MessageAccumulator whole = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream = client.messages().createStreaming(question(model))) {
            stream.stream().forEach(event -> whole.accumulate(event.validate()));
        }
        return said(whole.message());
    }

    private static Said said(Message answer) {
        List<String> calls = answer.content().stream()
                .flatMap(block -> block.toolUse().stream())
                .map(call -> call.name() + " " + Json.write(call._input().convert(Object.class)))
                .toList();
        return new Said(
                text(answer, block -> block.text().map(text -> text.text()).orElse("")),
                text(
                        answer,
                        block -> block.thinking()
                                .map(thinking -> thinking.thinking())
                                .orElse("")),
                calls,
                answer.usage().inputTokens(),
                answer.usage().outputTokens(),
                answer.stopReason().isPresent());
    }

    private static String text(Message answer, Function<ContentBlock, String> part) {
        return answer.content().stream().map(part).collect(Collectors.joining());
    }

    @Override
    public Refused refused(Throwable thrown) {
        return thrown instanceof AnthropicServiceException refused
                ? new Refused(
                        refused.statusCode(),
                        refused.errorType().map(Object::toString).orElse(null),
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
