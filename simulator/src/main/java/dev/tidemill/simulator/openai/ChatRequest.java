package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Body;
import dev.tidemill.simulator.protocol.Draft;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads the body of a Chat Completions, Completions or Embeddings request in one pass, keeping only what an answer depends on. */
final class ChatRequest {
    private static final int MOST_FIELDS = 64;

    private final Draft draft = new Draft();

    private ChatRequest() {}

    /** Reads {@code body}; {@code required} is the field without which nothing can be answered. */
    static Ask read(byte[] body, String required) throws BadRequest {
        ChatRequest request = new ChatRequest();
        boolean found;
        try (JsonParser json = Body.FACTORY.createParser(ObjectReadContext.empty(), body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BadRequest(400, "We could not parse the JSON body of your request: it is no object.");
            }
            found = request.object(json, required);
            if (json.nextToken() != null) {
                throw new BadRequest(
                        400, "We could not parse the JSON body of your request: something follows the object.");
            }
        } catch (JacksonException broken) {
            throw new BadRequest(
                    400, "We could not parse the JSON body of your request: " + broken.getOriginalMessage());
        }
        if (request.draft.model.isEmpty()) {
            throw new BadRequest(400, "you must provide a model parameter");
        }
        if (!found) {
            throw new BadRequest(400, "Missing required parameter: '" + required + "'.");
        }
        return request.draft.ask();
    }

    private boolean object(JsonParser json, String required) throws BadRequest {
        boolean found = false;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            found |= name.equals(required);
            JsonToken token = json.nextToken();
            switch (name) {
                case "model" -> draft.model = string(json, token, name);
                case "stream" -> draft.stream = token == JsonToken.VALUE_TRUE;
                case "n" -> draft.choices = whole(json, token, name, 1, 128);
                case "max_tokens", "max_completion_tokens" ->
                    draft.maxTokens = token == JsonToken.VALUE_NULL
                            ? draft.maxTokens
                            : whole(json, token, name, 1, Integer.MAX_VALUE);
                case "dimensions" -> draft.dimensions = whole(json, token, name, 1, 8_192);
                case "encoding_format" ->
                    draft.base64 = string(json, token, name).equals("base64");
                case "stream_options" -> options(json, token);
                case "messages" -> messages(json, token);
                case "prompt" -> prompt(json, token);
                case "input" -> input(json, token);
                case "tools" -> tools(json, token);
                default -> json.skipChildren();
            }
        }
        return found;
    }

    private static String string(JsonParser json, @Nullable JsonToken token, String name) throws BadRequest {
        if (token != JsonToken.VALUE_STRING) {
            throw new BadRequest(400, "Invalid type for '" + name + "': expected a string.");
        }
        return json.getString();
    }

    private static int whole(JsonParser json, @Nullable JsonToken token, String name, int least, int most)
            throws BadRequest {
        if (token == JsonToken.VALUE_NULL) {
            return least;
        }
        if (token != JsonToken.VALUE_NUMBER_INT || json.getString().length() > 10) {
            throw new BadRequest(400, "Invalid type for '" + name + "': expected an integer.");
        }
        long value = json.getLongValue();
        if (value < least || value > most) {
            throw new BadRequest(
                    400, "Invalid '" + name + "': " + value + " (expected: " + least + " to " + most + ").");
        }
        return (int) value;
    }

    private void options(JsonParser json, @Nullable JsonToken token) {
        if (token != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("include_usage")) {
                draft.includeUsage = value == JsonToken.VALUE_TRUE;
            }
            json.skipChildren();
        }
    }

    private void messages(JsonParser json, @Nullable JsonToken token) throws BadRequest {
        if (token != JsonToken.START_ARRAY) {
            throw new BadRequest(400, "Invalid type for 'messages': expected an array of objects.");
        }
        StringBuilder content = new StringBuilder();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            content.setLength(0);
            String role = "";
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                JsonToken value = json.nextToken();
                if (name.equals("role") && value == JsonToken.VALUE_STRING) {
                    role = json.getString();
                } else if (name.equals("content")) {
                    content(json, value, content);
                } else {
                    json.skipChildren();
                }
            }
            draft.turn(role, content.toString());
        }
        if (draft.turns() == 0) {
            throw new BadRequest(400, "Invalid 'messages': empty array (expected: at least one message).");
        }
    }

    private void content(JsonParser json, @Nullable JsonToken token, StringBuilder into) {
        if (token == JsonToken.VALUE_STRING) {
            into.append(json.getString());
            return;
        }
        if (token != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (JsonToken part = json.nextToken(); part != null && part != JsonToken.END_ARRAY; part = json.nextToken()) {
            if (part != JsonToken.START_OBJECT) {
                json.skipChildren();
                continue;
            }
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                JsonToken value = json.nextToken();
                if (name.equals("text") && value == JsonToken.VALUE_STRING) {
                    into.append(json.getString());
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private void prompt(JsonParser json, @Nullable JsonToken token) throws BadRequest {
        input(json, token);
        draft.inputsAreTheMessage();
    }

    /** A text, a list of texts, a list of token numbers, or a list of such lists. */
    private void input(JsonParser json, @Nullable JsonToken token) throws BadRequest {
        if (token == JsonToken.VALUE_STRING) {
            draft.input(json.getString());
            return;
        }
        if (token != JsonToken.START_ARRAY) {
            throw new BadRequest(400, "Invalid type for 'input': expected a string or an array.");
        }
        int numbers = 0;
        for (JsonToken item = json.nextToken(); item != null && item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item == JsonToken.VALUE_STRING) {
                draft.input(json.getString());
            } else if (item == JsonToken.VALUE_NUMBER_INT) {
                numbers++;
            } else if (item == JsonToken.START_ARRAY) {
                int inner = 0;
                while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                    inner++;
                }
                draft.tokens(inner);
                draft.input("");
            } else {
                throw new BadRequest(400, "Invalid 'input': expected strings or token numbers.");
            }
        }
        if (numbers > 0) {
            draft.tokens(numbers);
            draft.input("");
        }
    }

    private void tools(JsonParser json, @Nullable JsonToken token) {
        if (token != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.START_OBJECT) {
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                JsonToken value = json.nextToken();
                if (name.equals("function") && value == JsonToken.START_OBJECT) {
                    function(json);
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private void function(JsonParser json) {
        String called = "";
        List<String> fields = new ArrayList<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("name") && value == JsonToken.VALUE_STRING) {
                called = json.getString();
            } else if (name.equals("parameters") && value == JsonToken.START_OBJECT) {
                parameters(json, fields);
            } else {
                json.skipChildren();
            }
        }
        if (!called.isEmpty() && draft.tool(called)) {
            fields.forEach(draft::toolField);
        }
    }

    private static void parameters(JsonParser json, List<String> fields) {
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (!name.equals("properties") || value != JsonToken.START_OBJECT) {
                json.skipChildren();
                continue;
            }
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                json.nextToken();
                json.skipChildren();
                if (fields.size() < MOST_FIELDS) {
                    fields.add(field);
                }
            }
        }
    }
}
