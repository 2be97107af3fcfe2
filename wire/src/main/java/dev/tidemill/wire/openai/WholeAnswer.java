package dev.tidemill.wire.openai;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;

/** What an answer that is not streamed turns out to be, whatever its status said. */
public enum WholeAnswer {
    /** A JSON object without an error. */
    ANSWER,
    /** A JSON object with an error at the top level that is not null. */
    ERROR,
    /** No JSON object: empty, text, a page of HTML, or cut off. */
    BAD;

    private static final byte[] ERROR_WORD = "\"error\"".getBytes(StandardCharsets.US_ASCII);

    /**
     * Looks at the body {@code a[from, to)}; white space around it is allowed. Validates nothing: an object without the word {@code "error"} is
     * an answer, and only one that has it is walked.
     */
    public static WholeAnswer of(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        if (start == end || a[start] != '{' || a[end - 1] != '}') {
            return BAD;
        }
        if (!hasErrorWord(a, start, end)) {
            return ANSWER;
        }
        int flags = ChatEvents.classify(a, start, end, false);
        if ((flags & ChatEvents.ERROR) != 0) {
            return ERROR;
        }
        return (flags & (ChatEvents.BAD | ChatEvents.DONE)) != 0 ? BAD : ANSWER;
    }

    private static boolean hasErrorWord(byte[] a, int from, int to) {
        for (int at = Swar.indexOfPair(a, from, to, '"', 'e');
                at < to;
                at = Swar.indexOfPair(a, at + 1, to, '"', 'e')) {
            if (at + ERROR_WORD.length <= to && JsonWalk.is(a, at, at + ERROR_WORD.length, ERROR_WORD)) {
                return true;
            }
        }
        return false;
    }
}
