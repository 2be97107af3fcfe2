package dev.tidemill.wire.json;

import dev.tidemill.wire.Swar;
import java.util.Arrays;

/**
 * Steps through JSON that is believed to be sound, such as what a provider sent: values are stepped over by their quotes and brackets and
 * nothing else is checked. Never leaves {@code [i, to)}; broken text gives -1 or a wrong position, not an exception.
 */
public final class JsonWalk {
    private JsonWalk() {}

    /** The first byte from {@code i} that is not white space, or {@code to}. */
    public static int space(byte[] a, int i, int to) {
        while (i < to && a[i] <= ' ' && (a[i] == ' ' || a[i] == '\n' || a[i] == '\r' || a[i] == '\t')) {
            i++;
        }
        return i;
    }

    /** Behind the last byte before {@code to} that is not white space, or {@code from}. */
    public static int trimEnd(byte[] a, int from, int to) {
        while (to > from && a[to - 1] <= ' ' && a[to - 1] >= 0) {
            to--;
        }
        return to;
    }

    /** Behind the closing quote of the string whose first character is at {@code i}, or -1. */
    public static int stringEnd(byte[] a, int i, int to) {
        while (true) {
            i = Swar.quoteOrBackslash(a, i, to);
            if (i >= to) {
                return -1;
            }
            if (a[i] == '"') {
                return i + 1;
            }
            i += 2;
        }
    }

    /** Behind the value that starts at {@code i}, or -1. */
    public static int valueEnd(byte[] a, int i, int to) {
        if (i >= to) {
            return -1;
        }
        return switch (a[i]) {
            case '"' -> stringEnd(a, i + 1, to);
            case '{', '[' -> containerEnd(a, i + 1, to);
            default -> scalarEnd(a, i, to);
        };
    }

    /** Where the value starts that belongs to a name whose closing quote is just before {@code i}; -1 without a colon or a value. */
    public static int afterColon(byte[] a, int i, int to) {
        i = space(a, i, to);
        if (i >= to || a[i] != ':') {
            return -1;
        }
        i = space(a, i + 1, to);
        return i < to ? i : -1;
    }

    /** The first name of the object, or the first element of the array, that opens at {@code i}; -1 when it is empty or broken. */
    public static int firstIn(byte[] a, int i, int to) {
        i = space(a, i + 1, to);
        return i < to && a[i] != '}' && a[i] != ']' ? i : -1;
    }

    /** What follows the value that ends at {@code i} in the same object or array: the next name or element; -1 when there is none. */
    public static int next(byte[] a, int i, int to) {
        i = space(a, i, to);
        if (i >= to || a[i] != ',') {
            return -1;
        }
        i = space(a, i + 1, to);
        return i < to ? i : -1;
    }

    /**
     * Where the value of the first field so named starts in the object that opens at {@code i}; -1 when it has none, and
     * when the object is broken before it. Names are compared as written: one with escapes is another.
     */
    public static int member(byte[] a, int i, int to, byte[] name) {
        int at = firstIn(a, i, to);
        while (at >= 0) {
            int nameEnd = a[at] == '"' ? stringEnd(a, at + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : afterColon(a, nameEnd, to);
            if (value < 0 || is(a, at + 1, nameEnd - 1, name)) {
                return value;
            }
            int end = valueEnd(a, value, to);
            at = end < 0 ? -1 : next(a, end, to);
        }
        return -1;
    }

    /**
     * Where the value of the field starts whose name's opening quote is at {@code at}; -1 when there is another name, or none.
     * For a quote found by searching: inside a string it is escaped, or begins no name.
     */
    public static int valueOf(byte[] a, int at, int to, byte[] name) {
        int end = at + 1 + name.length;
        if (end >= to || a[end] != '"' || a[at] != '"' || !is(a, at + 1, end, name)) {
            return -1;
        }
        if (at > 0 && a[at - 1] == '\\') {
            return -1; // the end of a longer name with a quote in it
        }
        return afterColon(a, end + 1, to);
    }

    /** Whether the value is a string, array or object with something in it. */
    public static boolean filled(byte[] a, int value, int end) {
        return switch (a[value]) {
            case '"' -> end - value > 2;
            case '[', '{' -> firstIn(a, value, end) >= 0;
            default -> false;
        };
    }

    /** Whether the value is the word null. */
    public static boolean isNull(byte[] a, int i, int to) {
        return to - i >= 4 && a[i] == 'n' && a[i + 1] == 'u' && a[i + 2] == 'l' && a[i + 3] == 'l';
    }

    /** Whether {@code a[from, to)} are the bytes of {@code name}. */
    public static boolean is(byte[] a, int from, int to, byte[] name) {
        return to - from == name.length && Arrays.equals(a, from, to, name, 0, name.length);
    }

    private static int containerEnd(byte[] a, int i, int to) {
        int depth = 1;
        while (true) {
            i = Swar.quoteOrBracket(a, i, to);
            if (i >= to) {
                return -1;
            }
            if (a[i] == '"') {
                i = stringEnd(a, i + 1, to);
                if (i < 0) {
                    return -1;
                }
            } else {
                depth += (a[i] | 0x20) == '{' ? 1 : -1;
                i++;
                if (depth == 0) {
                    return i;
                }
            }
        }
    }

    private static int scalarEnd(byte[] a, int i, int to) {
        int start = i;
        while (i < to && a[i] > ' ' && a[i] != ',' && a[i] != '}' && a[i] != ']' && a[i] != ':' && a[i] != '"') {
            i++;
        }
        return i == start ? -1 : i;
    }
}
