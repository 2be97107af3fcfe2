package dev.tidemill.relay.downstream;

import dev.tidemill.relay.loop.Loop;
import dev.tidemill.relay.loop.Sender;
import dev.tidemill.wire.http.Digits;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.http.StatusLine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer after the other to a client's channel. What is written between two flushes is put together into one
 * buffer, so that a head and its first payload leave in one write. A head of many short lines is composed in an array before,
 * because each copy into memory outside the heap costs more than its bytes.
 */
final class AnswerWriter {
    private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n\r\n");
    private static final byte[] CLOSE = ascii("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("connection: keep-alive\r\n");
    private static final byte[] END_OF_LINE = ascii("\r\n");
    private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");

    /** Bytes of a usual head; what does not fit is written when it comes. */
    private static final int COMPOSED = 640;

    private static final int LONGEST_STATUS = 64;
    /** A number and the end of its line. */
    private static final int LONGEST_NUMBER = 22;

    /** How the end of an answer shows. */
    private enum Ending {
        LENGTH,
        CHUNKED,
        CLOSE
    }

    private final Loop loop;
    private final Sender sender;
    private final byte[] head = new byte[COMPOSED];
    private int composed;
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

    AnswerWriter(Channel channel, Loop loop) {
        this.loop = loop;
        this.sender = new Sender(channel);
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
        empty = status == 204 || status == 304;
        bodyless = toHead || empty;
        fit(LONGEST_STATUS);
        composed = StatusLine.write(status, head, composed);
    }

    /** Takes over the provider's headers that may go back; framing, type and pauses are written anew. */
    void headers(Head upstream) {
        for (int i = 0; i < upstream.count(); i++) {
            Header known = upstream.known(i);
            boolean ours = known == Header.CONTENT_LENGTH
                    || known == Header.CONTENT_ENCODING
                    || known == Header.RETRY_AFTER
                    || known == Header.RETRY_AFTER_MS
                    || known == Header.X_SHOULD_RETRY;
            if (!ours && !Header.privateAnswer(upstream, i)) {
                typed |= known == Header.CONTENT_TYPE;
                head(upstream.bytes(), upstream.lineFrom(i), upstream.lineTo(i) - upstream.lineFrom(i));
            }
        }
    }

    void header(String name, String value) {
        int length = value.length();
        name(name, length + 2);
        byte[] a = length + 2 <= head.length - composed ? head : new byte[length + 2];
        int from = a == head ? composed : 0;
        int at = from;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i); // a model's name may hold anything a JSON string may
            a[at++] = (byte) (c < ' ' || c == 0x7f || c > 0xff ? '?' : c);
        }
        a[at++] = '\r';
        a[at++] = '\n';
        if (a == head) {
            composed = at;
        } else {
            head(a, 0, at);
        }
    }

    /** @param value 0 or more */
    void header(String name, long value) {
        name(name, LONGEST_NUMBER);
        composed = Digits.decimal(value, head, composed);
        head(END_OF_LINE);
    }

    /** @param more what will follow it, at least where it fits */
    @SuppressWarnings("deprecation") // the one copy of ASCII that makes no array
    private void name(String name, int more) {
        int length = name.length();
        fit(length + 2 + more);
        name.getBytes(0, length, head, composed);
        composed += length;
        head[composed++] = ':';
        head[composed++] = ' ';
    }

    private void head(byte[] a) {
        head(a, 0, a.length);
    }

    private void head(byte[] a, int from, int length) {
        fit(length);
        if (length > head.length) {
            buffer(length).writeBytes(a, from, length);
        } else {
            System.arraycopy(a, from, head, composed, length);
            composed += length;
        }
    }

    /** Makes room for so many bytes, if there can be. */
    private void fit(int bytes) {
        if (bytes > head.length - composed) {
            buffer(0);
        }
    }

    /** Whether a content type was taken over. */
    boolean typed() {
        return typed;
    }

    void contentType(String type) {
        header("content-type", type);
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
        if (!goesOn) {
            head(CLOSE);
        } else if (oldClient) {
            head(KEEP_ALIVE);
        }
        switch (ending) {
            case LENGTH -> {
                if (!empty) { // 204 and 304 must not even state one
                    header("content-length", length);
                }
                head(END_OF_LINE);
            }
            case CHUNKED -> head(CHUNKED);
            case CLOSE -> head(END_OF_LINE);
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
        if (out == null && passed == null && composed == 0) {
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
        composed = 0;
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
        if (composed > 0) {
            buffer(0);
        }
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

    /** Where what is to leave is put together, behind what was composed and passed so far. */
    private ByteBuf buffer(int more) {
        ByteBuf now = out;
        if (now == null) {
            ByteBuf before = passed;
            int length = before == null ? 0 : before.readableBytes();
            now = out = room(length + composed + more);
            if (before != null) {
                now.writeBytes(before);
                before.release();
                passed = null;
            }
        }
        now.writeBytes(head, 0, composed);
        composed = 0;
        return now;
    }

    /** A head that is not committed may wait for long; all else leaves at once. */
    private ByteBuf room(int bytes) {
        return committed ? loop.writing(bytes) : ByteBufAllocator.DEFAULT.directBuffer(Math.max(bytes, 1024));
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
