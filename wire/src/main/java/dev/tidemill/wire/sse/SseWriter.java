package dev.tidemill.wire.sse;

import dev.tidemill.wire.ByteSink;
import dev.tidemill.wire.Swar;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes events with LF line ends and {@code data: } with its space, as the providers do. */
public final class SseWriter {
    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] COMMENT = ascii(": ");
    private static final byte[] END = ascii("\n\n");

    private SseWriter() {}

    /**
     * Writes an event. Data with line ends in it (LF, CR LF or CR) becomes several data lines, which a reader joins with LF.
     *
     * @param name the event's name, null for none
     * @throws IllegalArgumentException when the name is empty or has a line end in it
     */
    public static void event(ByteSink sink, @Nullable String name, byte[] data, int from, int to) {
        if (name != null) {
            line("event", name);
            write(sink, EVENT);
            write(sink, name.getBytes(StandardCharsets.UTF_8));
            sink.write(END, 0, 1);
        }
        int line = from;
        while (true) {
            int lineEnd = Swar.lineEnd(data, line, to);
            write(sink, DATA);
            sink.write(data, line, lineEnd);
            sink.write(END, 0, 1);
            if (lineEnd == to) {
                break;
            }
            boolean two = data[lineEnd] == '\r' && lineEnd + 1 < to && data[lineEnd + 1] == '\n';
            line = lineEnd + (two ? 2 : 1);
        }
        sink.write(END, 0, 1);
    }

    /**
     * Writes a comment as a block of its own. A client that saw an {@code id:} line before may take it for an event without data.
     *
     * @throws IllegalArgumentException when the text is empty or has a line end in it
     */
    public static void comment(ByteSink sink, String text) {
        line("comment", text);
        write(sink, COMMENT);
        write(sink, text.getBytes(StandardCharsets.UTF_8));
        write(sink, END);
    }

    private static void line(String what, String text) {
        if (text.isEmpty() || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException(
                    what + ": " + text.length() + " characters (expected: one line, not empty)");
        }
    }

    private static void write(ByteSink sink, byte[] bytes) {
        sink.write(bytes, 0, bytes.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
