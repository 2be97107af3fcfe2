package dev.tidemill.wire.json;

import dev.tidemill.wire.Swar;

/**
 * Says of JSON that somebody else will read whether it can be read: the grammar of RFC 8259, but with {@code NaN}, {@code Infinity} and
 * {@code -Infinity} as numbers, since some servers write and some clients take them, and with any bytes above ASCII, which clients mend.
 * Nothing is kept and nothing is thrown; {@link JsonScanner} is for what has to be told why.
 */
public final class JsonSyntax {
    /** Levels of objects and arrays, so that the stack suffices; Jackson's reader stops at 500, Python's at about 1,000. */
    static final int MOST_LEVELS = 512;

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] NAN = {'N', 'a', 'N'};
    private static final byte[] INFINITY = {'I', 'n', 'f', 'i', 'n', 'i', 't', 'y'};

    private JsonSyntax() {}

    /** Whether {@code a[from, to)} is one object, perhaps with white space around it. */
    public static boolean isObject(byte[] a, int from, int to) {
        int i = JsonWalk.space(a, from, to);
        if (i >= to || a[i] != '{') {
            return false;
        }
        int end = object(a, i + 1, to, MOST_LEVELS);
        return end >= 0 && JsonWalk.space(a, end, to) == to;
    }

    /** Behind the value that starts at {@code i}, or -1; so do all below. */
    private static int value(byte[] a, int i, int to, int levels) {
        if (i < 0 || i >= to) {
            return -1;
        }
        return switch (a[i]) {
            case '"' -> string(a, i + 1, to);
            case '{' -> object(a, i + 1, to, levels - 1);
            case '[' -> array(a, i + 1, to, levels - 1);
            case 't' -> word(a, i, to, TRUE);
            case 'f' -> word(a, i, to, FALSE);
            case 'n' -> word(a, i, to, NULL);
            case 'N' -> word(a, i, to, NAN);
            case 'I' -> word(a, i, to, INFINITY);
            case '-' -> i + 1 < to && a[i + 1] == 'I' ? word(a, i + 1, to, INFINITY) : number(a, i + 1, to);
            default -> number(a, i, to);
        };
    }

    private static int object(byte[] a, int i, int to, int levels) {
        if (levels == 0) {
            return -1;
        }
        i = JsonWalk.space(a, i, to);
        if (i < to && a[i] == '}') {
            return i + 1;
        }
        while (i < to && a[i] == '"') {
            int nameEnd = string(a, i + 1, to);
            int end = nameEnd < 0 ? -1 : value(a, JsonWalk.afterColon(a, nameEnd, to), to, levels);
            i = end < 0 ? to : JsonWalk.space(a, end, to);
            if (i >= to || a[i] != ',') {
                return i < to && a[i] == '}' ? i + 1 : -1;
            }
            i = JsonWalk.space(a, i + 1, to);
        }
        return -1;
    }

    private static int array(byte[] a, int i, int to, int levels) {
        if (levels == 0) {
            return -1;
        }
        i = JsonWalk.space(a, i, to);
        if (i < to && a[i] == ']') {
            return i + 1;
        }
        while (true) {
            int end = value(a, i, to, levels);
            i = end < 0 ? to : JsonWalk.space(a, end, to);
            if (i >= to || a[i] != ',') {
                return i < to && a[i] == ']' ? i + 1 : -1;
            }
            i = JsonWalk.space(a, i + 1, to);
        }
    }

    private static int string(byte[] a, int i, int to) {
        while (true) {
            i = Swar.stringStop(a, i, to);
            if (i >= to || (a[i] >= 0 && a[i] < ' ')) {
                return -1;
            }
            if (a[i] == '"') {
                return i + 1;
            }
            i = escape(a, i + 1, to);
            if (i < 0) {
                return -1;
            }
        }
    }

    private static int escape(byte[] a, int i, int to) {
        if (i >= to) {
            return -1;
        }
        return switch (a[i]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> i + 1;
            case 'u' -> {
                int digits = 0;
                while (digits < 4 && i + 1 + digits < to && Character.digit(a[i + 1 + digits], 16) >= 0) {
                    digits++;
                }
                yield digits == 4 ? i + 5 : -1;
            }
            default -> -1;
        };
    }

    private static int number(byte[] a, int i, int to) {
        int end = i < to && a[i] == '0' ? i + 1 : digits(a, i, to);
        if (end >= 0 && end < to && a[end] == '.') {
            end = digits(a, end + 1, to);
        }
        if (end >= 0 && end < to && (a[end] | 0x20) == 'e') {
            boolean sign = end + 1 < to && (a[end + 1] == '+' || a[end + 1] == '-');
            end = digits(a, end + (sign ? 2 : 1), to);
        }
        return end;
    }

    private static int digits(byte[] a, int i, int to) {
        int end = i;
        while (end < to && a[end] >= '0' && a[end] <= '9') {
            end++;
        }
        return end == i ? -1 : end;
    }

    private static int word(byte[] a, int i, int to, byte[] word) {
        int end = i + word.length;
        return end <= to && JsonWalk.is(a, i, end, word) ? end : -1;
    }
}
