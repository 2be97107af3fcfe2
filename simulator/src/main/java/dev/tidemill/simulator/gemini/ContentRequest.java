package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Body;
import dev.tidemill.simulator.protocol.Draft;
import dev.tidemill.simulator.protocol.RequestHead;
import tools.jackson.databind.JsonNode;

/** Reads the bodies of Gemini's requests; fields may be in either spelling, {@code maxOutputTokens} and {@code max_output_tokens}. */
final class ContentRequest {
    private ContentRequest() {}

    /** A request with contents; a count may wrap one in {@code generateContentRequest}. */
    static Ask generate(RequestHead head, byte[] body, boolean stream) throws BadRequest {
        JsonNode outer = Body.object(body);
        JsonNode root = outer.path("generateContentRequest").isObject() ? outer.get("generateContentRequest") : outer;
        Draft draft = draft(head);
        draft.stream = stream;
        JsonNode system = either(root, "systemInstruction", "system_instruction");
        if (!system.isMissingNode()) {
            draft.turn("system", Body.words(system.path("parts")));
        }
        JsonNode contents = root.path("contents");
        if (!contents.isArray() || contents.isEmpty()) {
            throw new BadRequest(400, "* GenerateContentRequest.contents: contents is not specified");
        }
        for (JsonNode content : contents) {
            draft.turn(content.path("role").asString("user"), Body.words(content.path("parts")));
        }
        for (JsonNode tool : root.path("tools")) {
            for (JsonNode function : either(tool, "functionDeclarations", "function_declarations")) {
                boolean plain = function.has("parameters");
                Body.tool(draft, function, function.path(plain ? "parameters" : "parametersJsonSchema"));
            }
        }
        JsonNode settings = either(root, "generationConfig", "generation_config");
        draft.maxTokens = whole(settings, "maxOutputTokens", "max_output_tokens", -1, Integer.MAX_VALUE);
        draft.choices = whole(settings, "candidateCount", "candidate_count", 1, 8);
        return draft.ask();
    }

    /** A request with one content to embed. */
    static Ask embed(RequestHead head, byte[] body) throws BadRequest {
        Draft draft = draft(head);
        embed(draft, Body.object(body), "EmbedContentRequest");
        return draft.ask();
    }

    /** A request with several, of which each has to name the model of the path once more. */
    static Ask embeds(RequestHead head, byte[] body) throws BadRequest {
        JsonNode requests = Body.object(body).path("requests");
        if (!requests.isArray() || requests.isEmpty()) {
            throw new BadRequest(400, "* BatchEmbedContentsRequest.requests: requests is not specified");
        }
        Draft draft = draft(head);
        for (int i = 0; i < requests.size(); i++) {
            String at = "BatchEmbedContentsRequest.requests[" + i + "]";
            String model = requests.get(i).path("model").asString("");
            if (!model.equals("models/" + draft.model)) {
                throw new BadRequest(
                        400,
                        "* " + at + ".model: '" + model + "' (expected: 'models/" + draft.model + "', as in the path)");
            }
            embed(draft, requests.get(i), at);
        }
        return draft.ask();
    }

    private static void embed(Draft draft, JsonNode request, String name) throws BadRequest {
        JsonNode content = request.path("content");
        if (!content.isObject()) {
            throw new BadRequest(400, "* " + name + ".content: contents is not specified");
        }
        draft.input(Body.words(content.path("parts")));
        draft.dimensions = whole(request, "outputDimensionality", "output_dimensionality", 768, 8_192);
    }

    private static Draft draft(RequestHead head) throws BadRequest {
        String model = ModelPath.of(head);
        if (model == null) {
            throw new BadRequest(400, "* model: unexpected model name format");
        }
        Draft draft = new Draft();
        draft.model = model;
        return draft;
    }

    private static int whole(JsonNode object, String name, String other, int otherwise, int most) throws BadRequest {
        return Body.whole(object, object.has(name) ? name : other, otherwise, 1, most);
    }

    private static JsonNode either(JsonNode object, String name, String other) {
        return object.has(name) ? object.get(name) : object.path(other);
    }
}
