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
import java.util.ArrayList;
import java.util.List;

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
        json.append(",\"content\":[").append(content(ask, said)).append("],");
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

    private static String content(Ask ask, Said said) {
        List<String> blocks = new ArrayList<>();
        if (!said.reasoning().isEmpty()) {
            blocks.add("{\"type\":\"thinking\",\"thinking\":" + Json.quoted(said.thoughts()) + ",\"signature\":\""
                    + signature(said) + "\"}");
        }
        String words = said.calls() > 0 ? said.prefaceText() : said.text();
        if (!words.isEmpty()) {
            blocks.add("{\"type\":\"text\",\"text\":" + Json.quoted(words) + "}");
        }
        for (int call = 0; call < said.calls() && !said.tokens().isEmpty(); call++) {
            blocks.add("{\"type\":\"tool_use\",\"id\":\"" + callId(said, call) + "\",\"name\":"
                    + Json.quoted(ask.toolName()) + ",\"input\":" + said.arguments() + "}");
        }
        return String.join(",", blocks);
    }
}
