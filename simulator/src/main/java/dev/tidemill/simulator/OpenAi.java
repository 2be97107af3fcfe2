package dev.tidemill.simulator;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The OpenAI API as far as it is simulated: Chat Completions, Completions, Embeddings, Models. */
final class OpenAi implements Protocol {
    private final OpenAiChat chat = new OpenAiChat(this);
    private final OpenAiCompletions completions = new OpenAiCompletions(this);
    private final OpenAiEmbeddings embeddings = new OpenAiEmbeddings(this);

    @Override
    public boolean owns(RequestHead head) {
        return true;
    }

    @Override
    public @Nullable Endpoint endpoint(RequestHead head) {
        if (!head.method().equals("POST")) {
            return null;
        }
        return switch (head.path()) {
            case "/v1/chat/completions" -> chat;
            case "/v1/completions" -> completions;
            case "/v1/embeddings" -> embeddings;
            default -> null;
        };
    }

    @Override
    public @Nullable String page(RequestHead head, Scenario scenario) {
        boolean models = head.method().equals("GET")
                && (head.path().equals("/v1/models") || head.path().startsWith("/v1/models/"));
        return models ? OpenAiModels.body(head.path(), scenario) : null;
    }

    @Override
    public String error(ErrorText error) {
        StringBuilder json = new StringBuilder(160);
        json.append("{\"error\":{\"message\":");
        Json.quote(json, error.message());
        json.append(",\"type\":");
        Json.quote(json, error.type().isEmpty() ? type(error.status()) : error.type());
        json.append(",\"param\":null,\"code\":");
        String code = error.code() == null ? code(error.status()) : error.code();
        if (code == null) {
            json.append("null");
        } else {
            Json.quote(json, code);
        }
        return json.append("}}").toString();
    }

    private static String type(int status) {
        return switch (status) {
            case 429 -> "requests";
            case 529 -> "overloaded_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }

    private static @Nullable String code(int status) {
        return switch (status) {
            case 401 -> "invalid_api_key";
            case 404 -> "model_not_found";
            case 429 -> "rate_limit_exceeded";
            default -> null;
        };
    }

    /** An id as OpenAI makes them, different for each answer. */
    static String id(String prefix, Said said) {
        String number = Long.toString(said.id(), 36);
        return prefix + "sim" + "0".repeat(Math.max(0, 13 - number.length())) + number;
    }

    /** The model's name as the answer tells it. */
    static String model(Ask ask, Faults faults) {
        Fault fault = faults.find(FaultKind.MODEL_NAME);
        return fault == null ? ask.model() : fault.text("name");
    }

    static void usage(StringBuilder json, Usage usage) {
        json.append("\"usage\":{\"prompt_tokens\":").append(usage.prompt());
        json.append(",\"completion_tokens\":").append(usage.completion());
        json.append(",\"total_tokens\":").append(usage.total());
        json.append(",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}");
        json.append(",\"completion_tokens_details\":{\"reasoning_tokens\":").append(usage.reasoning());
        json.append(",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}");
    }

    /** {@code ,"usage":…} of an answer that is not streamed, or nothing when a fault leaves it out. */
    static void wholeUsage(StringBuilder json, Usage usage, Faults faults) {
        switch (Usage.form(faults)) {
            case "missing" -> {}
            case "null-choices" -> json.append(",\"usage\":null");
            default -> {
                json.append(',');
                usage(json, usage.told(faults));
            }
        }
    }

    static byte[] bytes(StringBuilder json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
