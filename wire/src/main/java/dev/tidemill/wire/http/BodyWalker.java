package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.HttpException.bad;
import static dev.tidemill.wire.http.HttpException.shown;

import org.jspecify.annotations.Nullable;

/**
 * Walks the body of a message in place, whatever its framing. Reusable, and for one thread.
 *
 * {@snippet :
 * for (int at = from; walker.next(a, at, to); at = walker.position()) {
 *   take(a, walker.payloadFrom(), walker.payloadTo());
 * }
 * }
 *
 * <p>Chunked framing (RFC 9112, section 7.1) is read byte by byte outside the payload, so a body may be cut anywhere between calls. It is read
 * without leniency: a size is 1 to 16 hexadecimal digits, at most {@link Integer#MAX_VALUE}, and nothing else; an extension is whole and well-formed;
 * each line ends with CR LF. Extensions and trailers are checked, bounded and dropped: nothing here gives them a meaning, and a trailer must not
 * change what the head said.
 */
public final class BodyWalker {
    /** The largest extension of one chunk, in bytes. */
    static final int MAX_EXTENSION = 4 * 1024;

    /** All extensions of a body together: else a byte of payload could be made to cost 4 KiB of reading. */
    static final int MAX_EXTENSIONS = 64 * 1024;

    /** All trailer lines together, in bytes. */
    static final int MAX_TRAILERS = 8 * 1024;

    /** The largest chunk, in bytes; a sender with more to say sends more chunks. */
    static final long MAX_CHUNK = Integer.MAX_VALUE;

    private static final int MAX_DIGITS = 16;

    private enum State {
        /** In the size of a chunk, or before its first digit. */
        SIZE,
        SIZE_LF,
        EXTENSION,
        EXTENSION_NAME,
        EXTENSION_VALUE,
        EXTENSION_TOKEN,
        EXTENSION_QUOTED,
        EXTENSION_ESCAPED,
        EXTENSION_CLOSED,
        /** In payload, of any framing. */
        DATA,
        DATA_CR,
        DATA_LF,
        /** At the start of a trailer line, or of the empty line that ends the message. */
        TRAILER,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        LAST_LF,
        ENDED,
        /** What no byte leads to: said instead of throwing where the fault is found. */
        REFUSED
    }

    private Framing framing = Framing.NONE;
    private State state = State.ENDED;
    private @Nullable HttpException fault;
    /** Payload bytes left of the body or of the chunk; while a size is read, the size. */
    private long left;

    private int digits;
    private int extension;
    private int extensions;
    private int trailers;
    private int payloadFrom;
    private int payloadTo;
    private int position;

    /**
     * Starts a body.
     *
     * @param length bytes, for {@link Framing#LENGTH}; otherwise not looked at
     */
    public void begin(Framing framing, long length) {
        this.framing = framing;
        fault = null;
        left = 0;
        digits = 0;
        extension = 0;
        extensions = 0;
        trailers = 0;
        payloadFrom = 0;
        payloadTo = 0;
        position = 0;
        switch (framing) {
            case NONE -> state = State.ENDED;
            case LENGTH -> {
                if (length < 0) {
                    throw new IllegalArgumentException("length: " + length + " (expected: >= 0)");
                }
                left = length;
                state = length == 0 ? State.ENDED : State.DATA;
            }
            case CHUNKED -> state = State.SIZE;
            case UNTIL_CLOSE -> {
                left = Long.MAX_VALUE;
                state = State.DATA;
            }
        }
    }

    /**
     * Goes on to the next run of payload in a[at,to). True: there is one, from {@link #payloadFrom} to {@link #payloadTo}, never empty, and
     * {@link #position} is its end. False: the input is used up, or the body has ended before it was.
     *
     * @throws HttpException malformed chunks; every later call throws the same until {@link #begin}
     */
    public boolean next(byte[] a, int at, int to) throws HttpException {
        if (fault != null) {
            throw fault;
        }
        int i = at;
        try {
            while (i < to && state != State.DATA && state != State.ENDED) {
                state = step(a[i]);
                i++;
            }
        } catch (HttpException e) {
            fault = e;
            throw e;
        } finally {
            position = i;
        }
        if (i == to || state == State.ENDED) {
            return false;
        }
        payloadFrom = i;
        payloadTo = i + (int) Math.min(left, to - i);
        position = payloadTo;
        switch (framing) {
            case LENGTH -> {
                left -= payloadTo - i;
                state = left == 0 ? State.ENDED : State.DATA;
            }
            case CHUNKED -> {
                left -= payloadTo - i;
                state = left == 0 ? State.DATA_CR : State.DATA;
            }
            case NONE, UNTIL_CLOSE -> {}
        }
        return true;
    }

    private State step(byte c) throws HttpException {
        return switch (state) {
            case SIZE -> size(c);
            case SIZE_LF -> {
                lineFeed(c, "chunk size");
                yield left == 0 ? State.TRAILER : State.DATA;
            }
            case EXTENSION,
                    EXTENSION_NAME,
                    EXTENSION_VALUE,
                    EXTENSION_TOKEN,
                    EXTENSION_QUOTED,
                    EXTENSION_ESCAPED,
                    EXTENSION_CLOSED -> extension(c);
            case DATA_CR -> {
                if (c != Octets.CR) {
                    throw bad("chunk_end_invalid", "behind a chunk: " + shown(c) + " (expected: CR LF)");
                }
                yield State.DATA_LF;
            }
            case DATA_LF -> {
                lineFeed(c, "chunk");
                digits = 0;
                yield State.SIZE;
            }
            case TRAILER, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF -> trailer(c);
            case LAST_LF -> {
                lineFeed(c, "body");
                yield State.ENDED;
            }
            case DATA, ENDED, REFUSED -> throw new IllegalStateException("step in " + state);
        };
    }

