package dev.tidemill.batch.intake;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a file as an editor counts them, from 1, blank ones too. Ends are LF or CR LF, missing at the end of the file
 * or not; a byte order mark before the first is not part of it. A line lies in one piece in {@link #buffer}, which grows
 * only as far as the longest line allowed; each byte is looked at once, however long its line.
 */
final class PhysicalLines {
    private static final int START_BYTES = 256 << 10;

    private final InputStream in;
    private final int maxLine;
    private byte[] buffer = new byte[START_BYTES];
    private int start;
    private int end;
    private long base;
    private boolean eof;

    private long number;
    private int offset;
    private int length;
    private long tooLong;

    PhysicalLines(InputStream in, int maxLine) {
        this.in = in;
        this.maxLine = maxLine;
    }

    /** Goes to the next line; false: there is none. */
    boolean next() throws IOException {
        if (number == 0) {
            skipMark();
        }
        number++;
        tooLong = 0;
        int scanned = start;
        while (true) {
            int feed = lineFeed(scanned, end);
            if (feed >= 0) {
                found(feed, feed + 1);
                return true;
            }
            scanned = end;
            if (eof) {
                if (start == end && tooLong == 0) {
                    return false;
                }
                found(end, end);
                return true;
            }
            if (end - start > maxLine + 1 || tooLong > 0) {
                tooLong += end - start; // nobody will look at it: only its end is searched
                base += end;
                start = 0;
                end = 0;
                scanned = 0;
            }
            scanned -= makeRoom();
            fill();
        }
    }

    private void found(int to, int next) {
        offset = start;
        length = to - start;
        start = next;
        if (tooLong > 0) {
            tooLong += length;
            length = 0;
        }
        if (length > 0 && buffer[offset + length - 1] == '\r') {
            length--;
        }
        if (length > maxLine) {
            tooLong = length;
        }
    }

    private int lineFeed(int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** @return by how much the bytes in the buffer moved */
    private int makeRoom() {
        if (end < buffer.length) {
            return 0;
        }
        if (start > buffer.length / 2) {
            int moved = start;
            System.arraycopy(buffer, start, buffer, 0, end - start);
            base += start;
            end -= start;
            start = 0;
            return moved;
        }
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
        return 0;
    }

    private void fill() throws IOException {
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            eof = true;
        } else {
            end += read;
        }
    }

    private void skipMark() throws IOException {
        while (end < 3 && !eof) {
            fill();
        }
        if (end >= 3 && buffer[0] == (byte) 0xef && buffer[1] == (byte) 0xbb && buffer[2] == (byte) 0xbf) {
            start = 3;
        }
    }

    /** 1-based. */
    long number() {
        return number;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Where in the buffer the line begins. */
    int offset() {
        return offset;
    }

    /** Bytes without the line's end. */
    int length() {
        return length;
    }

    /** Where in the file the line begins. */
    long position() {
        return base + offset;
    }

    /** How long the line is, when it is longer than allowed and so not in the buffer as a whole; else 0. */
    long tooLong() {
        return tooLong;
    }
}
