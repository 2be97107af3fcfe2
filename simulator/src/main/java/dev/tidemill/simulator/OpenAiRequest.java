package dev.tidemill.simulator;

import dev.tidemill.simulator.text.Tokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads the body of a Chat Completions, Completions or Embeddings request in one pass, keeping only what an answer depends on. */
final class OpenAiRequest {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Incoming.LONGEST_BODY)
                    .maxDocumentLength(Incoming.LONGEST_BODY)
                    .build())
            .build();
    private static final int KEPT = 16_384;
    private static final int MOST_INPUTS = 2_048;
    private static final int OVERHEAD = 3;

    private String model = "";
    private boolean stream;
    private boolean includeUsage;
    private int choices = 1;
    private int maxTokens = -1;
    private int dimensions = 256;
    private boolean base64;
    private long tokens;
    private int messages;
    private final StringBuilder instructions = new StringBuilder();
    private String message = "";
    private final List<String> inputs = new ArrayList<>();
    private @Nullable String tool;
    private final List<String> toolFields = new ArrayList<>();

    private OpenAiRequest() {}

    /** Reads {@code body}; {@code required} is the field without which nothing can be answered. */
    static Ask read(byte[] body, String required) throws BadRequest {
        OpenAiRequest request = new OpenAiRequest();
        boolean found;
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), body)) {
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
        if (request.model.isEmpty()) {
            throw new BadRequest(400, "you must provide a model parameter");
        }
        if (!found) {
            throw new BadRequest(400, "Missing required parameter: '" + required + "'.");
        }
        return request.ask();
    }

    private Ask ask() {
        return new Ask(
                model,
                stream,
                includeUsage,
                choices,
                maxTokens,
                instructions.toString(),
                message,
                List.copyOf(inputs),
                dimensions,
                base64,
                tool,
                List.copyOf(toolFields),
                tokens + (long) messages * OVERHEAD);
    }

    private boolean object(JsonParser json, String required) throws BadRequest {
        boolean found = false;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            found |= name.equals(required);
            JsonToken token = json.nextToken();
            switch (name) {
                case "model" -> model = string(json, token, name);
                case "stream" -> stream = token == JsonToken.VALUE_TRUE;
                case "n" -> choices = whole(json, token, name, 1, 128);
                case "max_tokens", "max_completion_tokens" ->
                    maxTokens =
                            token == JsonToken.VALUE_NULL ? maxTokens : whole(json, token, name, 1, Integer.MAX_VALUE);
                case "dimensions" -> dimensions = whole(json, token, name, 1, 8_192);
                case "encoding_format" -> base64 = string(json, token, name).equals("base64");
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
                includeUsage = value == JsonToken.VALUE_TRUE;
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
            messages++;
            tokens += Tokens.count(content);
            if (role.equals("user") || (message.isEmpty() && !role.equals("system"))) {
                keep(message);
                message = content.toString();
            } else {
                keep(content);
            }
        }
        if (messages == 0) {
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

    private void keep(CharSequence earlier) {
        int room = KEPT - instructions.length();
        if (room > 0 && !earlier.isEmpty()) {
            instructions.append(earlier, 0, Math.min(room, earlier.length())).append('\n');
        }
    }

    private void prompt(JsonParser json, @Nullable JsonToken token) throws BadRequest {
        input(json, token);
        message = String.join("\n", inputs);
    }

    /** A text, a list of texts, a list of token numbers, or a list of such lists. */
    private void input(JsonParser json, @Nullable JsonToken token) throws BadRequest {
        if (token == JsonToken.VALUE_STRING) {
            add(json.getString());
            return;
        }
        if (token != JsonToken.START_ARRAY) {
            throw new BadRequest(400, "Invalid type for 'input': expected a string or an array.");
        }
        int numbers = 0;
        for (JsonToken item = json.nextToken(); item != null && item != JsonToken.END_ARRAY; item = json.nextToken()) {
            if (item == JsonToken.VALUE_STRING) {
                add(json.getString());
            } else if (item == JsonToken.VALUE_NUMBER_INT) {
                numbers++;
            } else if (item == JsonToken.START_ARRAY) {
                int inner = 0;
                while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                    inner++;
                }
                tokens += inner;
                add("");
            } else {
                throw new BadRequest(400, "Invalid 'input': expected strings or token numbers.");
            }
        }
        if (numbers > 0) {
            tokens += numbers;
            add("");
        }
    }

    private void add(String text) throws BadRequest {
        if (inputs.size() == MOST_INPUTS) {
            throw new BadRequest(400, "Invalid 'input': more than " + MOST_INPUTS + " items.");
        }
        inputs.add(text);
        tokens += Tokens.count(text);
    }

    private void tools(JsonParser json, @Nullable JsonToken token) {
        if (token != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.START_OBJECT) {
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                JsonToken value = json.nextToken();
                if (name.equals("function") && value == JsonToken.START_OBJECT && tool == null) {
                    function(json);
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private void function(JsonParser json) {
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("name") && value == JsonToken.VALUE_STRING) {
                tool = json.getString();
            } else if (name.equals("parameters") && value == JsonToken.START_OBJECT) {
                parameters(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void parameters(JsonParser json) {
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (!name.equals("properties") || value != JsonToken.START_OBJECT) {
                json.skipChildren();
                continue;
            }
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                json.nextToken();
                json.skipChildren();
                if (toolFields.size() < 64) {
                    toolFields.add(field);
                }
            }
        }
    }
}
