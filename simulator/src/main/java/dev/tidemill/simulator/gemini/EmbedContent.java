package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import dev.tidemill.simulator.text.Vector;
import java.nio.charset.StandardCharsets;

/** {@code models/M:embedContent}. */
record EmbedContent(Protocol protocol) implements Endpoint {
    @Override
    public String name() {
        return "embedContent";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return ContentRequest.embed(head, body);
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        StringBuilder json = new StringBuilder(ask.dimensions() * 10 + 40).append("{\"embedding\":{\"values\":");
        Vector.numbers(json, ask.inputs().getFirst(), ask.dimensions());
        return json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        throw new IllegalStateException("an embedding is not streamed");
    }

    @Override
    public boolean generates() {
        return false;
    }
}
