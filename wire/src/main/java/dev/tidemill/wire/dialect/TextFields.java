package dev.tidemill.wire.dialect;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonWalk;

/**
 * How long the texts in an event are, which stand in fields of certain names, at any depth. JSON is taken for sound, escapes
 * count as they are written, and nothing is allocated.
 */
public final class TextFields {
    private final FieldTable names;

    private TextFields(FieldTable names) {
        this.names = names;
    }

    public static TextFields of(String... names) {
        return new TextFields(FieldTable.of(names));
    }

    /** Bytes of all their strings in {@code a[from, to)}. */
    public int length(byte[] a, int from, int to) {
        int length = 0;
        int at = Swar.indexOf(a, from, to, '"');
        while (at < to) {
            int end = JsonWalk.stringEnd(a, at + 1, to);
            if (end < 0) {
                return length;
            }
            int value = JsonWalk.afterColon(a, end, to);
            boolean text = value >= 0 && a[value] == '"';
            if (text) {
                int valueEnd = JsonWalk.stringEnd(a, value + 1, to);
                if (valueEnd < 0) {
                    return length;
                }
                length += names.find(a, at + 1, end - 1) < 0 ? 0 : valueEnd - value - 2;
                end = valueEnd;
            }
            at = Swar.indexOf(a, end, to, '"');
        }
        return length;
    }
}
