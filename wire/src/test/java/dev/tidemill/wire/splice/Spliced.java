package dev.tidemill.wire.splice;

import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.sse.SseException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/** A client's connection over which answer after answer goes. */
final class Spliced {
    private final Dialect dialect;
    final Transcript transcript;
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean diverged;

    Spliced(Dialect dialect) {
        this.dialect = dialect;
        this.transcript = new Transcript(dialect.speech());
    }

    /** The first answer, as it comes. */
    Spliced first(List<Event> events) throws SseException {
        byte[] stream = Event.stream(events, "\n");
        EventReader reader = dialect.eventReader();
        reader.feed(stream, 0, stream.length);
        while (reader.next()) {
            transcript.take(reader);
            bytes.write(reader.raw(), reader.rawFrom(), reader.rawTo() - reader.rawFrom());
        }
        return this;
    }

    Spliced restarted(byte[] stream, RandomGenerator random) throws SseException {
        return then(Splice.restart(transcript), stream, random);
    }

    Spliced wentOn(String stream) throws SseException {
        return then(Splice.goOn(transcript), stream.getBytes(StandardCharsets.UTF_8), new java.util.Random(1));
    }

    private Spliced then(Splice splice, byte[] stream, RandomGenerator random) throws SseException {
        EventReader reader = dialect.eventReader();
        for (int from = 0; from < stream.length; ) {
            int to = Math.min(stream.length, from + 1 + random.nextInt(300));
            reader.feed(stream, from, to);
            while (reader.next()) {
                switch (splice.take(reader)) {
                    case SWALLOW -> {}
                    case PASS, REPLACE -> bytes.write(splice.out(), splice.from(), splice.to() - splice.from());
                    case DIVERGED -> diverged = true;
                }
            }
            from = to;
        }
        return this;
    }

    Client client() throws SseException {
        return Client.of(dialect, bytes.toByteArray());
    }

    @Override
    public String toString() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
