package dev.tidemill.simulator.anthropic;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import java.nio.charset.StandardCharsets;

/** {@code POST /v1/messages}. */
record Messages(Protocol protocol) implements Endpoint {
    @Override
    public String name() {
        return "messages";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return MessagesRequest.read(body, false);
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        StringBuilder json = new StringBuilder(640);
        json.append("{\"id\":\"").append(said.id("msg_"));
        json.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":");
        Json.quote(json, said.model());
        json.append(",\"content\":[");
        content(json, ask, said);
        json.append("],");
        Anthropic.stop(json, said);
        Anthropic.usage(json, said, said.told().completion());
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        return new MessagesStream(ask, said, protocol);
    }

    /** An id of a tool call, the same streamed and whole. */
    static String callId(Said said, int call) {
        return said.id("toolu_") + call;
    }

    /** A signature of a thinking block: the same for the same answer, and nothing a real model would accept. */
    static String signature(Said said) {
        return "c2lt" + Integer.toHexString(said.thoughts().hashCode()) + "c2lnbmF0dXJl";
    }

    private static void content(StringBuilder json, Ask ask, Said said) {
        if (!said.reasoning().isEmpty()) {
            json.append("{\"type\":\"thinking\",\"thinking\":");
            Json.quote(json, said.thoughts());
            json.append(",\"signature\":\"").append(signature(said)).append("\"}");
        }
        if (said.tokens().isEmpty()) {
            return;
        }
        String comma = said.reasoning().isEmpty() ? "" : ",";
        if (said.calls() == 0) {
            json.append(comma).append("{\"type\":\"text\",\"text\":");
            Json.quote(json, said.text());
            json.append('}');
        }
        for (int call = 0; call < said.calls(); call++) {
            json.append(call == 0 ? comma : ",");
            json.append("{\"type\":\"tool_use\",\"id\":\"").append(callId(said, call));
            json.append("\",\"name\":").append(Json.quoted(ask.toolName()));
            json.append(",\"input\":").append(said.arguments()).append('}');
        }
    }
}
