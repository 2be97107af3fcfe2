package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Place;
import dev.tidemill.simulator.protocol.Said;
import java.util.ArrayList;
import java.util.List;

/**
 * One item of a response's output, as JSON before, at, and after its parts.
 *
 * @param kind what it holds
 * @param id of the item
 * @param call number of the tool call
 */
record OutputItem(Place.Kind kind, String id, int call, Ask ask, Said said) {
    /** The item that a place belongs to, as number {@code index} of the output. */
    static OutputItem of(Place.Kind kind, int call, int index, Ask ask, Said said) {
        String prefix = switch (kind) {
            case REASONING -> "rs_";
            case TEXT -> "msg_";
            case ARGUMENTS -> "fc_";
        };
        return new OutputItem(kind, said.id(prefix) + index, call, ask, said);
    }

    /** Every item of a whole answer, comma-separated. */
    static String all(Ask ask, Said said) {
        List<String> items = new ArrayList<>();
        String status = said.end() == Said.End.LENGTH ? "incomplete" : "completed";
        if (!said.reasoning().isEmpty()) {
            items.add(of(Place.Kind.REASONING, 0, items.size(), ask, said).json(said.thoughts(), status));
        }
        if (!said.preface().isEmpty()) {
            items.add(of(Place.Kind.TEXT, 0, items.size(), ask, said).json(said.prefaceText(), status));
        }
        for (int call = 0; call < Math.max(1, said.calls()) && !said.tokens().isEmpty(); call++) {
            Place.Kind kind = said.calls() > 0 ? Place.Kind.ARGUMENTS : Place.Kind.TEXT;
            items.add(of(kind, call, items.size(), ask, said).json(said.text(), status));
        }
        return String.join(",", items);
    }

    /** Before its first part. */
    String added() {
        return switch (kind) {
            case REASONING -> "{\"id\":\"" + id + "\",\"type\":\"reasoning\",\"summary\":[]}";
            case TEXT ->
                "{\"id\":\"" + id
                        + "\",\"type\":\"message\",\"status\":\"in_progress\",\"content\":[],\"role\":\"assistant\"}";
            case ARGUMENTS -> json("", "in_progress");
        };
    }

    /** With all of its text. */
    String json(String text, String status) {
        return switch (kind) {
            case REASONING -> "{\"id\":\"" + id + "\",\"type\":\"reasoning\",\"summary\":[" + part(text) + "]}";
            case TEXT ->
                "{\"id\":\"" + id + "\",\"type\":\"message\",\"status\":\"" + status + "\",\"content\":[" + part(text)
                        + "],\"role\":\"assistant\"}";
            case ARGUMENTS ->
                "{\"id\":\"" + id + "\",\"type\":\"function_call\",\"status\":\"" + status + "\",\"arguments\":"
                        + Json.quoted(text) + ",\"call_id\":\"" + said.id("call_") + call + "\",\"name\":"
                        + Json.quoted(ask.toolName()) + "}";
        };
    }

    /** Its one part; calls have none. */
    String part(String text) {
        return kind == Place.Kind.REASONING
                ? "{\"type\":\"summary_text\",\"text\":" + Json.quoted(text) + "}"
                : "{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":" + Json.quoted(text) + "}";
    }
}
