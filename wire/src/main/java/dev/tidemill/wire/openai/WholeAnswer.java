package dev.tidemill.wire.openai;

/** What an answer that is not streamed turns out to be, whatever its status said. */
public enum WholeAnswer {
    /** A JSON object without an error. */
    ANSWER,
    /** A JSON object with an error at the top level that is not null. */
    ERROR,
    /** No JSON object: empty, text, a page of HTML, or cut off. */
    BAD;

    /** Looks at the body {@code a[from, to)}; white space around it is allowed. One pass over quotes and brackets, no validation. */
    public static WholeAnswer of(byte[] a, int from, int to) {
        int flags = ChatEvents.classify(a, from, to, false);
        if ((flags & ChatEvents.ERROR) != 0) {
            return ERROR;
        }
        return (flags & (ChatEvents.BAD | ChatEvents.DONE)) != 0 ? BAD : ANSWER;
    }
}
