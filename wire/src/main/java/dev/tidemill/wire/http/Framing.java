package dev.tidemill.wire.http;

/** How the end of a message body is known (RFC 9112, section 6.3). */
public enum Framing {
    /** There is no body; what follows the head belongs to the next message. */
    NONE,
    /** Exactly {@code Content-Length} bytes. */
    LENGTH,
    /** Chunks, then trailers. */
    CHUNKED,
    /** An answer that lasts until its connection closes. */
    UNTIL_CLOSE
}
