package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Page;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Gemini API as far as it is simulated: generateContent whole and streamed, countTokens, embedContent,
 * batchEmbedContents and models, under {@code /v1beta/} and {@code /v1/}.
 */
public final class Gemini implements Protocol {
    private static final String TYPES = "type.googleapis.com/google.rpc.";

    private final Generate whole = new Generate(this, false, true);
    private final Generate events = new Generate(this, true, true);
    private final Generate array = new Generate(this, true, false);
    private final CountTokens count = new CountTokens(this);
    private final EmbedContent embed = new EmbedContent(this, false);
    private final EmbedContent embeds = new EmbedContent(this, true);

    @Override
    public boolean owns(RequestHead head) {
        String path = head.path();
        if (path.startsWith("/v1beta/")) {
            return true;
        }
        if (!path.equals("/v1/models") && !path.startsWith("/v1/models/")) {
            return false;
        }
        boolean asks = head.method().equals("POST") && path.lastIndexOf(':') > 0;
        return asks || head.header("x-goog-api-key") != null || head.query("key") != null;
    }

    @Override
    public @Nullable Endpoint endpoint(RequestHead head) {
        if (!head.method().equals("POST") || ModelPath.of(head) == null) {
            return null;
        }
        return switch (head.path().substring(head.path().lastIndexOf(':') + 1)) {
            case "generateContent" -> whole;
            case "streamGenerateContent" -> "sse".equals(head.query("alt")) ? events : array;
            case "countTokens" -> count;
            case "embedContent" -> embed;
            case "batchEmbedContents" -> embeds;
            default -> null;
        };
    }

    @Override
    public @Nullable Page page(RequestHead head, List<String> models) {
        String path = head.path().replaceFirst("^/v1(beta)?/", "");
        if (!head.method().equals("GET") || !path.startsWith("models")) {
            return null;
        }
        if (path.startsWith("models/")) {
            return Page.of(model(path.substring(7)));
        }
        StringBuilder json = new StringBuilder("{\"models\":[");
        for (int i = 0; i < models.size(); i++) {
            json.append(i == 0 ? "" : ",").append(model(models.get(i)));
        }
        return Page.of(json.append("]}").toString());
    }

    private static String model(String id) {
        return "{\"name\":" + Json.quoted("models/" + id) + ",\"version\":\"1\",\"displayName\":" + Json.quoted(id)
                + ",\"inputTokenLimit\":1048576,\"outputTokenLimit\":65536,"
                + "\"supportedGenerationMethods\":[\"generateContent\",\"countTokens\"]}";
    }

    @Override
    public String error(ErrorText error) {
        String status = error.type().isEmpty() ? status(error.status()) : error.type();
        StringBuilder json = new StringBuilder(200);
        json.append("{\"error\":{\"code\":").append(error.status());
        json.append(",\"message\":").append(Json.quoted(error.message()));
        json.append(",\"status\":").append(Json.quoted(status));
        if (error.status() == 429) {
            json.append(",\"details\":[{\"@type\":\"").append(TYPES).append("QuotaFailure\",\"violations\":[{");
            json.append("\"quotaMetric\":\"generativelanguage.googleapis.com/generate_content_requests\",");
            json.append("\"quotaId\":\"GenerateRequestsPerMinutePerProjectPerModel\",\"quotaValue\":\"10\"}]}");
            if (error.retryAfter() >= 0) {
                json.append(",{\"@type\":\"").append(TYPES).append("RetryInfo\",\"retryDelay\":\"");
                json.append(error.retryAfter()).append("s\"}");
            }
            json.append(']');
        }
        return json.append("}}").toString();
    }

    @Override
    public String vendor() {
        return "gemini";
    }

    @Override
    public ErrorText tooLong(long tokens, long limit) {
        return ErrorText.of(
                400,
                "The input token count (" + tokens + ") exceeds the maximum number of tokens allowed (" + limit + ").");
    }

    @Override
    public ErrorText againstPolicy() {
        return ErrorText.of(
                400, "The prompt could not be submitted: it goes against the policy for prohibited content.");
    }

    /** The name of google.rpc.Code that goes with a status. */
    private static String status(int status) {
        return switch (status) {
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 409 -> "ABORTED";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 499 -> "CANCELLED";
            case 503, 529 -> "UNAVAILABLE";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
        };
    }
}
