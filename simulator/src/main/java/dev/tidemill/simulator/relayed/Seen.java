package dev.tidemill.simulator.relayed;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client saw of an answer.
 *
 * @param headers names in small letters
 * @param body payload without chunk frames, as UTF-8
 * @param framed whether the body came to the end that its framing promises
 * @param text the answer's words
 * @param finish whether a finish reason came
 * @param done whether {@code [DONE]} came; of an answer in one piece: whether it is one
 * @param error code or type of an error, null: none
 */
public record Seen(
        int status,
        Map<String, String> headers,
        String body,
        boolean framed,
        boolean stream,
        String text,
        boolean finish,
        boolean done,
        @Nullable String error) {
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");
    private static final JsonMapper JSON = new JsonMapper();

    /** Reads what came as a client would. */
    static Seen of(int status, Map<String, String> headers, String body, boolean framed) {
        boolean stream = headers.getOrDefault("content-type", "").startsWith("text/event-stream");
        Reading reading = new Reading();
        if (stream) {
            reading.events(body);
        } else {
            reading.whole(body);
        }
        return new Seen(
                status,
                headers,
                body,
                framed,
                stream,
                reading.text.toString(),
                reading.finish,
                reading.done,
                reading.error);
    }

    /** Whether a client takes it for a success with nothing missing. */
    public boolean looksComplete() {
        return status == 200 && framed && done && error == null;
    }

    /** In a few words, for a table. */
    public String words() {
        if (status == 0) {
            return "connection closed without an answer";
        }
        if (!framed) {
            return status + ", cut off";
        }
        if (looksComplete()) {
            return status + ", whole" + (finish ? "" : ", no finish reason");
        }
        if (status == 200 && error != null) {
            return "200, " + (text.isEmpty() ? "no" : "part of the") + " text, error event `" + error + "`"
                    + (done ? " and [DONE]" : "");
        }
        return error == null ? status + ", ended without a word" : status + " `" + error + "`";
    }

    private static final class Reading {
        private final StringBuilder text = new StringBuilder();
        private boolean finish;
        private boolean done;
        private @Nullable String error;

        void whole(String body) {
            chunk(body);
            done = finish;
        }

        /** Lines end with LF, CR LF or CR; data lines of one event are joined; a block without its blank line is no event. */
        void events(String body) {
            StringBuilder data = new StringBuilder();
            String rest = body.startsWith("\uFEFF") ? body.substring(1) : body;
            for (String line : LINE_END.split(rest, -1)) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        chunk(data.toString().strip());
                    }
                    data.setLength(0);
                } else if (line.startsWith("data:")) {
                    data.append(line.substring(5)).append('\n');
                } else if (line.startsWith("error:")) {
                    error(line.substring(6));
                }
            }
        }

        private void chunk(String json) {
            if (json.equals("[DONE]")) {
                done = true;
                return;
            }
            JsonNode root = parsed(json);
            if (root.hasNonNull("error")) {
                error = name(root.get("error"));
            }
            JsonNode choice = root.path("choices").path(0);
            JsonNode said = choice.has("delta") ? choice.path("delta") : choice.path("message");
            text.append(said.path("content").asString(""));
            finish |= choice.hasNonNull("finish_reason");
        }

        private void error(String json) {
            JsonNode root = parsed(json);
            error = name(root.has("error") ? root.get("error") : root);
        }

        private static JsonNode parsed(String json) {
            try {
                return JSON.readTree(json);
            } catch (JacksonException broken) {
                return JSON.createObjectNode();
            }
        }

        private static String name(JsonNode error) {
            String code = error.path("code").asString("");
            return code.isEmpty() ? error.path("type").asString("?") : code;
        }
    }
}
