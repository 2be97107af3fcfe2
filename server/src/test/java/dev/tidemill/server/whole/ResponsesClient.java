package dev.tidemill.server.whole;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseOutputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ResponseUsage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** OpenAI's client with Responses. */
final class ResponsesClient implements OfficialClient {
    private final OpenAIClient client;

    ResponsesClient(String url, String key, int retries, Duration timeout) {
        client = ChatClient.openAi(url, key, retries, timeout);
    }

    private static ResponseCreateParams question(String model) {
        return ResponseCreateParams.builder()
                .model(model)
                .input(QUESTION)
                .addTool(FunctionTool.builder()
                        .name(TOOL)
                        .strict(false)
                        .parameters(FunctionTool.Parameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build();
    }

    @Override
    public Said ask(String model) {
        return said(client.responses().create(question(model)).validate());
    }

    @Override
    public Said stream(String model) {
        ResponseAccumulator whole = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(question(model))) {
            stream.stream().forEach(event -> whole.accumulate(event.validate()));
        }
        return said(whole.response());
    }

    private static Said said(Response answer) {
        return new Said(
                answer.output().stream()
                        .flatMap(item -> item.message().stream())
                        .flatMap(message -> message.content().stream())
                        .map(content -> content.asOutputText().text())
                        .collect(Collectors.joining()),
                answer.output().stream()
                        .flatMap(item -> item.reasoning().stream())
                        .flatMap(item -> item.summary().stream())
                        .map(part -> part.text())
                        .collect(Collectors.joining()),
                calls(answer.output()),
                answer.usage().map(ResponseUsage::inputTokens).orElse(0L),
                answer.usage().map(ResponseUsage::outputTokens).orElse(0L),
                answer.status().filter(ResponseStatus.COMPLETED::equals).isPresent());
    }

    private static List<String> calls(List<ResponseOutputItem> output) {
        return output.stream()
                .flatMap(item -> item.functionCall().stream())
                .map(call -> call.name() + " " + Json.sorted(call.arguments()))
                .toList();
    }

    @Override
    public Refused refused(Throwable thrown) {
        return ChatClient.told(thrown);
    }

    @Override
    public void close() {
        client.close();
    }
}
