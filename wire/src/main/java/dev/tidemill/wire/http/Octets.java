package dev.tidemill.wire.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Character classes of RFC 9110 and searches that look at eight bytes at a time.
 *
 * <p>The searches use the borrow trick: {@code (x - n*ONES) & ~x & TOPS} marks each byte below n. A borrow can mark a byte wrongly only above a
 * byte that is marked rightly, so the lowest mark (the first byte, little-endian) is always right, and so is the lowest mark of two such masks
 * joined.
 */
final class Octets {
    static final byte CR = '\r';
    static final byte LF = '\n';
    static final byte TAB = '\t';

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;

    /** {@code tchar}: letters, digits and {@code !#$%&'*+-.^_`|~}. */
    private static final boolean[] TOKEN = letters("!#$%&'*+-.^_`|~");

    /** What a request target may hold at all: {@code pchar}, {@code /}, {@code ?}, and brackets, which only IPv6 hosts and queries may hold. */
    private static final boolean[] TARGET = letters("-._~!$&'()*+,;=:@%/?[]");

    /** Host names and IPv4 addresses. {@code reg-name} allows more, but no host that exists needs it. */
    private static final boolean[] NAME = letters("-._~");

    private Octets() {}

    private static boolean[] letters(String others) {
        boolean[] set = new boolean[256];
        for (char c = 'a'; c <= 'z'; c++) {
            set[c] = true;
            set[c - 0x20] = true;
        }
        for (char c = '0'; c <= '9'; c++) {
            set[c] = true;
        }
        for (int i = 0; i < others.length(); i++) {
            set[others.charAt(i)] = true;
        }
        return set;
    }

    static boolean token(byte c) {
        return TOKEN[c & 0xff];
    }

    static boolean target(byte c) {
        return TARGET[c & 0xff];
    }

    static boolean hostName(byte c) {
        return NAME[c & 0xff];
    }

    static boolean digit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    static int lower(byte c) {
        return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }

    static long word(byte[] a, int at) {
        return (long) WORD.get(a, at);
    }

    /** The first line feed in a[from,to), or to. */
    static int lineFeed(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long x = word(a, i) ^ ONES * LF;
            long found = x - ONES & ~x & TOPS;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (i < to && a[i] != LF) {
            i++;
        }
        return i;
    }

    /** The first control character (below space, or DEL) in a[from,to), or to. */
    static int control(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long x = word(a, i);
            long del = x ^ ONES * 0x7f;
            long found = ((x - ONES * 0x20 & ~x) | (del - ONES & ~del)) & TOPS;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (i < to && !control(a[i])) {
            i++;
        }
        return i;
    }

    static boolean control(byte c) {
        return (c >= 0 && c < 0x20) || c == 0x7f;
    }

    /** Whether a[from,to) is this lower-case ASCII text, in whatever case. */
    static boolean same(byte[] a, int from, int to, String lower) {
        return to - from == lower.length() && startsWith(a, from, to, lower);
    }

    /** Whether a[from,to) starts with this lower-case ASCII text, in whatever case. */
    static boolean startsWith(byte[] a, int from, int to, String lower) {
        int length = lower.length();
        if (to - from < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lower(a[from + i]) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the comma-separated list a[from,to) has the token a[nameFrom,nameTo), in whatever case. */
    static boolean listed(byte[] a, int from, int to, int nameFrom, int nameTo) {
        int at = from;
        while (at < to) {
            int start = at;
            while (at < to && token(a[at])) {
                at++;
            }
            if (same(a, start, at, nameFrom, nameTo)) {
                return true;
            }
            at = Math.max(at, start + 1);
        }
        return false;
    }

    /** Whether two runs of bytes are the same but for the case of ASCII letters. */
    static boolean same(byte[] a, int from, int to, int otherFrom, int otherTo) {
        if (to - from != otherTo - otherFrom) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (lower(a[from + i]) != lower(a[otherFrom + i])) {
                return false;
            }
        }
        return true;
    }
}
