package dev.tidemill.wire.sse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A block as a reader told it, in plain values; null where it has none. */
record SseEvent(String data, String event, String id, long retry, String error) {
    /** What a reader made of a stream: its blocks, the bytes in order, and whether it ended inside a block. */
    record Told(List<SseEvent> blocks, byte[] raw, boolean cutOff) {}

    static Told read(SseReader reader, byte[] stream, int... cuts) throws SseException {
        reader.reset();
        List<SseEvent> blocks = new ArrayList<>();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int from = 0;
        for (int k = 0; k <= cuts.length; k++) {
            int to = k < cuts.length ? cuts[k] : stream.length;
            // A fresh array each time, with strangers around it: nothing may be read there, nor after the segment is
            // used up.
            byte[] segment = new byte[to - from + 20];
            java.util.Arrays.fill(segment, (byte) '\n');
            System.arraycopy(stream, from, segment, 10, to - from);
            reader.feed(segment, 10, 10 + to - from);
            while (reader.next()) {
                raw.write(reader.raw(), reader.rawFrom(), reader.rawTo() - reader.rawFrom());
                blocks.add(of(reader));
            }
            java.util.Arrays.fill(segment, (byte) '!');
            from = to;
        }
        raw.write(reader.tailBytes(), 0, reader.tail());
        return new Told(blocks, raw.toByteArray(), reader.finish());
    }

    private static SseEvent of(SseReader r) {
        return new SseEvent(
                r.hasData() ? text(r.data(), r.dataFrom(), r.dataTo()) : null,
                r.hasEvent() ? text(r.raw(), r.eventFrom(), r.eventTo()) : null,
                r.hasId() ? text(r.raw(), r.idFrom(), r.idTo()) : null,
                r.retry(),
                r.hasError() ? text(r.raw(), r.errorFrom(), r.errorTo()) : null);
    }

    private static String text(byte[] a, int from, int to) {
        return new String(a, from, to - from, StandardCharsets.UTF_8);
    }
}
