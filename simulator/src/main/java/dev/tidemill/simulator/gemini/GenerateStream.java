package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Framing;
import dev.tidemill.simulator.protocol.Place;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.SseEvent;
import dev.tidemill.simulator.protocol.StreamScript;
import dev.tidemill.simulator.protocol.Usage;
import java.util.List;

/**
 * The pieces of a streamed answer. Each tells the usage so far; the last one, with an empty text and perhaps its signature, tells why it
 * ends. A call comes whole with the last of its tokens, so that the steps before it are silent.
 */
final class GenerateStream implements StreamScript {
    private final Ask ask;
    private final Said said;
    private final Protocol protocol;
    private final boolean sse;
    private final Chunk chunk;
    private int reasoned;
    private int answered;

    GenerateStream(Ask ask, Said said, Protocol protocol, boolean sse) {
        this.ask = ask;
        this.said = said;
        this.protocol = protocol;
        this.sse = sse;
        this.chunk = new Chunk(ask, said);
    }

    @Override
    public List<SseEvent> opening() {
        return List.of();
    }

    @Override
    public List<SseEvent> step(int step) {
        if (said.steps() == 0) {
            return List.of();
        }
        Place place = said.at(step);
        if (place.kind() == Place.Kind.REASONING) {
            reasoned++;
            return piece(Chunk.text(place.token(), true, null));
        }
        answered++;
        if (place.kind() == Place.Kind.TEXT) {
            return piece(Chunk.text(place.token(), false, null));
        }
        return place.last() ? piece(Chunk.call(ask, said, place.call())) : List.of();
    }

    @Override
    public List<SseEvent> finish() {
        if (Generate.blocked(said)) {
            return List.of(SseEvent.of(chunk.json(null, null, said.told())));
        }
        boolean signed = said.calls() == 0 && !said.reasoning().isEmpty();
        String parts = Chunk.text("", false, signed ? Chunk.signature(said) : null);
        SseEvent last = SseEvent.of(chunk.json(parts, said.end(), said.told()));
        return said.form() == Usage.Form.REPEATED ? List.of(last, last) : List.of(last);
    }

    @Override
    public List<SseEvent> content(String text) {
        return piece(Chunk.text(text, false, null));
    }

    @Override
    public SseEvent broken() {
        return SseEvent.of("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":");
    }

    @Override
    public List<SseEvent> error(ErrorText error) {
        return List.of(SseEvent.of(protocol.error(error)));
    }

    @Override
    public Framing framing() {
        return sse ? Framing.SSE_CRLF : Framing.JSON_ARRAY;
    }

    private List<SseEvent> piece(String part) {
        long choices = ask.choices();
        Usage soFar = new Usage(said.usage().prompt(), (reasoned + answered) * choices, reasoned);
        return List.of(SseEvent.of(chunk.json(part, null, soFar.told(said.form()))));
    }
}
