package dev.tidemill.wire.sse;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.EventReader;
import java.util.Arrays;

/**
 * Takes a stream of server-sent events apart (WHATWG HTML, section 9.2.6, "Interpreting an event stream"), however it is cut into segments.
 *
 * <p>A <em>block</em> is what ends with a blank line: an event, or comments and other fields that make no event. Blocks are told with their
 * exact bytes: all {@link #raw} one after the other, and then the {@linkplain #tail tail}, are what was fed. A line ends with LF, CR LF or CR.
 * A CR at the end of a segment ends its line at once, since waiting for a LF would hold an event back; the LF, when it comes, leads the next
 * block.
 *
 * <p>A block that lies in one segment is told where it lies, nothing is copied. Of a block that does not, what came so far is kept in the
 * reader's own buffer, and the rest is added line by line; lines are read once. Positions are kept relative to the block's start, so that it
 * may move there. Loop: {@link #feed}, then {@link #next} until it answers false. Used by one thread.
 */
public final class SseReader implements EventReader {
    /** 16 MiB. */
    public static final int DEFAULT_MAX_EVENT_BYTES = 16 << 20;

    private static final int KEPT_BUFFER = 64 << 10;
    private static final int NONE = -1;
    private static final byte[] EMPTY = {};
    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't'};
    private static final byte[] ERROR = {'e', 'r', 'r', 'o', 'r'};
    private static final byte[] ID = {'i', 'd'};
    private static final byte[] RETRY = {'r', 'e', 't', 'r', 'y'};

    private final int maxEventBytes;

    private byte[] segment = EMPTY;
    private int pos;
    private int end;

    /** The block that began in an earlier segment. */
    private byte[] held = EMPTY;

    private int heldSize;
    private int heldLine;
    /** The last byte taken was the CR of a line; a LF that follows belongs to it. */
    private boolean afterReturn;

    private boolean started;
    /** A whole block is current. */
    private boolean whole;

    private byte[] raw = EMPTY;
    private int rawFrom;
    private int rawTo;

    private int dataLines;
    private int dataFrom;
    private int dataTo;
    private byte[] joined = EMPTY;
    private int joinedSize;
    private int eventFrom = NONE;
    private int eventTo;
    private int idFrom = NONE;
    private int idTo;
    private int errorFrom = NONE;
    private int errorTo;
    private long retry = NONE;

    /** @param maxEventBytes the most bytes a block, and so a line, may have; 16 or more */
    public SseReader(int maxEventBytes) {
        if (maxEventBytes < 16) {
            throw new IllegalArgumentException("max-event-bytes: " + maxEventBytes + " (expected: >= 16)");
        }
        this.maxEventBytes = maxEventBytes;
    }

    /** Makes the reader ready for another stream. */
    public void reset() {
        segment = EMPTY;
        raw = EMPTY;
        pos = 0;
        end = 0;
        heldSize = 0;
        afterReturn = false;
        started = false;
        whole = false;
        forgetFields();
        if (held.length > KEPT_BUFFER) {
            held = EMPTY;
        }
        if (joined.length > KEPT_BUFFER) {
            joined = EMPTY;
        }
    }

    /**
     * Gives the next segment, {@code a[from, to)}, which must stay as it is until {@link #next} has answered false.
     *
     * @throws IllegalStateException when the one before is not used up
     */
    @Override
    public void feed(byte[] a, int from, int to) {
        if (pos < end) {
            throw new IllegalStateException("segment: " + (end - pos) + " bytes left (expected: 0)");
        }
        segment = a;
        pos = from;
        end = to;
    }

    /**
     * Goes on to the next whole block.
     *
     * @return false when the segment is used up; what it held of an incomplete block has been copied
     * @throws SseException when a block gets larger than allowed; the reader is then of no use until {@link #reset}
     */
    @Override
    public boolean next() throws SseException {
        if (whole) {
            whole = false;
            heldSize = 0;
            heldLine = 0;
            forgetFields();
        }
        return heldSize == 0 ? inPlace() : held();
    }

    /** The array with the exact bytes of the current block. */
    @Override
    public byte[] raw() {
        return raw;
    }

    @Override
    public int rawFrom() {
        return rawFrom;
    }

    /** Behind the blank line. */
    @Override
    public int rawTo() {
        return rawTo;
    }

    /** Whether the block has data, and so is an event; the data may be empty. */
    @Override
    public boolean hasData() {
        return dataLines > 0;
    }

    /** The array with the block's data: several data lines are joined with LF. */
    @Override
    public byte[] data() {
        return dataLines > 1 ? joined : raw;
    }

    @Override
    public int dataFrom() {
        return dataLines > 1 ? 0 : rawFrom + dataFrom;
    }

    @Override
    public int dataTo() {
        return dataLines > 1 ? joinedSize : rawFrom + dataTo;
    }

    /** Whether the block names its event, be it with nothing. */
    public boolean hasEvent() {
        return eventFrom >= 0;
    }

    /** Where the event's name starts in {@link #raw}, when it has one. */
    public int eventFrom() {
        return rawFrom + eventFrom;
    }

    public int eventTo() {
        return rawFrom + eventTo;
    }

    /** Whether the block names its event so. */
    public boolean eventIs(byte[] name) {
        return eventFrom >= 0
                && eventTo - eventFrom == name.length
                && Arrays.equals(raw, eventFrom(), eventTo(), name, 0, name.length);
    }

    /** Whether the block has an id without a NUL in it. */
    public boolean hasId() {
        return idFrom >= 0;
    }

    /** Where the id starts in {@link #raw}, when there is one. */
    public int idFrom() {
        return rawFrom + idFrom;
    }

    public int idTo() {
        return rawFrom + idTo;
    }

    /** The reconnection time of the block in milliseconds, or -1. */
    public long retry() {
        return retry;
    }

    /** Whether the block has a field called {@code error}: no such field exists, but llama.cpp tells errors so. */
    @Override
    public boolean hasError() {
        return errorFrom >= 0;
    }

    /** Where the value of the {@code error} field starts in {@link #raw}, when there is one. */
    @Override
    public int errorFrom() {
        return rawFrom + errorFrom;
    }

    @Override
    public int errorTo() {
        return rawFrom + errorTo;
    }

    /** After {@link #next} answered false: the bytes that are kept of an incomplete block. */
    @Override
    public int tail() {
        return whole ? 0 : heldSize;
    }

    /** The array the tail is in, from 0 to {@link #tail}. */
    public byte[] tailBytes() {
        return held;
    }

    /**
     * To be asked when the stream has ended and {@link #next} has answered false: whether it ended inside a block. The standard drops such a
     * block; the accessors tell what it held, for a last {@code [DONE]} without its blank line, or an error. A LF that belongs to the last
     * blank line is no block.
     */
    public boolean finish() {
        int size = tail();
        if (size == 0 || (size == 1 && held[0] == '\n')) {
            return false;
        }
        if (heldLine < size) {
            line(held, 0, heldLine, size);
            heldLine = size;
        }
        raw = held;
        rawFrom = 0;
        rawTo = size;
        return true;
    }

    private boolean inPlace() throws SseException {
        int start = pos;
        int i = pos;
        if (afterReturn && i < end) {
            afterReturn = false;
            if (segment[i] == '\n') {
                i++;
            }
        }
        int line = i;
        while (true) {
            int lineEnd = Swar.lineEnd(segment, i, end);
            if (lineEnd == end) {
                heldLine = line - start;
                hold(start, end);
                pos = end;
                return false;
            }
            i = afterLine(lineEnd);
            if (line(segment, start, line, lineEnd)) {
                check(i - start);
                raw = segment;
                rawFrom = start;
                rawTo = i;
                pos = i;
                whole = true;
                return true;
            }
            line = i;
        }
    }

    private boolean held() throws SseException {
        while (pos < end) {
            if (afterReturn) {
                afterReturn = false;
                if (segment[pos] == '\n') {
                    hold(pos, pos + 1);
                    pos++;
                    heldLine = heldSize;
                    continue;
                }
            }
            int lineEnd = Swar.lineEnd(segment, pos, end);
            if (lineEnd == end) {
                hold(pos, end);
                pos = end;
                return false;
            }
            int heldLineEnd = heldSize + lineEnd - pos;
            int i = afterLine(lineEnd);
            hold(pos, i);
            pos = i;
            if (line(held, 0, heldLine, heldLineEnd)) {
                raw = held;
                rawFrom = 0;
                rawTo = heldSize;
                whole = true;
                return true;
            }
            heldLine = heldSize;
        }
        return false;
    }

    /** Behind the line end at {@code i}, which may be two bytes. */
    private int afterLine(int i) {
        if (segment[i] == '\r') {
            if (i + 1 == end) {
                afterReturn = true;
            } else if (segment[i + 1] == '\n') {
                return i + 2;
            }
        }
        return i + 1;
    }

    private void hold(int from, int to) throws SseException {
        int size = heldSize + (to - from);
        check(size);
        if (size > held.length) {
            held = Arrays.copyOf(held, (int) Math.min(maxEventBytes, Math.max(size, Math.max(1024, 2L * held.length))));
        }
        System.arraycopy(segment, from, held, heldSize, to - from);
        heldSize = size;
    }

    private void check(int size) throws SseException {
        if (size > maxEventBytes || size < 0) {
            throw new SseException(
                    "event: " + (size & 0xFFFF_FFFFL) + " bytes or more (expected: <= " + maxEventBytes + ")");
        }
    }

    /** Takes in the line {@code b[from, to)} of a block that starts at {@code block}; true when it is blank. */
    private boolean line(byte[] b, int block, int from, int to) {
        if (!started) {
            started = true;
            if (to - from >= 3 && b[from] == (byte) 0xEF && b[from + 1] == (byte) 0xBB && b[from + 2] == (byte) 0xBF) {
                from += 3;
            }
        }
        if (from == to) {
            return true;
        }
        switch (b[from]) {
            case 'd' -> {
                int value = value(b, from, to, DATA);
                if (value >= 0) {
                    data(b, block, value, to);
                }
            }
            case 'e' -> {
                int value = value(b, from, to, EVENT);
                if (value >= 0) {
                    eventFrom = value - block;
                    eventTo = to - block;
                    break;
                }
                value = value(b, from, to, ERROR);
                if (value >= 0) {
                    errorFrom = value - block;
                    errorTo = to - block;
                }
            }
            case 'i' -> {
                int value = value(b, from, to, ID);
                if (value >= 0 && Swar.indexOf(b, value, to, 0) == to) {
                    idFrom = value - block;
                    idTo = to - block;
                }
            }
            case 'r' -> {
                int value = value(b, from, to, RETRY);
                if (value >= 0) {
                    retry(b, value, to);
                }
            }
            default -> {} // a comment, or a field the standard tells to ignore
        }
        return false;
    }

    /** Where the value starts when the line's field has this name, -1 when it has another. */
    private static int value(byte[] b, int from, int to, byte[] name) {
        int nameEnd = from + name.length;
        if (nameEnd > to || !Arrays.equals(b, from, nameEnd, name, 0, name.length)) {
            return -1;
        }
        if (nameEnd == to) {
            return to;
        }
        if (b[nameEnd] != ':') {
            return -1;
        }
        int value = nameEnd + 1;
        return value < to && b[value] == ' ' ? value + 1 : value;
    }

    private void data(byte[] b, int block, int from, int to) {
        if (dataLines == 0) {
            dataFrom = from - block;
            dataTo = to - block;
        } else {
            if (dataLines == 1) {
                joinedSize = 0;
                join(b, block + dataFrom, block + dataTo);
            }
            join(NEWLINE, 0, 1);
            join(b, from, to);
        }
        dataLines++;
    }

    private static final byte[] NEWLINE = {'\n'};

    private void join(byte[] b, int from, int to) {
        int size = joinedSize + to - from;
        if (size > joined.length) {
            joined = Arrays.copyOf(joined, Math.max(size, Math.max(1024, 2 * joined.length)));
        }
        System.arraycopy(b, from, joined, joinedSize, to - from);
        joinedSize = size;
    }

    private void retry(byte[] b, int from, int to) {
        if (from == to || to - from > 18) {
            return;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (b[i] < '0' || b[i] > '9') {
                return;
            }
            value = value * 10 + b[i] - '0';
        }
        retry = value;
    }

    private void forgetFields() {
        dataLines = 0;
        eventFrom = NONE;
        idFrom = NONE;
        errorFrom = NONE;
        retry = NONE;
    }
}
