package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A response as JSON, in each state it may have.
 *
 * @param id of the response
 */
record ResponseObject(String id, Ask ask, Said said) {
    private static final String FAILED = "The model failed on purpose.";

    /** The state an answer ends in. */
    static String endState(Said said) {
        return switch (said.end()) {
            case STOP, CALLS -> "completed";
            case LENGTH, REFUSED -> "incomplete";
            case FAILED -> "failed";
        };
    }

    /** With an output that is there so far, comma-separated items. */
    String running(String output) {
        return json("in_progress", output, null, false);
    }

    String cancelled() {
        return json("cancelled", "", null, false);
    }

    /** At its end. */
    String ended(String output) {
        ErrorText error = said.end() == Said.End.FAILED ? new ErrorText(500, "", "server_error", FAILED) : null;
        return json(endState(said), output, error, true);
    }

    /** Ended by an error. */
    String failed(String output, ErrorText error) {
        return json("failed", output, error, false);
    }

    private String json(String status, String output, @Nullable ErrorText error, boolean usage) {
        StringBuilder json = new StringBuilder(700 + output.length());
        json.append("{\"id\":\"").append(id).append("\",\"object\":\"response\",\"created_at\":");
        json.append(said.created()).append(",\"status\":\"").append(status);
        json.append("\",\"background\":").append(ask.background()).append(",\"error\":");
        if (error == null) {
            json.append("null");
        } else {
            String code = OpenAi.code(error);
            json.append("{\"code\":").append(Json.quoted(code == null ? "server_error" : code));
            json.append(",\"message\":").append(Json.quoted(error.message())).append('}');
        }
        json.append(",\"incomplete_details\":");
        if (status.equals("incomplete")) {
            boolean refused = said.end() == Said.End.REFUSED;
            json.append("{\"reason\":\"")
                    .append(refused ? "content_filter" : "max_output_tokens")
                    .append("\"}");
        } else {
            json.append("null");
        }
        json.append(",\"instructions\":null,\"max_output_tokens\":");
        json.append(ask.maxTokens() < 0 ? "null" : String.valueOf(ask.maxTokens()));
        json.append(",\"model\":").append(Json.quoted(said.model()));
        json.append(",\"output\":[").append(output);
        json.append("],\"parallel_tool_calls\":true,\"previous_response_id\":");
        json.append(ask.previous() == null ? "null" : Json.quoted(ask.previous()));
        json.append(",\"reasoning\":{\"effort\":null,\"summary\":null},\"service_tier\":\"default\",\"store\":");
        json.append(ask.store()).append(",\"temperature\":1.0,\"text\":{\"format\":{\"type\":\"text\"}},");
        json.append("\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,\"truncation\":\"disabled\",\"usage\":");
        boolean told = usage && said.form() != Usage.Form.MISSING && said.form() != Usage.Form.NULL_CHOICES;
        json.append(told ? usage(said.told()) : "null");
        return json.append(",\"user\":null,\"metadata\":{}}").toString();
    }

    private static String usage(Usage usage) {
        return "{\"input_tokens\":" + usage.prompt()
                + ",\"input_tokens_details\":{\"cached_tokens\":0,\"cache_write_tokens\":0},\"output_tokens\":"
                + usage.completion() + ",\"output_tokens_details\":{\"reasoning_tokens\":" + usage.reasoning()
                + "},\"total_tokens\":" + usage.total() + "}";
    }
}
