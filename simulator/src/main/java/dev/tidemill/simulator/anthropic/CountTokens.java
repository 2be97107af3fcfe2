package dev.tidemill.simulator.anthropic;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import java.nio.charset.StandardCharsets;

/** {@code POST /v1/messages/count_tokens}. */
record CountTokens(Protocol protocol) implements Endpoint {
    @Override
    public String name() {
        return "count_tokens";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return MessagesRequest.read(body, true);
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        return ("{\"input_tokens\":" + said.told().prompt() + "}").getBytes(StandardCharsets.UTF_8);
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
