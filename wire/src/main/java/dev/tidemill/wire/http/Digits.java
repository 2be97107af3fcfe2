package dev.tidemill.wire.http;

/** Numbers written as ASCII into a byte array. */
public final class Digits {
    private static final String HEX = "0123456789abcdef";

    private Digits() {}

    /** Writes a value >= 0 in decimal at a[at] (1 to 19 bytes) and answers the offset behind it. */
    public static int decimal(long value, byte[] a, int at) {
        int length = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            length++;
        }
        long rest = value;
        for (int i = at + length - 1; i >= at; i--) {
            a[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + length;
    }

    /** Writes the head of a chunk of this size, hexadecimal and CR LF (3 to 18 bytes), at a[at] and answers the offset behind it. */
    public static int chunk(long size, byte[] a, int at) {
        int i = at;
        for (int shift = 60 - (Long.numberOfLeadingZeros(size | 1) & ~3); shift >= 0; shift -= 4) {
            a[i++] = (byte) HEX.charAt((int) (size >>> shift) & 15);
        }
        a[i] = Octets.CR;
        a[i + 1] = Octets.LF;
        return i + 2;
    }
}
