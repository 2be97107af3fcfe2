package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Body;
import dev.tidemill.simulator.protocol.Draft;
import tools.jackson.databind.JsonNode;

/** Reads the body of a Responses request. */
final class ResponsesRequest {
    private ResponsesRequest() {}

    static Ask read(byte[] body, StoredResponses stored) throws BadRequest {
        JsonNode root = Body.object(body);
        Draft draft = new Draft();
        draft.model = Body.text(root, "model");
        if (draft.model.isEmpty()) {
            throw new BadRequest(400, "missing_required_parameter", "Missing required parameter: 'model'.");
        }
        draft.stream = root.path("stream").asBoolean(false);
        draft.store = root.path("store").asBoolean(true);
        draft.background = root.path("background").asBoolean(false);
        draft.maxTokens = Body.whole(root, "max_output_tokens", -1, 1, Integer.MAX_VALUE);
        previous(draft, Body.text(root, "previous_response_id"), stored);
        String instructions = Body.text(root, "instructions");
        if (!instructions.isEmpty()) {
            draft.turn("developer", instructions);
        }
        input(draft, root.path("input"));
        for (JsonNode tool : root.path("tools")) {
            Body.tool(draft, tool, tool.path("parameters"));
        }
        return draft.ask();
    }

    private static void previous(Draft draft, String id, StoredResponses stored) throws BadRequest {
        if (id.isEmpty()) {
            return;
        }
        StoredResponses.Stored before = stored.find(id);
        if (before == null) {
            String message = "Previous response with id '" + id + "' not found.";
            throw new BadRequest(404, "previous_response_not_found", message);
        }
        draft.previous = id;
        draft.tokens(Math.toIntExact(Math.min(before.tokens(), Integer.MAX_VALUE)));
    }

    private static void input(Draft draft, JsonNode input) throws BadRequest {
        if (input.isString()) {
            draft.turn("user", input.stringValue());
            return;
        }
        if (!input.isArray() || input.isEmpty()) {
            throw new BadRequest(400, "missing_required_parameter", "Missing required parameter: 'input'.");
        }
        for (JsonNode item : input) {
            if (item.path("type").asString("message").equals("message")) {
                draft.turn(item.path("role").asString("user"), Body.words(item.get("content")));
            } else {
                draft.turn(
                        "developer",
                        item.path("output").asString(item.path("arguments").asString("")));
            }
        }
    }
}
