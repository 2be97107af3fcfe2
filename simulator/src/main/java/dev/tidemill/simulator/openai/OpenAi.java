package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Page;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.Usage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The OpenAI API as far as it is simulated: Chat Completions, Completions, Responses, Embeddings, Models. */
public final class OpenAi implements Protocol {
    private final Chat chat = new Chat(this);
    private final Completions completions = new Completions(this);
    private final Embeddings embeddings = new Embeddings(this);
    private final Responses responses;

    /** @param home what tells the ids of its stored responses from those of other simulators: letters and digits */
    public OpenAi(String home) {
        this.responses = new Responses(this, new StoredResponses(home));
    }

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
            case Responses.PATH -> responses;
            case "/v1/embeddings" -> embeddings;
            default -> null;
        };
    }

    @Override
    public @Nullable Page page(RequestHead head, List<String> models) {
        boolean listed = head.method().equals("GET")
                && (head.path().equals("/v1/models") || head.path().startsWith("/v1/models/"));
        return listed ? Page.of(Models.body(head.path(), models)) : responses.page(head);
    }

    @Override
    public String error(ErrorText error) {
        StringBuilder json = new StringBuilder(160);
        json.append("{\"error\":");
        fields(json, error);
        return json.append('}').toString();
    }

    static void fields(StringBuilder json, ErrorText error) {
        json.append("{\"message\":");
        Json.quote(json, error.message());
        json.append(",\"type\":");
        Json.quote(json, error.type().isEmpty() ? type(error.status()) : error.type());
        json.append(",\"param\":null,\"code\":");
        String code = code(error);
        if (code == null) {
            json.append("null");
        } else {
            Json.quote(json, code);
        }
        json.append('}');
    }

    @Override
    public String vendor() {
        return "openai";
    }

    @Override
    public ErrorText tooLong(long tokens, long limit) {
        String message =
                "This model's maximum context length is " + limit + " tokens. However, your messages resulted in "
                        + tokens + " tokens. Please reduce the length of the messages.";
        return new ErrorText(400, "", "context_length_exceeded", message);
    }

    @Override
    public ErrorText againstPolicy() {
        String message = "Your request was rejected as a result of our safety system.";
        return new ErrorText(400, "", "content_policy_violation", message);
    }

    private static String type(int status) {
        return switch (status) {
            case 429 -> "requests";
            case 529 -> "overloaded_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }

    static @Nullable String code(ErrorText error) {
        if (error.code() != null) {
            return error.code().isEmpty() ? null : error.code();
        }
        return switch (error.status()) {
            case 401 -> "invalid_api_key";
            case 404 -> "model_not_found";
            case 429 -> "rate_limit_exceeded";
            default -> null;
        };
    }

    /** The reason in Chat Completions' words. */
    static String finish(Said said) {
        return switch (said.end()) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case CALLS -> "tool_calls";
            case REFUSED -> "content_filter";
            case FAILED -> "error";
        };
    }

    static void usage(StringBuilder json, Usage usage) {
        json.append("\"usage\":{\"prompt_tokens\":").append(usage.prompt());
        json.append(",\"completion_tokens\":").append(usage.completion());
        json.append(",\"total_tokens\":").append(usage.total());
        json.append(",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}");
        json.append(",\"completion_tokens_details\":{\"reasoning_tokens\":").append(usage.reasoning());
        json.append(",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}");
    }

    /** {@code ,"usage":…} of an answer that is not streamed, or nothing when it is not told. */
    static void wholeUsage(StringBuilder json, Said said) {
        switch (said.form()) {
            case MISSING -> {}
            case NULL_CHOICES -> json.append(",\"usage\":null");
            default -> {
                json.append(',');
                usage(json, said.told());
            }
        }
    }

    static byte[] bytes(StringBuilder json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
