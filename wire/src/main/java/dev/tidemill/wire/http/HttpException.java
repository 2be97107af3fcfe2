package dev.tidemill.wire.http;

/**
 * A message that HTTP/1.1 does not allow, or that is larger than we take. What follows it on the connection means nothing any more: answer and
 * close.
 */
public final class HttpException extends Exception {
    private static final int SHOWN = 60;

    private final int status;
    private final String code;

    HttpException(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static HttpException bad(String code, String message) {
        return new HttpException(400, code, message);
    }

    /** What a server answers: 400, 413, 414, 417, 431, 501 or 505. For a malformed answer of an upstream the caller says 502. */
    public int status() {
        return status;
    }

    /** A stable name of the fault, such as {@code content_length_invalid}. */
    public String code() {
        return code;
    }

    /** The bytes a[from,to) for a message: at most 60, everything but printable ASCII escaped. */
    static String shown(byte[] a, int from, int to) {
        StringBuilder s = new StringBuilder("\"");
        int end = Math.min(to, from + SHOWN);
        for (int i = from; i < end; i++) {
            int c = a[i] & 0xff;
            if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                s.append(String.format("\\x%02x", c));
            } else {
                s.append((char) c);
            }
        }
        return s.append(end < to ? "\"..." : "\"").toString();
    }

    static String shown(byte octet) {
        return String.format("0x%02x", octet & 0xff);
    }
}
