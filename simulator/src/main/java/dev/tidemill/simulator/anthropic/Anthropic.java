package dev.tidemill.simulator.anthropic;

import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Page;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Anthropic API as far as it is simulated: Messages, the count of their tokens, Models for whoever asks with its headers. */
public final class Anthropic implements Protocol {
    private static final String MODELS = "/v1/models";

    private final Messages messages = new Messages(this);
    private final CountTokens count = new CountTokens(this);

    @Override
    public boolean owns(RequestHead head) {
        String path = head.path();
        if (path.equals("/v1/messages") || path.startsWith("/v1/messages/")) {
            return true;
        }
        boolean models = path.equals(MODELS) || path.startsWith(MODELS + "/");
        return models && (head.header("anthropic-version") != null || head.header("x-api-key") != null);
    }

    @Override
    public @Nullable Endpoint endpoint(RequestHead head) {
        if (!head.method().equals("POST")) {
            return null;
        }
        return switch (head.path()) {
            case "/v1/messages" -> messages;
            case "/v1/messages/count_tokens" -> count;
            default -> null;
        };
    }

    @Override
    public @Nullable Page page(RequestHead head, List<String> models) {
        if (!head.method().equals("GET") || !head.path().startsWith(MODELS)) {
            return null;
        }
        if (head.path().length() > MODELS.length()) {
            return Page.of(model(head.path().substring(MODELS.length() + 1)));
        }
        StringBuilder json = new StringBuilder("{\"data\":[");
        for (int i = 0; i < models.size(); i++) {
            json.append(i == 0 ? "" : ",").append(model(models.get(i)));
        }
        json.append("],\"has_more\":false,\"first_id\":").append(Json.quoted(models.getFirst()));
        json.append(",\"last_id\":").append(Json.quoted(models.getLast())).append('}');
        return Page.of(json.toString());
    }

    private static String model(String id) {
        String quoted = Json.quoted(id);
        return "{\"type\":\"model\",\"id\":" + quoted + ",\"display_name\":" + quoted
                + ",\"created_at\":\"1970-01-01T00:00:00Z\"}";
    }

    @Override
    public String error(ErrorText error) {
        String type = error.type().isEmpty() ? type(error.status()) : error.type();
        return "{\"type\":\"error\",\"error\":{\"type\":" + Json.quoted(type) + ",\"message\":"
                + Json.quoted(error.message()) + "},\"request_id\":\"req_sim\"}";
    }

    @Override
    public String vendor() {
        return "anthropic";
    }

    @Override
    public ErrorText tooLong(long tokens, long limit) {
        return ErrorText.of(400, "prompt is too long: " + tokens + " tokens > " + limit + " maximum");
    }

    @Override
    public ErrorText againstPolicy() {
        return ErrorText.of(400, "Output blocked by content filtering policy");
    }

    /** As its documentation pairs statuses and types. */
    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case 529 -> "overloaded_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    static String stopReason(Said said) {
        return switch (said.end()) {
            case STOP -> "end_turn";
            case LENGTH -> "max_tokens";
            case CALLS -> "tool_use";
            case REFUSED -> "refusal";
            case FAILED -> "error";
        };
    }

    /** {@code "delta":{…}} of the end, without its braces; a refusal is explained. */
    static void stop(StringBuilder json, Said said) {
        json.append("\"stop_reason\":\"").append(stopReason(said)).append("\",\"stop_sequence\":null");
        if (said.end() == Said.End.REFUSED) {
            json.append(",\"stop_details\":{\"type\":\"refusal\",\"category\":null,"
                    + "\"explanation\":\"The simulator refuses on purpose.\"}");
        }
    }

    /** {@code ,"usage":{…}} with so many tokens of output, or nothing when usage is not told. */
    static void usage(StringBuilder json, Said said, long output) {
        switch (said.form()) {
            case MISSING -> {}
            case NULL_CHOICES -> json.append(",\"usage\":null");
            default ->
                json.append(",\"usage\":{\"input_tokens\":")
                        .append(said.told().prompt())
                        .append(",\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":")
                        .append(output)
                        .append('}');
        }
    }
}
