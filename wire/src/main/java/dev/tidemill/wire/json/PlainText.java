package dev.tidemill.wire.json;

import dev.tidemill.wire.Swar;
import java.util.Arrays;

/**
 * The same JSON without the escapes that nobody needs. Who searches a text for a word as it is usually written would miss it
 * where its letters are hidden behind their numbers, which no known serializer does, but a provider reads.
 */
public final class PlainText {
    private static final int ESCAPE = 6;

    private PlainText() {}

    /** Whether a letter, a digit or {@code _} is written as an escape in the valid JSON of {@code a[from, to)}. */
    public static boolean isNot(byte[] a, int from, int to) {
        for (int at = from; (at = Swar.indexOf(a, at, to, '\\')) < to; at += 2) {
            if (a[at + 1] == 'u' && letter(a, at + 2) > 0) {
                return true;
            }
        }
        return false;
    }

    /** A copy of the valid JSON in {@code a[from, to)} in which letters, digits and {@code _} stand for themselves. */
    public static byte[] of(byte[] a, int from, int to) {
        byte[] text = new byte[to - from];
        int length = 0;
        int i = from;
        while (i < to) {
            int escape = Swar.indexOf(a, i, to, '\\');
            System.arraycopy(a, i, text, length, escape - i);
            length += escape - i;
            i = escape;
            if (i == to) {
                break;
            }
            int letter = a[i + 1] == 'u' ? letter(a, i + 2) : 0;
            if (letter > 0) {
                text[length++] = (byte) letter;
                i += ESCAPE;
            } else { // its second byte begins no escape
                text[length++] = a[i++];
                text[length++] = a[i++];
            }
        }
        return Arrays.copyOf(text, length);
    }

    /** What four hex digits stand for, if that is a letter, a digit or {@code _}; else 0. */
    static int letter(byte[] a, int at) {
        if (a[at] != '0' || a[at + 1] != '0') {
            return 0;
        }
        int c = Character.digit(a[at + 2], 16) << 4 | Character.digit(a[at + 3], 16);
        return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ? c : 0;
    }
}
