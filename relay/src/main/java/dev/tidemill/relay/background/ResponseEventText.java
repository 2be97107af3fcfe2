package dev.tidemill.relay.background;

import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.openai.ResponseEvent;
import dev.tidemill.wire.sse.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes events of a Responses stream so that each has its {@code sequence_number}: the provider's where it gives one, and
 * otherwise, as with events of ours, the one that follows. Of the lines beside the data the {@code event:} line is kept, and supplied from the type where it
 * is missing. A block without data, which tells llama.cpp's errors, stays as it is.
 */
final class ResponseEventText {
    private static final byte[] EVENT = "event:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAME = "event: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LF = {'\n'};
    private static final byte[] NOTHING = {};

    private final ResponseEvent event = new ResponseEvent();
    private final Edits edits = new Edits();
    private long last = -1;
    private byte[] data = NOTHING;

    /**
     * Writes the event at which the reader stands.
     *
     * @param ours whether the number it may have does not count
     */
    void write(Bytes to, SseReader reader, boolean ours) {
        byte[] a = reader.data();
        boolean read = reader.hasData() && event.read(a, reader.dataFrom(), reader.dataTo());
        data = reader.hasData() ? numbered(read && (ours || event.sequence() < 0), a, reader) : NOTHING;
        byte[] raw = reader.raw();
        boolean named = !read || event.typeFrom(a) == event.typeTo();
        for (int at = reader.rawFrom(); at < reader.rawTo(); ) {
            int end = Swar.lineEnd(raw, at, reader.rawTo());
            if (reader.hasData() ? end - at > EVENT.length && starts(raw, at) : end > at) {
                to.add(raw, at, end).add(LF);
                named = true;
            }
            at = end + 1;
        }
        if (!named) {
            to.add(NAME).add(a, event.typeFrom(a), event.typeTo()).add(LF);
        }
        for (int at = 0; at < data.length; ) {
            int end = Swar.indexOf(data, at, data.length, '\n');
            to.add(DATA).add(data, at, end).add(LF);
            at = end + 1;
        }
        to.add(LF);
    }

    private static boolean starts(byte[] raw, int at) {
        return Arrays.equals(raw, at, at + EVENT.length, EVENT, 0, EVENT.length);
    }

    private byte[] numbered(boolean anew, byte[] a, SseReader reader) {
        int from = reader.dataFrom();
        int to = reader.dataTo();
        if (!anew) {
            last = Math.max(last, event.sequence());
            return Arrays.copyOfRange(a, from, to);
        }
        edits.clear();
        event.number(a, ++last, edits);
        byte[] text = new byte[edits.size(to - from)];
        edits.writeTo(a, from, to, text, 0);
        return text;
    }

    /** The data of the event that was written last. */
    byte[] data() {
        return data;
    }
}
