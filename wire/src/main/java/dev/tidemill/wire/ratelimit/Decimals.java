package dev.tidemill.wire.ratelimit;

/** Decimal numbers without sign or exponent, such as {@code 12} and {@code 1.182}, in bytes. */
final class Decimals {
    private Decimals() {}

    /** The offset behind the number that starts at {@code from}: digits, and perhaps a point and more digits. {@code from} when none starts there. */
    static int end(byte[] a, int from, int to) {
        int i = digits(a, from, to);
        if (i == from || i == to || a[i] != '.') {
            return i;
        }
        int fraction = digits(a, i + 1, to);
        return fraction > i + 1 ? fraction : i;
    }

    /**
     * The number a[from, to) times {@code unit}. What is finer than 1 is dropped, what is larger than a long is {@link Long#MAX_VALUE}.
     *
     * @param to where {@link #end} says
     * @param unit 1 or more
     */
    static long times(byte[] a, int from, int to, long unit) {
        long whole = 0;
        int i = from;
        for (; i < to && a[i] != '.'; i++) {
            if (whole > (Long.MAX_VALUE - 9) / 10) {
                return Long.MAX_VALUE;
            }
            whole = whole * 10 + a[i] - '0';
        }
        if (whole > Long.MAX_VALUE / unit) {
            return Long.MAX_VALUE;
        }
        long value = whole * unit;
        long place = unit / 10;
        for (i++; i < to && place > 0; i++) {
            value = sum(value, (a[i] - '0') * place);
            place /= 10;
        }
        return value;
    }

    /** Of two numbers >= 0; {@link Long#MAX_VALUE} when it is larger than that. */
    static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** The value of exactly these digits, at most nine of them; -1 when one is none. */
    static int fixed(byte[] a, int from, int length) {
        int value = 0;
        for (int i = from; i < from + length; i++) {
            if (a[i] < '0' || a[i] > '9') {
                return -1;
            }
            value = value * 10 + a[i] - '0';
        }
        return value;
    }

    private static int digits(byte[] a, int from, int to) {
        int i = from;
        while (i < to && a[i] >= '0' && a[i] <= '9') {
            i++;
        }
        return i;
    }
}
