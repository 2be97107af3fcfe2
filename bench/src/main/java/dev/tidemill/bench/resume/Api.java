package dev.tidemill.bench.resume;

import dev.tidemill.core.route.Protocol;
import java.util.List;
import java.util.Locale;

/** An API whose streams can be come back to, as a client uses it. */
enum Api {
    CHAT(Protocol.OPENAI, "data: [DONE]"),
    RESPONSES(Protocol.OPENAI, "event: response.completed"),
    MESSAGES(Protocol.ANTHROPIC, "event: message_stop"),
    GEMINI(Protocol.GEMINI, "\"finishReason\"");

    private final Protocol protocol;
    private final String terminal;

    Api(Protocol protocol, String terminal) {
        this.protocol = protocol;
        this.terminal = terminal;
    }

    /** What a whole answer ends with, and no other. */
    String terminal() {
        return terminal;
    }

    Protocol protocol() {
        return protocol;
    }

    /** The version in a provider's address. */
    String version() {
        return this == GEMINI ? "/v1beta" : "/v1";
    }

    /** Whether its events carry their number. */
    boolean numbered() {
        return this != GEMINI;
    }

    /**
     * What a stream becomes by being one that can be come back to: lines end with LF, and events carry their number. What
     * stands behind the last event stays.
     */
    Part kept(Part stayed) {
        Part plain = new Part("", stayed.text().replace("\r\n", "\n"), stayed.ended());
        List<String> events = plain.events();
        StringBuilder text = new StringBuilder();
        int length = 0;
        for (int i = 0; i < events.size(); i++) {
            text.append(numbered() ? "id: " + i + "\n" : "").append(events.get(i));
            length += events.get(i).length();
        }
        text.append(plain.text().substring(length));
        return new Part("", text.toString(), stayed.ended());
    }

    /**
     * A streamed request for this model, as it goes over the wire.
     *
     * @param resumable whether its client may come back
     */
    String request(String model, String key, boolean resumable) {
        String head = "{\"model\":\"" + model + "\",\"stream\":true,";
        String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"How fares the mill?\"}]}";
        String path = switch (this) {
            case CHAT -> "/v1/chat/completions";
            case RESPONSES -> "/v1/responses";
            case MESSAGES -> "/v1/messages";
            case GEMINI -> "/v1beta/models/" + model.replace("%", "%25") + ":streamGenerateContent?alt=sse";
        };
        String body = switch (this) {
            case CHAT -> head + messages;
            case RESPONSES -> head + "\"input\":\"How fares the mill?\"}";
            case MESSAGES -> head + "\"max_tokens\":4000," + messages;
            case GEMINI -> "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"How fares the mill?\"}]}]}";
        };
        return "POST " + path + " HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer " + key
                + "\r\nx-tidemill-resumable: " + resumable + "\r\ncontent-type: application/json\r\ncontent-length: "
                + body.length()
                + "\r\n\r\n" + body;
    }

    String words() {
        return name().toLowerCase(Locale.ROOT);
    }
}
