package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import java.nio.charset.StandardCharsets;

/**
 * {@code models/M:generateContent} and {@code :streamGenerateContent}.
 *
 * @param sse whether a stream has server-sent events, or is a JSON array
 */
record Generate(Protocol protocol, boolean streamed, boolean sse) implements Endpoint {
    @Override
    public String name() {
        return streamed ? "streamGenerateContent" : "generateContent";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return ContentRequest.generate(head, body, streamed);
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        Chunk chunk = new Chunk(ask, said);
        String parts = blocked(said) ? null : Chunk.allParts(ask, said);
        String json = chunk.json(parts, said.end(), said.told());
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        return new GenerateStream(ask, said, protocol, sse);
    }

    /** A prompt that is refused before a word of the answer has no candidates at all. */
    static boolean blocked(Said said) {
        return said.end() == Said.End.REFUSED && said.steps() == 0;
    }
}
