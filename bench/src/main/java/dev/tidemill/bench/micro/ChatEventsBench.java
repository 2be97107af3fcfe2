package dev.tidemill.bench.micro;

import dev.tidemill.bench.Traffic;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.openai.ChatEvents;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A stream of 52 events, 13.5 KB: taken apart, and taken apart and classified as the relay does it, walking until the first
 * content and searching afterwards. One operation is the whole stream. {@code ./dev bench micro ChatEvents}
 */
@State(Scope.Thread)
public class ChatEventsBench {
    private final SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
    private final byte[] stream = Traffic.stream().getBytes(StandardCharsets.US_ASCII);

    /** Bytes of one read; events lie across their ends. */
    @Param({"16384", "1000"})
    public int segment;

    @Benchmark
    public int takeApart() throws SseException {
        reader.reset();
        int events = 0;
        for (int at = 0; at < stream.length; at += segment) {
            reader.feed(stream, at, Math.min(stream.length, at + segment));
            while (reader.next()) {
                events++;
            }
        }
        return events;
    }

    @Benchmark
    public int takeApartAndClassify() throws SseException {
        reader.reset();
        int seen = 0;
        for (int at = 0; at < stream.length; at += segment) {
            reader.feed(stream, at, Math.min(stream.length, at + segment));
            while (reader.next()) {
                boolean committed = (seen & Meaning.CONTENT) != 0;
                seen |= ChatEvents.classify(reader.data(), reader.dataFrom(), reader.dataTo(), committed);
            }
        }
        return seen;
    }
}
