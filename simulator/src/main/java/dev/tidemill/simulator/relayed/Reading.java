package dev.tidemill.simulator.relayed;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads an answer as a strict client of its API would, and remembers what makes it whole. */
final class Reading {
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Api api;
    private final StringBuilder text = new StringBuilder();
    private boolean finish;
    private boolean terminal;
    private @Nullable String error;
    private String message = "";
    private final Set<String> models = new LinkedHashSet<>();
    private final List<String> usages = new ArrayList<>();
    private int unreadable;
    private Seen.Last last = Seen.Last.NOTHING;

    Reading(Api api) {
        this.api = api;
    }

    String text() {
        return text.toString();
    }

    boolean finish() {
        return finish;
    }

    boolean terminal() {
        return terminal;
    }

    @Nullable
    String error() {
        return error;
    }

    String message() {
        return message;
    }

    Set<String> models() {
        return models;
    }

    List<String> usages() {
        return usages;
    }

    int unreadable() {
        return unreadable;
    }

    Seen.Last last() {
        return last;
    }

    /** An answer in one piece. */
    void whole(String json) {
        JsonNode root = object(json);
        switch (api) {
            case CHAT -> {
                JsonNode message = root.at("/choices/0/message");
                text.append(message.path("content").asString(""));
                message.path("tool_calls")
                        .forEach(call ->
                                text.append(call.at("/function/arguments").asString("")));
                finish = root.at("/choices/0").hasNonNull("finish_reason");
            }
            case RESPONSES -> {
                root.path("output").forEach(item -> {
                    item.path("content")
                            .forEach(part -> text.append(part.path("text").asString("")));
                    text.append(item.path("arguments").asString(""));
                });
                finish = "completed".equals(root.path("status").asString(""));
            }
            case MESSAGES -> {
                root.path("content").forEach(block -> {
                    text.append(block.path("text").asString(""));
                    text.append(
                            block.path("input").isObject() ? block.path("input").toString() : "");
                });
                finish = root.hasNonNull("stop_reason");
            }
            case GEMINI -> candidate(root);
        }
        terminal = finish;
    }

    /** Lines end with LF, CR LF or CR; data lines of one event are joined; a block without its blank line is no event. */
    void events(String body) {
        StringBuilder data = new StringBuilder();
        String rest = body.startsWith("\uFEFF") ? body.substring(1) : body;
        for (String line : LINE_END.split(rest, -1)) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    event(data.toString().strip());
                }
                data.setLength(0);
            } else if (line.startsWith("data:")) {
                data.append(line.substring(5)).append('\n');
            } else if (line.startsWith("error:")) {
                JsonNode root = parsed(line.substring(6));
                fail(root.has("error") ? root.get("error") : root);
            }
        }
    }

    private void event(String json) {
        if (api == Api.CHAT && json.equals("[DONE]")) {
            end();
            return;
        }
        JsonNode root = object(json);
        switch (api) {
            case CHAT -> chat(root);
            case RESPONSES -> response(root);
            case MESSAGES -> message(root);
            case GEMINI -> {
                boolean over = finish;
                candidate(root);
                if (finish && !over) {
                    end();
                }
            }
        }
    }

    /** What is the same in every answer and event. */
    private JsonNode object(String json) {
        JsonNode root = parsed(json);
        if (root.hasNonNull("error")) {
            fail(root.get("error"));
        }
        if (!terminal) {
            about(root);
            about(root.path("response"));
            about(root.path("message"));
        }
        return root;
    }

    private void about(JsonNode answer) {
        String model = answer.path(api == Api.GEMINI ? "modelVersion" : "model").asString("");
        if (!model.isEmpty()) {
            models.add(model);
        }
        JsonNode usage = answer.path(api == Api.GEMINI ? "usageMetadata" : "usage");
        if (usage.isObject()) {
            usages.add(usage.toString());
        }
    }

    private void chat(JsonNode root) {
        JsonNode choice = root.at("/choices/0");
        say(choice.at("/delta/content").asString(""));
        choice.at("/delta/tool_calls")
                .forEach(call -> say(call.at("/function/arguments").asString("")));
        finish |= choice.hasNonNull("finish_reason");
    }

    private void response(JsonNode root) {
        switch (root.path("type").asString("")) {
            case "response.output_text.delta", "response.function_call_arguments.delta" ->
                say(root.path("delta").asString(""));
            case "response.completed", "response.incomplete" -> {
                finish = true;
                end();
            }
            case "response.failed" -> fail(root.at("/response/error"));
            case "error" -> fail(root.has("error") ? root.get("error") : root);
            default -> {}
        }
    }

    private void message(JsonNode root) {
        switch (root.path("type").asString("")) {
            case "content_block_delta" -> {
                say(root.at("/delta/text").asString(""));
                say(root.at("/delta/partial_json").asString(""));
            }
            case "message_delta" -> finish |= root.at("/delta").hasNonNull("stop_reason");
            case "message_stop" -> end();
            default -> {}
        }
    }

    private void candidate(JsonNode root) {
        JsonNode candidate = root.at("/candidates/0");
        candidate.at("/content/parts").forEach(part -> {
            say(part.path("text").asString(""));
            JsonNode arguments = part.at("/functionCall/args");
            say(arguments.isObject() ? arguments.toString() : "");
        });
        finish |= candidate.hasNonNull("finishReason");
    }

    private void say(String words) {
        if (!words.isEmpty()) {
            text.append(words);
            last = Seen.Last.CONTENT;
        }
    }

    private void end() {
        terminal = true;
        last = Seen.Last.TERMINAL;
    }

    private void fail(JsonNode what) {
        last = Seen.Last.ERROR;
        if (error == null) {
            error = name(what);
            message = what.path("message").asString("");
        }
    }

    private JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException broken) {
            unreadable++;
            return JSON.createObjectNode();
        }
    }

    /** What programs go by: the code, else the type; Gemini's code is a number, and its status the word. */
    private String name(JsonNode what) {
        String code = api == Api.GEMINI ? "" : what.path("code").asString("");
        return code.isEmpty() ? what.path(api == Api.GEMINI ? "status" : "type").asString("?") : code;
    }
}
