package dev.tidemill.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Searches eight bytes at a time in an ordinary long ("SIMD within a register").
 *
 * <p>{@link #zeros} marks each byte that is zero with its top bit. A borrow may also mark bytes <em>above</em> the first true one, never
 * below and never instead of it. Words are read little-endian, so the lowest mark is the earliest byte and is exact, also in the OR of
 * several such masks. An AND of two masks may hold false marks: who uses one compares the bytes afterwards.
 *
 * <p>All searches work on {@code [from, to)}, answer an index into the array, and {@code to} when nothing was found.
 */
public final class Swar {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final long QUOTES = fill('"');
    private static final long BACKSLASHES = fill('\\');
    private static final long BIT_ONES = fill(0x02);
    private static final long ABOVE_SPACES = fill(' ' + 1);
    private static final long CASE_BITS = fill(0x20);
    private static final long OPENING = fill('{');
    private static final long CLOSING = fill('}');
    private static final long LINE_FEEDS = fill('\n');
    private static final long RETURNS = fill('\r');

    private Swar() {}

    /** Eight times the same byte. */
    public static long fill(int b) {
        return ONES * (b & 0xFF);
    }

    /** The eight bytes from {@code i}, the first in the lowest bits. */
    public static long word(byte[] a, int i) {
        return (long) WORD.get(a, i);
    }

    /** The top bit of each zero byte in {@code x}; exact up to the lowest mark (see the class comment). */
    public static long zeros(long x) {
        return (x - ONES) & ~x & TOPS;
    }

    /** How many bytes precede the lowest mark of a mask that is not 0. */
    public static int first(long marks) {
        return Long.numberOfTrailingZeros(marks) >>> 3;
    }

    /** The first {@code b}. */
    public static int indexOf(byte[] a, int from, int to, int b) {
        long wanted = fill(b);
        int i = from;
        for (; i <= to - 8; i += 8) {
            long marks = zeros(word(a, i) ^ wanted);
            if (marks != 0) {
                return i + first(marks);
            }
        }
        while (i < to && a[i] != b) {
            i++;
        }
        return i;
    }

    /** The first {@code b} that is directly followed by {@code c}, both inside the range. */
    public static int indexOfPair(byte[] a, int from, int to, int b, int c) {
        long head = fill(b);
        long tail = fill(c);
        int i = from;
        for (; i <= to - 9; i += 8) {
            long marks = zeros(word(a, i) ^ head) & zeros(word(a, i + 1) ^ tail);
            for (; marks != 0; marks &= marks - 1) {
                int at = i + first(marks);
                if (a[at] == b && a[at + 1] == c) {
                    return at;
                }
            }
        }
        for (; i < to - 1; i++) {
            if (a[i] == b && a[i + 1] == c) {
                return i;
            }
        }
        return to;
    }

    /** The first line feed or carriage return. */
    public static int lineEnd(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long w = word(a, i);
            long marks = zeros(w ^ LINE_FEEDS) | zeros(w ^ RETURNS);
            if (marks != 0) {
                return i + first(marks);
            }
        }
        while (i < to && a[i] != '\n' && a[i] != '\r') {
            i++;
        }
        return i;
    }

    /** The first quote or backslash: where a JSON string that is known to be sound may end. */
    public static int quoteOrBackslash(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long w = word(a, i);
            long marks = zeros(w ^ QUOTES) | zeros(w ^ BACKSLASHES);
            if (marks != 0) {
                return i + first(marks);
            }
        }
        while (i < to && a[i] != '"' && a[i] != '\\') {
            i++;
        }
        return i;
    }

    /** The first quote, backslash or control: what a JSON string cannot hold as it is. */
    public static int stringStop(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long w = word(a, i);
            long marks = (((w ^ BIT_ONES) - ABOVE_SPACES) | ((w ^ BACKSLASHES) - ONES)) & ~w & TOPS;
            if (marks != 0) {
                return i + first(marks);
            }
        }
        while (i < to && a[i] != '"' && a[i] != '\\' && (a[i] < 0 || a[i] >= ' ')) {
            i++;
        }
        return i;
    }

    /** The first byte that ends a run of plain ASCII in a JSON string: quote, backslash, control or not ASCII. */
    public static int plainEnd(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 16; i += 16) { // most of what is read are long texts
            long marks = notPlain(word(a, i));
            long more = notPlain(word(a, i + 8));
            if ((marks | more) != 0) {
                return marks != 0 ? i + first(marks) : i + 8 + first(more);
            }
        }
        if (i <= to - 8) {
            long marks = notPlain(word(a, i));
            if (marks != 0) {
                return i + first(marks);
            }
            i += 8;
        }
        while (i < to && a[i] >= ' ' && a[i] != '"' && a[i] != '\\') {
            i++;
        }
        return i;
    }

    /**
     * Marks what ends a run of plain ASCII. With bit 1 flipped the quote is a space, and a space is not: one comparison finds quotes and
     * controls. What is not ASCII is marked by its own top bit, whatever the subtractions make of it.
     */
    private static long notPlain(long w) {
        return (w | ((w ^ BIT_ONES) - ABOVE_SPACES) | ((w ^ BACKSLASHES) - ONES)) & TOPS;
    }

    /** The first quote, brace or bracket. */
    public static int quoteOrBracket(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long w = word(a, i);
            long folded = w | CASE_BITS;
            long marks = zeros(w ^ QUOTES) | zeros(folded ^ OPENING) | zeros(folded ^ CLOSING);
            if (marks != 0) {
                return i + first(marks);
            }
        }
        while (i < to && a[i] != '"' && (a[i] | 0x20) != '{' && (a[i] | 0x20) != '}') {
            i++;
        }
        return i;
    }
}
