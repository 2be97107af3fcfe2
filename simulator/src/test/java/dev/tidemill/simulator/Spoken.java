package dev.tidemill.simulator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The same question in every protocol, asked on a socket of its own, and the events of what comes back. */
enum Spoken {
    CHAT {
        @Override
        String path(String model, boolean stream) {
            return "/v1/chat/completions";
        }

        @Override
        String body(String model, boolean stream, boolean tools) {
            String offered = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":"
                    + SCHEMA + "}}]";
            return "{\"model\":\"" + model + "\",\"stream\":" + stream
                    + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + QUESTION + "\"}]" + (tools ? offered : "")
                    + "}";
        }
    },
    RESPONSES {
        @Override
        String path(String model, boolean stream) {
            return "/v1/responses";
        }

        @Override
        String body(String model, boolean stream, boolean tools) {
            String offered = ",\"tools\":[{\"type\":\"function\",\"name\":\"weather\",\"parameters\":" + SCHEMA + "}]";
            return "{\"model\":\"" + model + "\",\"stream\":" + stream + ",\"input\":\"" + QUESTION + "\""
                    + (tools ? offered : "") + "}";
        }
    },
    MESSAGES {
        @Override
        String path(String model, boolean stream) {
            return "/v1/messages";
        }

        @Override
        String body(String model, boolean stream, boolean tools) {
            String offered = ",\"tools\":[{\"name\":\"weather\",\"input_schema\":" + SCHEMA + "}]";
            return "{\"model\":\"" + model + "\",\"max_tokens\":1000,\"stream\":" + stream
                    + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + QUESTION + "\"}]" + (tools ? offered : "")
                    + "}";
        }
    },
    GEMINI {
        @Override
        String path(String model, boolean stream) {
            return "/v1beta/models/" + model + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
        }

        @Override
        String body(String model, boolean stream, boolean tools) {
            String offered =
                    ",\"tools\":[{\"functionDeclarations\":[{\"name\":\"weather\",\"parameters\":" + SCHEMA + "}]}]";
            return "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"" + QUESTION + "\"}]}]"
                    + (tools ? offered : "") + "}";
        }
    };

    static final String QUESTION = "Tell me about the tide";
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One event: its name, if any, and its data. */
    record Event(@Nullable String name, String data) {
        JsonNode json() {
            return JSON.readTree(data);
        }

        /** The name, or the type in the data. */
        String type() {
            return name == null ? json().path("type").asString("") : name;
        }
    }

    abstract String path(String model, boolean stream);

    abstract String body(String model, boolean stream, boolean tools);

    RawClient.Got ask(Simulator sim, String notation, boolean stream, boolean tools) throws IOException {
        String model = notation.isEmpty() ? "m" : "sim-" + notation;
        return send(sim, RawClient.post(path(model, stream), body(model, stream, tools), "connection: close"));
    }

    JsonNode whole(Simulator sim, String notation) throws IOException {
        return JSON.readTree(ask(sim, notation, false, true).body());
    }

    List<Event> events(Simulator sim, String notation) throws IOException {
        return events(ask(sim, notation, true, true).unchunked());
    }

    static RawClient.Got send(Simulator sim, String request) throws IOException {
        try (RawClient client = new RawClient(sim.port())) {
            return client.send(request).read(600);
        }
    }

    static JsonNode json(RawClient.Got got) {
        return JSON.readTree(got.body());
    }

    static List<Event> events(String stream) {
        List<Event> events = new ArrayList<>();
        for (String block : stream.replace("\r\n", "\n").split("\n\n")) {
            String name = null;
            String data = "";
            for (String line : block.split("\n")) {
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                }
            }
            if (!data.isEmpty()) {
                events.add(new Event(name, data));
            }
        }
        return events;
    }

    /** The words of a streamed answer. */
    String words(List<Event> events) {
        StringBuilder words = new StringBuilder();
        for (Event event : events) {
            if (event.data().startsWith("{")) {
                words.append(word(event.json()));
            }
        }
        return words.toString();
    }

    private String word(JsonNode event) {
        return switch (this) {
            case CHAT -> event.at("/choices/0/delta/content").asString("");
            case RESPONSES ->
                event.path("type").asString("").equals("response.output_text.delta")
                        ? event.path("delta").asString("")
                        : "";
            case MESSAGES -> event.at("/delta/text").asString("");
            case GEMINI ->
                event.at("/candidates/0/content/parts/0").has("thought")
                        ? ""
                        : event.at("/candidates/0/content/parts/0/text").asString("");
        };
    }

    /** The words of an answer in one piece. */
    String words(JsonNode answer) {
        return switch (this) {
            case CHAT -> answer.at("/choices/0/message/content").asString("");
            case RESPONSES -> answer.at("/output/0/content/0/text").asString("");
            case MESSAGES -> answer.at("/content/0/text").asString("");
            case GEMINI -> answer.at("/candidates/0/content/parts/0/text").asString("");
        };
    }

    /** Whether the events say why the answer ended. */
    boolean finished(List<Event> events) {
        String all = events.toString();
        return switch (this) {
            case CHAT -> all.contains("\"finish_reason\":\"");
            case RESPONSES -> all.contains("response.completed");
            case MESSAGES -> all.contains("message_delta");
            case GEMINI -> all.contains("finishReason");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
