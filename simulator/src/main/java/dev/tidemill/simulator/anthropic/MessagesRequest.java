package dev.tidemill.simulator.anthropic;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Body;
import dev.tidemill.simulator.protocol.Draft;
import tools.jackson.databind.JsonNode;

/** Reads the body of a Messages request; one that only counts tokens needs no {@code max_tokens}. */
final class MessagesRequest {
    private MessagesRequest() {}

    static Ask read(byte[] body, boolean counting) throws BadRequest {
        JsonNode root = Body.object(body);
        Draft draft = new Draft();
        draft.model = required(Body.text(root, "model"), "model");
        draft.stream = root.path("stream").asBoolean(false);
        if (!counting) {
            if (!root.hasNonNull("max_tokens")) {
                throw new BadRequest(400, "max_tokens: Field required");
            }
            draft.maxTokens = Body.whole(root, "max_tokens", 1, 1, Integer.MAX_VALUE);
        }
        if (root.has("system")) {
            draft.turn("system", Body.words(root.get("system")));
        }
        JsonNode messages = root.path("messages");
        if (!messages.isArray()) {
            throw new BadRequest(400, "messages: Field required");
        }
        if (messages.isEmpty()) {
            throw new BadRequest(400, "messages: at least one message is required");
        }
        for (JsonNode message : messages) {
            String role = message.path("role").asString("");
            if (!role.equals("user") && !role.equals("assistant")) {
                throw new BadRequest(
                        400, "messages: Unexpected role \"" + role + "\". Expected \"user\" or \"assistant\"");
            }
            draft.turn(role, Body.words(message.get("content")));
        }
        for (JsonNode tool : root.path("tools")) {
            Body.tool(draft, tool, tool.path("input_schema"));
        }
        return draft.ask();
    }

    private static String required(String value, String name) throws BadRequest {
        if (value.isEmpty()) {
            throw new BadRequest(400, name + ": Field required");
        }
        return value;
    }
}
