package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import dev.tidemill.simulator.protocol.Usage;
import dev.tidemill.simulator.text.Vector;
import java.nio.charset.StandardCharsets;

/** {@code models/M:embedContent}, and {@code :batchEmbedContents} for several contents. */
record EmbedContent(Protocol protocol, boolean several) implements Endpoint {
    @Override
    public String name() {
        return several ? "batchEmbedContents" : "embedContent";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return several ? ContentRequest.embeds(head, body) : ContentRequest.embed(head, body);
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        StringBuilder json = new StringBuilder(ask.inputs().size() * (ask.dimensions() * 10 + 40));
        json.append(several ? "{\"embeddings\":[" : "{\"embedding\":");
        for (int i = 0; i < ask.inputs().size(); i++) {
            json.append(i == 0 ? "" : ",").append("{\"values\":");
            Vector.numbers(json, ask.inputs().get(i), ask.dimensions());
            json.append('}');
        }
        json.append(several ? "]" : "");
        if (said.form() != Usage.Form.MISSING) {
            json.append(",\"usageMetadata\":{\"promptTokenCount\":")
                    .append(said.told().prompt())
                    .append('}');
        }
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
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