    private static void lineFeed(byte c, String what) throws HttpException {
        if (c != Octets.LF) {
            throw bad("line_end_invalid", "end of " + what + ": CR " + shown(c) + " (expected: CR LF)");
        }
    }

    private State size(byte c) throws HttpException {
        int digit = Octets.hex(c);
        if (digit >= 0) {
            if (digits++ == 0) {
                left = 0;
                extension = 0;
            }
            left = left << 4 | digit;
            if (digits > MAX_DIGITS || left > MAX_CHUNK) {
                throw bad(
                        "chunk_size_invalid",
                        "chunk size: " + Long.toHexString(left) + " in " + digits + " digits (expected: <= "
                                + Long.toHexString(MAX_CHUNK) + " in at most " + MAX_DIGITS + ")");
            }
            return State.SIZE;
        }
        if (digits > 0 && c == Octets.CR) {
            return State.SIZE_LF;
        }
        if (digits > 0 && c == ';') {
            return State.EXTENSION;
        }
        throw bad(
                "chunk_size_invalid",
                "chunk size: " + shown(c) + " behind " + digits + " digits (expected: hexadecimal digits, then CR LF)");
    }

    private State extension(byte c) throws HttpException {
        extensions++;
        if (++extension > MAX_EXTENSION || extensions > MAX_EXTENSIONS) {
            throw bad(
                    "chunk_extension_too_large",
                    "chunk extensions: " + extension + " bytes, " + extensions + " in this body (expected: <= "
                            + MAX_EXTENSION + ", <= " + MAX_EXTENSIONS + ")");
        }
        boolean token = Octets.token(c);
        boolean text = (c >= 0 && !Octets.control(c)) || c == Octets.TAB;
        State next = switch (state) {
            case EXTENSION -> token ? State.EXTENSION_NAME : State.REFUSED;
            case EXTENSION_NAME -> token ? State.EXTENSION_NAME : c == '=' ? State.EXTENSION_VALUE : behindExtension(c);
            case EXTENSION_VALUE -> token ? State.EXTENSION_TOKEN : c == '"' ? State.EXTENSION_QUOTED : State.REFUSED;
            case EXTENSION_TOKEN -> token ? State.EXTENSION_TOKEN : behindExtension(c);
            case EXTENSION_QUOTED ->
                c == '"'
                        ? State.EXTENSION_CLOSED
                        : c == '\\' ? State.EXTENSION_ESCAPED : text ? State.EXTENSION_QUOTED : State.REFUSED;
            case EXTENSION_ESCAPED -> text ? State.EXTENSION_QUOTED : State.REFUSED;
            default -> behindExtension(c);
        };
        if (next == State.REFUSED) {
            throw bad(
                    "chunk_extension_invalid",
                    "chunk extension: " + shown(c) + " (expected: ;name, ;name=token or ;name=\"text\", then CR LF)");
        }
        return next;
    }

    private static State behindExtension(byte c) {
        return c == ';' ? State.EXTENSION : c == Octets.CR ? State.SIZE_LF : State.REFUSED;
    }

    private State trailer(byte c) throws HttpException {
        if (state == State.TRAILER && c == Octets.CR) {
            return State.LAST_LF;
        }
        if (++trailers > MAX_TRAILERS) {
            throw new HttpException(
                    431,
                    "trailers_too_large",
                    "trailers: > " + MAX_TRAILERS + " bytes (expected: <= " + MAX_TRAILERS + ")");
        }
        boolean token = Octets.token(c);
        State next = switch (state) {
            case TRAILER -> token ? State.TRAILER_NAME : State.REFUSED;
            case TRAILER_NAME -> token ? State.TRAILER_NAME : c == ':' ? State.TRAILER_VALUE : State.REFUSED;
            case TRAILER_VALUE ->
                c == Octets.CR
                        ? State.TRAILER_LF
                        : !Octets.control(c) || c == Octets.TAB ? State.TRAILER_VALUE : State.REFUSED;
            default -> c == Octets.LF ? State.TRAILER : State.REFUSED;
        };
        if (next == State.REFUSED) {
            throw bad("trailer_invalid", "trailer: " + shown(c) + " (expected: name: value, then CR LF)");
        }
        return next;
    }

    /** Where the run starts that {@link #next} found. */
    public int payloadFrom() {
        return payloadFrom;
    }

    public int payloadTo() {
        return payloadTo;
    }

    /** The offset behind what was consumed. Once the body has {@link #ended}, what is behind it belongs to the next message. */
    public int position() {
        return position;
    }

    /** Whether the whole body was read: its length, or its last chunk and trailers. */
    public boolean ended() {
        return state == State.ENDED;
    }

    /** Whether what was consumed ends between two whole chunks, so that another may be put in; always, when the framing is not chunked. */
    public boolean aligned() {
        return framing != Framing.CHUNKED || state == State.ENDED || (state == State.SIZE && digits == 0);
    }

    /** Whether all frames so far were without extensions and trailers, and may be passed on as they came. */
    public boolean verbatim() {
        return extensions == 0 && trailers == 0;
    }

    /**
     * The connection has ended.
     *
     * @throws HttpException unless the body has ended too, or ends by this
     */
    public void eof() throws HttpException {
        if (fault != null) {
            throw fault;
        }
        if (framing == Framing.UNTIL_CLOSE) {
            state = State.ENDED;
        }
        if (state != State.ENDED) {
            String missing = framing == Framing.LENGTH ? left + " bytes before its end" : "before its last chunk ended";
            fault = bad("body_truncated", "body: cut " + missing + " (expected: all of it)");
            throw fault;
        }
    }
}
