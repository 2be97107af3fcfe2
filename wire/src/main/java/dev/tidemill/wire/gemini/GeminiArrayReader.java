package dev.tidemill.wire.gemini;

import dev.tidemill.wire.GrowingBytes;
import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;

/**
 * Takes a JSON array apart that is streamed in pieces, as Gemini answers without {@code alt=sse}: each element is an
 * event, told as soon as its last brace is there.
 *
 * <p>A block is an element and what leads to it: the array's bracket or a comma, and white space. The closing bracket is
 * a block without data, as is white space behind it. An object without an array around it, which is how some errors come,
 * is told as an only element. Every byte is looked at once, and what is inside an element only for its quotes, brackets
 * and backslashes.
 *
 * <p>Where something else stands, the array is broken: what is left of each segment is told as a block with empty data,
 * which {@link GeminiStream} calls bad, and nothing is found any more. An element that is broken inside may end too early
 * or too late, at the latest at {@link #MAX_ELEMENT_BYTES}.
 */
final class GeminiArrayReader implements EventReader {
    /** The most bytes of a block: 16 MiB. */
    static final int MAX_ELEMENT_BYTES = SseReader.DEFAULT_MAX_EVENT_BYTES;

    private static final int NONE = -1;
    private static final byte[] EMPTY = {};

    private enum Place {
        BEFORE_ARRAY,
        /** Behind the opening bracket: an element, or the end. */
        IN_EMPTY_ARRAY,
        BEFORE_ELEMENT,
        IN_ELEMENT,
        BEHIND_ELEMENT,
        BEHIND_ARRAY,
        BROKEN
    }

    private final GrowingBytes held = new GrowingBytes(MAX_ELEMENT_BYTES);
    private Place place = Place.BEFORE_ARRAY;
    /** Whether the element stands alone, without an array. */
    private boolean alone;

    private int depth;
    private boolean inString;
    private boolean escaped;

    private byte[] segment = EMPTY;
    private int pos;
    private int end;
    /** The first byte of the segment that belongs to the block. */
    private int start;

    private boolean told;
    private byte[] raw = EMPTY;
    private int rawFrom;
    private int rawTo;
    /** Where the element starts in the block. */
    private int element = NONE;

    @Override
    public void feed(byte[] a, int from, int to) {
        if (pos < end) {
            throw new IllegalStateException("segment: " + (end - pos) + " bytes left (expected: 0)");
        }
        segment = a;
        pos = from;
        end = to;
        start = from;
    }

    @Override
    public boolean next() throws SseException {
        if (told) {
            told = false;
            held.clear();
            element = NONE;
            start = pos;
        }
        while (pos < end) {
            if (place == Place.IN_ELEMENT ? elementEnds() : markEnds()) {
                tell();
                return true;
            }
        }
        hold();
        return false;
    }

    /** Goes on in an element; true at its end. */
    private boolean elementEnds() {
        if (escaped) {
            escaped = false;
            pos++;
            return false;
        }
        pos = inString ? Swar.quoteOrBackslash(segment, pos, end) : Swar.quoteOrBracket(segment, pos, end);
        if (pos == end) {
            return false;
        }
        switch (segment[pos++]) {
            case '"' -> inString = !inString;
            case '\\' -> escaped = true;
            case '{', '[' -> depth++;
            default -> depth--;
        }
        if (depth > 0) {
            return false;
        }
        place = alone ? Place.BEHIND_ARRAY : Place.BEHIND_ELEMENT;
        return true;
    }

    /** Takes the byte of the array itself; true when it ends a block. */
    private boolean markEnds() {
        byte b = segment[pos++];
        if (place == Place.BROKEN) {
            return broken();
        }
        if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
            return place == Place.BEHIND_ARRAY && pos == end;
        }
        return switch (place) {
            case BEFORE_ARRAY -> {
                if (b == '[') {
                    place = Place.IN_EMPTY_ARRAY;
                    yield false;
                }
                alone = true;
                yield b == '{' ? opens() : broken();
            }
            case IN_EMPTY_ARRAY -> b == '{' ? opens() : b == ']' ? closes() : broken();
            case BEFORE_ELEMENT -> b == '{' ? opens() : broken();
            case BEHIND_ELEMENT -> {
                if (b == ',') {
                    place = Place.BEFORE_ELEMENT;
                    yield false;
                }
                yield b == ']' ? closes() : broken();
            }
            default -> broken();
        };
    }

    private boolean opens() {
        place = Place.IN_ELEMENT;
        depth = 1;
        element = held.size() + pos - 1 - start;
        return false;
    }

    private boolean closes() {
        place = Place.BEHIND_ARRAY;
        return true;
    }

    /** The rest of the segment, and of all that follow, is a block with empty data. */
    private boolean broken() {
        place = Place.BROKEN;
        pos = end;
        element = held.size() + end - start;
        return true;
    }

    private void tell() throws SseException {
        if (held.size() == 0) {
            check(pos - start);
            raw = segment;
            rawFrom = start;
            rawTo = pos;
        } else {
            keep(pos);
            raw = held.array();
            rawFrom = 0;
            rawTo = held.size();
        }
        told = true;
    }

    private void hold() throws SseException {
        if (end > start) {
            keep(end);
        }
    }

    private void keep(int to) throws SseException {
        check(held.size() + (long) to - start);
        held.write(segment, start, to);
        start = to;
    }

    private static void check(long size) throws SseException {
        if (size > MAX_ELEMENT_BYTES) {
            throw new SseException("element: " + size + " bytes or more (expected: <= " + MAX_ELEMENT_BYTES + ")");
        }
    }

    /** Whether the closing bracket came, or the only element did that has no array around it. */
    boolean closed() {
        return place == Place.BEHIND_ARRAY;
    }

    @Override
    public byte[] raw() {
        return raw;
    }

    @Override
    public int rawFrom() {
        return rawFrom;
    }

    @Override
    public int rawTo() {
        return rawTo;
    }

    @Override
    public boolean hasData() {
        return element >= 0;
    }

    @Override
    public byte[] data() {
        return raw;
    }

    @Override
    public int dataFrom() {
        return rawFrom + element;
    }

    @Override
    public int dataTo() {
        return rawTo;
    }

    @Override
    public boolean hasError() {
        return false;
    }

    @Override
    public int errorFrom() {
        return rawFrom;
    }

    @Override
    public int errorTo() {
        return rawFrom;
    }

    @Override
    public int tail() {
        return told ? 0 : held.size();
    }
}
