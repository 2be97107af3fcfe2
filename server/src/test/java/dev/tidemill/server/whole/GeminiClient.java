package dev.tidemill.server.whole;

import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.errors.ApiException;
import com.google.genai.types.AutomaticFunctionCallingConfig;
import com.google.genai.types.FunctionDeclaration;
import com.google.genai.types.GenerateContentConfig;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.GenerateContentResponseUsageMetadata;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.HttpRetryOptions;
import com.google.genai.types.Part;
import com.google.genai.types.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Google's client. It puts nothing together itself, so the pieces are put together here. */
final class GeminiClient implements OfficialClient {
    private static final GenerateContentConfig CONFIG = GenerateContentConfig.builder()
            .tools(Tool.builder()
                    .functionDeclarations(FunctionDeclaration.builder()
                            .name(TOOL)
                            .parametersJsonSchema(
                                    Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string"))))))
            .automaticFunctionCalling(AutomaticFunctionCallingConfig.builder().disable(true))
            .build();

    final Client client;

    GeminiClient(String url, String key, int retries, Duration timeout) {
        HttpOptions.Builder options = HttpOptions.builder().baseUrl(url).timeout(Math.toIntExact(timeout.toMillis()));
        if (retries >= 0) {
            HttpRetryOptions.Builder retrying = HttpRetryOptions.builder().attempts(retries + 1);
            if (retries == 0) { // it also waits behind its last attempt
                retrying.initialDelay(0.001).maxDelay(0.001).jitter(0.0);
            }
            options.retryOptions(retrying);
        }
        client = Client.builder().apiKey(key).httpOptions(options.build()).build();
    }

    @Override
    public Said ask(String model) {
        return said(List.of(client.models.generateContent(model, QUESTION, CONFIG)));
    }

    @Override
    public Said stream(String model) {
        List<GenerateContentResponse> pieces = new ArrayList<>();
        try (ResponseStream<GenerateContentResponse> stream =
                client.models.generateContentStream(model, QUESTION, CONFIG)) {
            stream.forEach(pieces::add);
        }
        return said(pieces);
    }

    private static Said said(List<GenerateContentResponse> pieces) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        List<String> calls = new ArrayList<>();
        boolean complete = false;
        Optional<GenerateContentResponseUsageMetadata> usage =
                pieces.isEmpty() ? Optional.empty() : pieces.getLast().usageMetadata();
        for (GenerateContentResponse piece : pieces) {
            for (Part part : Optional.<List<Part>>ofNullable(piece.parts()).orElse(List.of())) {
                part.text().ifPresent(some -> (part.thought().orElse(false) ? reasoning : text).append(some));
                part.functionCall()
                        .ifPresent(call -> calls.add(call.name().orElse("") + " "
                                + Json.write(call.args().orElse(Map.of()))));
            }
            complete |= piece.candidates().orElse(List.of()).stream()
                    .anyMatch(candidate -> candidate.finishReason().isPresent());
        }
        return new Said(
                text.toString(),
                reasoning.toString(),
                calls,
                usage.flatMap(GenerateContentResponseUsageMetadata::promptTokenCount)
                        .orElse(0),
                usage.flatMap(GenerateContentResponseUsageMetadata::candidatesTokenCount)
                                .orElse(0)
                        + usage.flatMap(GenerateContentResponseUsageMetadata::thoughtsTokenCount)
                                .orElse(0),
                complete);
    }

    @Override
    public Refused refused(Throwable thrown) {
        return thrown instanceof ApiException refused
                ? new Refused(refused.code(), refused.status(), refused.message(), null)
                : null;
    }

    @Override
    public void close() {
        client.close();
    }
}
