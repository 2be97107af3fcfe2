package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import dev.tidemill.simulator.protocol.Usage;
import dev.tidemill.simulator.text.Vector;

/** {@code POST /v1/embeddings}: unit vectors, the same for the same text. Never streamed. */
record Embeddings(Protocol protocol) implements Endpoint {
    @Override
    public String name() {
        return "embeddings";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        Ask ask = ChatRequest.read(body, "input");
        if (ask.inputs().isEmpty()) {
            throw new BadRequest(400, "Invalid 'input': empty (expected: at least one text).");
        }
        return ask;
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        StringBuilder json = new StringBuilder(ask.inputs().size() * ask.dimensions() * 10 + 200);
        json.append("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < ask.inputs().size(); i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"object\":\"embedding\",\"index\":")
                    .append(i)
                    .append(",\"embedding\":");
            if (ask.base64()) {
                Vector.base64(json, ask.inputs().get(i), ask.dimensions());
            } else {
                Vector.numbers(json, ask.inputs().get(i), ask.dimensions());
            }
            json.append('}');
        }
        json.append("],\"model\":");
        Json.quote(json, said.model());
        if (said.form() != Usage.Form.MISSING) {
            long tokens = said.told().prompt();
            json.append(",\"usage\":{\"prompt_tokens\":")
                    .append(tokens)
                    .append(",\"total_tokens\":")
                    .append(tokens)
                    .append('}');
        }
        return OpenAi.bytes(json.append('}'));
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        throw new IllegalStateException("embeddings are not streamed");
    }

    @Override
    public boolean generates() {
        return false;
    }
}
