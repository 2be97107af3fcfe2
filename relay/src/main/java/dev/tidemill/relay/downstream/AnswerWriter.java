package dev.tidemill.relay.downstream;

import dev.tidemill.relay.loop.Sender;
import dev.tidemill.wire.http.Digits;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.http.StatusLine;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer after the other to a client's channel. What is written between two flushes is put together into one
 * buffer, so that a head and its first payload leave in one write.
 */
final class AnswerWriter {
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n\r\n");
    private static final byte[] CLOSE = ascii("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("connection: keep-alive\r\n");
    private static final byte[] CONTENT_LENGTH = ascii("content-length: ");
    private static final byte[] CONTENT_TYPE = ascii("content-type: ");
    private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");

    /** Bytes of a payload for which room is made together with the head; a longer one grows the buffer when it comes. */
    private static final int MOST_AT_ONCE = 16 << 10;

    /** How the end of an answer shows. */
    private enum Ending {
        LENGTH,
        CHUNKED,
        CLOSE
    }

    private final ChannelHandlerContext context;
    private final byte[] line = new byte[96];
    private final Sender sender;
    /** What is to leave next, and is put together here. */
    private @Nullable ByteBuf out;
    /** Or what was read of a provider, and leaves as it is. */
    private @Nullable ByteBuf passed;

    private Ending ending = Ending.LENGTH;
    private boolean toHead;
    private boolean bodyless;
    private boolean empty;
    private boolean oldClient;
    private boolean typed;
    private boolean committed;
    private long written;

    AnswerWriter(ChannelHandlerContext context) {
        this.context = context;
        this.sender = new Sender(context.channel());
    }

    /**
     * Before each answer.
     *
     * @param toHead whether the request was HEAD, so that no body follows
     * @param http10 whether the client does not know chunks
     */
    void expect(boolean toHead, boolean http10) {
        this.toHead = toHead;
        bodyless = toHead;
        oldClient = http10;
        committed = false;
        typed = false;
        written = 0;
    }

    void interim() {
        buffer(CONTINUE.length).writeBytes(CONTINUE);
        flush();
    }

    void status(int status) {
        status(status, 0);
    }

    /** @param payload how many bytes will probably follow the head at once */
    void status(int status, long payload) {
        empty = status == 204 || status == 304;
        bodyless = toHead || empty;
        int length = StatusLine.write(status, line, 0);
        buffer(1024 + (int) Math.min(payload, MOST_AT_ONCE)).writeBytes(line, 0, length);
    }

    /** Takes over the provider's headers that may go back; framing, type and pauses are written anew. */
    void headers(Head upstream) {
        ByteBuf to = buffer(1024);
        for (int i = 0; i < upstream.count(); i++) {
            Header known = upstream.known(i);
            boolean ours = known == Header.CONTENT_LENGTH
                    || known == Header.CONTENT_ENCODING
                    || known == Header.RETRY_AFTER
                    || known == Header.RETRY_AFTER_MS
                    || known == Header.X_SHOULD_RETRY;
            if (!ours && !Header.privateAnswer(upstream, i)) {
                typed |= known == Header.CONTENT_TYPE;
                to.writeBytes(upstream.bytes(), upstream.lineFrom(i), upstream.lineTo(i) - upstream.lineFrom(i));
            }
        }
    }

    void header(String name, String value) {
        int length = name.length() + value.length() + 4;
        byte[] a = length <= line.length ? line : new byte[length];
        int at = name(name, a);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i); // a model's name may hold anything a JSON string may
            a[at++] = (byte) (c < ' ' || c == 0x7f || c > 0xff ? '?' : c);
        }
        a[at++] = '\r';
        a[at] = '\n';
        buffer(256).writeBytes(a, 0, length);
    }

    /** @param value 0 or more */
    void header(String name, long value) {
        int at = Digits.decimal(value, line, name(name, line));
        line[at++] = '\r';
        line[at++] = '\n';
        buffer(256).writeBytes(line, 0, at);
    }

    @SuppressWarnings("deprecation") // the one copy of ASCII that makes no array
    private static int name(String name, byte[] a) {
        int length = name.length();
        name.getBytes(0, length, a, 0);
        a[length] = ':';
        a[length + 1] = ' ';
        return length + 2;
    }

    /** Whether a content type was taken over. */
    boolean typed() {
        return typed;
    }

    void contentType(String type) {
        buffer(128).writeBytes(CONTENT_TYPE);
        buffer(0).writeCharSequence(type + "\r\n", StandardCharsets.US_ASCII);
    }

    /**
     * Ends the head.
     *
     * @param length of the body, -1: not known
     * @param keepAlive whether another answer may follow on this connection; false when only closing can end this one
     */
    boolean commit(long length, boolean keepAlive) {
        committed = true;
        ending = length >= 0 || empty ? Ending.LENGTH : oldClient ? Ending.CLOSE : Ending.CHUNKED;
        boolean goesOn = keepAlive && ending != Ending.CLOSE;
        ByteBuf to = buffer(256);
        if (!goesOn) {
            to.writeBytes(CLOSE);
        } else if (oldClient) {
            to.writeBytes(KEEP_ALIVE);
        }
        switch (ending) {
            case LENGTH -> {
                if (empty) {
                    to.writeShort(0x0d0a); // these two must not even state a length
                    break;
                }
                to.writeBytes(CONTENT_LENGTH);
                to.writeCharSequence(Long.toString(length), StandardCharsets.US_ASCII);
                to.writeInt(0x0d0a0d0a);
            }
            case CHUNKED -> to.writeBytes(CHUNKED);
            case CLOSE -> to.writeShort(0x0d0a);
        }
        return goesOn;
    }

    boolean committed() {
        return committed;
    }

    /** Whether only the close shows the client that the answer has ended. */
    boolean endsByClosing() {
        return committed && ending == Ending.CLOSE && !bodyless;
    }

    boolean chunked() {
        return ending == Ending.CHUNKED && !bodyless;
    }

    void payload(byte[] a, int from, int to) {
        int length = to - from;
        if (bodyless || length == 0) {
            return;
        }
        written += length;
        ByteBuf into = buffer(length + 16);
        if (ending == Ending.CHUNKED) {
            hex(into, length);
            into.writeBytes(a, from, length);
            into.writeShort(0x0d0a);
        } else {
            into.writeBytes(a, from, length);
        }
    }

    void frames(ByteBuf read, int offset, int length) {
        written += length;
        if (out == null && passed == null) {
            boolean all = offset == 0 && length == read.readableBytes();
            passed = all ? read.retain() : read.retainedSlice(read.readerIndex() + offset, length);
        } else {
            buffer(length).writeBytes(read, read.readerIndex() + offset, length);
        }
    }

    void end() {
        if (ending == Ending.CHUNKED && !bodyless) {
            buffer(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
        }
    }

    /** Drops what was not flushed. */
    void drop() {
        if (out != null) {
            out.release();
            out = null;
        }
        if (passed != null) {
            passed.release();
            passed = null;
        }
        typed = false;
    }

    void flush() {
        ByteBuf next = passed == null ? out : passed;
        passed = null;
        out = null;
        if (next != null) {
            sender.send(next);
        }
    }

    /** Whether what was flushed may not all have left. */
    boolean behind() {
        return sender.behind();
    }

    /** Whether more should be written. */
    boolean writable() {
        return sender.writable();
    }

    /** Payload bytes of this answer, frames included where they were passed on. */
    long written() {
        return written;
    }

    private ByteBuf buffer(int more) {
        ByteBuf now = out;
        if (now == null) {
            ByteBuf before = passed;
            int length = before == null ? 0 : before.readableBytes();
            now = out = context.alloc().directBuffer(Math.max(length + more, 1024));
            if (before != null) {
                now.writeBytes(before);
                before.release();
                passed = null;
            }
        }
        return now;
    }

    private static void hex(ByteBuf to, int length) {
        int digits = (35 - Integer.numberOfLeadingZeros(length)) / 4;
        for (int i = digits - 1; i >= 0; i--) {
            int digit = length >>> (i * 4) & 15;
            to.writeByte(digit < 10 ? '0' + digit : 'a' - 10 + digit);
        }
        to.writeShort(0x0d0a);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
