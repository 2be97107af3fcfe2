package dev.tidemill.wire.json;

/** Text that is not JSON, or deeper than allowed. Carries no stack and nothing of the text. */
public final class JsonException extends Exception {
    /** What is wrong. */
    public enum Fault {
        /** Against the grammar of RFC 8259. */
        SYNTAX,
        /** Not UTF-8. */
        ENCODING,
        /** More levels of arrays and objects than allowed. */
        DEPTH
    }

    private static final long serialVersionUID = 1;

    private final Fault fault;
    private final int offset;

    JsonException(Fault fault, int offset, String message) {
        super(message, null, false, false);
        this.fault = fault;
        this.offset = offset;
    }

    public Fault fault() {
        return fault;
    }

    /** Bytes from the start of the text to the first one that could not be taken. */
    public int offset() {
        return offset;
    }
}
