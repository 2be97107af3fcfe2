package dev.tidemill.wire.dialect;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;

/** The bytes {@code "error"}, quotes included: a body without them is no error in any dialect and need not be walked. */
public final class ErrorWord {
    private static final byte[] WORD = "\"error\"".getBytes(StandardCharsets.US_ASCII);

    private ErrorWord() {}

    /** Whether they occur in {@code a[from, to)}, as a name or as a value. */
    public static boolean in(byte[] a, int from, int to) {
        for (int at = Swar.indexOfPair(a, from, to, '"', 'e');
                at < to;
                at = Swar.indexOfPair(a, at + 1, to, '"', 'e')) {
            if (at + WORD.length <= to && JsonWalk.is(a, at, at + WORD.length, WORD)) {
                return true;
            }
        }
        return false;
    }
}
