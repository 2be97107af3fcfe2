package dev.tidemill.simulator.cut;

import dev.tidemill.simulator.relayed.Api;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One event of a recorded stream, as its API describes it.
 *
 * @param end where it ends in the stream, behind its blank line
 * @param says whether it carries words or arguments that a client would show
 * @param finish whether it tells why the answer ends
 * @param terminal whether nothing of the answer can follow it
 * @param usage whether it is the one that Chat has only for who asked for usage
 * @param error whether it tells of an error of the provider's
 */
record Event(int end, boolean says, boolean finish, boolean terminal, boolean usage, boolean error) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    /** Reads one block of lines. */
    static Event of(Api api, int end, String block) {
        StringBuilder data = new StringBuilder();
        String name = "";
        for (String line : LINE_END.split(block)) {
            if (line.startsWith("data:")) {
                data.append(line.substring(5)).append('\n');
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            }
        }
        String text = data.toString().strip();
        if (api == Api.CHAT && text.equals("[DONE]")) {
            return new Event(end, false, false, true, false, false);
        }
        JsonNode root = parsed(text);
        return switch (api) {
            case CHAT -> chat(end, root);
            case RESPONSES -> response(end, root, root.path("type").asString(name));
            case MESSAGES -> message(end, root, root.path("type").asString(name));
            case GEMINI -> content(end, root);
        };
    }

    private static Event chat(int end, JsonNode root) {
        JsonNode choice = root.at("/choices/0");
        JsonNode delta = choice.path("delta");
        boolean says = !delta.path("content").asString("").isEmpty()
                || !delta.at("/tool_calls/0/function/arguments").asString("").isEmpty();
        boolean error = root.hasNonNull("error");
        boolean usage = root.path("choices").isEmpty() && root.path("usage").isObject() && !error;
        return new Event(end, says, choice.hasNonNull("finish_reason"), false, usage, error);
    }

    private static Event response(int end, JsonNode root, String type) {
        boolean says =
                (type.equals("response.output_text.delta") || type.equals("response.function_call_arguments.delta"))
                        && !root.path("delta").asString("").isEmpty();
        boolean whole = type.equals("response.completed") || type.equals("response.incomplete");
        return new Event(end, says, whole, whole, false, type.equals("error") || type.equals("response.failed"));
    }

    private static Event message(int end, JsonNode root, String type) {
        boolean says = !root.at("/delta/text").asString("").isEmpty()
                || !root.at("/delta/partial_json").asString("").isEmpty();
        boolean finish = type.equals("message_delta") && root.at("/delta").hasNonNull("stop_reason");
        return new Event(end, says, finish, type.equals("message_stop"), false, type.equals("error"));
    }

    private static Event content(int end, JsonNode root) {
        JsonNode candidate = root.at("/candidates/0");
        boolean says = false;
        for (JsonNode part : candidate.at("/content/parts")) {
            says |= !part.path("text").asString("").isEmpty()
                    && !part.path("thought").asBoolean(false);
        }
        boolean finish = candidate.hasNonNull("finishReason")
                || root.at("/promptFeedback").hasNonNull("blockReason");
        return new Event(end, says, finish, false, false, root.hasNonNull("error"));
    }

    static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException broken) {
            return JSON.createObjectNode();
        }
    }
}
