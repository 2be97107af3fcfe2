package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import java.nio.charset.StandardCharsets;

/** {@code models/M:countTokens}. */
record CountTokens(Protocol protocol) implements Endpoint {
    @Override
    public String name() {
        return "countTokens";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return ContentRequest.generate(head, body, false);
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        long tokens = said.told().prompt();
        String json = "{\"totalTokens\":" + tokens + ",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":"
                + tokens + "}]}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        throw new IllegalStateException("a count is not streamed");
    }

    @Override
    public boolean generates() {
        return false;
    }
}
