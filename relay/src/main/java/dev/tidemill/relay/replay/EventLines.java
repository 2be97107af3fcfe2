package dev.tidemill.relay.replay;

import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.wire.Swar;
import java.nio.charset.StandardCharsets;

/**
 * Writes an event in a form of its own, so that it can stand first in a stream as well as anywhere else: lines that end with
 * LF, one blank line behind them, no byte order mark, and no id but ours. The bytes of its fields stay as they are.
 */
final class EventLines {
    /** Instead of a number: the event gets none. */
    static final long NONE = -1;

    private static final byte[] ID = "id: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LF = {'\n'};

    private EventLines() {}

    /** @param number its id, or {@link #NONE} */
    static void write(Bytes to, byte[] a, int from, int end, long number) {
        if (number != NONE) {
            to.add(ID).add(Long.toString(number)).add(LF);
        }
        for (int at = behindMark(a, from, end); at < end; ) {
            int lineEnd = Swar.lineEnd(a, at, end);
            if (lineEnd > at && !id(a, at, lineEnd)) {
                to.add(a, at, lineEnd).add(LF);
            }
            at = lineEnd + 1; // of CR LF the LF makes an empty line, which is left out
        }
        to.add(LF);
    }

    private static int behindMark(byte[] a, int from, int end) {
        boolean mark =
                end - from >= 3 && a[from] == (byte) 0xEF && a[from + 1] == (byte) 0xBB && a[from + 2] == (byte) 0xBF;
        return mark ? from + 3 : from;
    }

    private static boolean id(byte[] a, int from, int end) {
        return end - from >= 2 && a[from] == 'i' && a[from + 1] == 'd' && (end - from == 2 || a[from + 2] == ':');
    }
}
