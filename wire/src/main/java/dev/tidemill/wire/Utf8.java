package dev.tidemill.wire;

/**
 * Validation of UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 * <p>Text in other scripts than Latin is runs of characters of one length, so the two- and three-byte forms have loops that take four and
 * two characters a step; the leads whose second byte is restricted (C0, C1, E0, ED) leave the loop for the careful branch.
 */
public final class Utf8 {
    private static final long TWO_MASK = 0xC0E0C0E0C0E0C0E0L;
    private static final long TWO_FORM = 0x80C080C080C080C0L;
    private static final long TWO_LEAD = 0x001E001E001E001EL;
    private static final long TWO_ONES = 0x0001000100010001L;
    private static final long TWO_TOPS = 0x8000800080008000L;
    private static final long THREE_MASK = 0x0000C0C0F0C0C0F0L;
    private static final long THREE_FORM = 0x00008080E08080E0L;

    private Utf8() {}

    /**
     * Walks the characters that are not ASCII from {@code i}.
     *
     * @return the index of the first ASCII byte, or {@code to}; {@code ~index} of the first byte of a malformed character
     */
    public static int skipNonAscii(byte[] a, int i, int to) {
        while (i < to) {
            int c = a[i];
            if (c >= 0) {
                return i;
            }
            if (c < -32) { // C0..DF, or a continuation byte
                while (i <= to - 8 && fourOfTwo(Swar.word(a, i))) {
                    i += 8;
                }
                if (i < to && a[i] < -32) {
                    if (a[i] < (byte) 0xC2 || i + 1 >= to || a[i + 1] >= (byte) 0xC0) {
                        return ~i;
                    }
                    i += 2;
                }
            } else if (c < -16) { // E0..EF
                while (i <= to - 8 && twoOfThree(Swar.word(a, i))) {
                    i += 6;
                }
                if (i < to && a[i] >= -32 && a[i] < -16) {
                    if (i + 2 >= to || !three(a, i)) {
                        return ~i;
                    }
                    i += 3;
                }
            } else {
                if (i + 3 >= to || !four(a, i)) {
                    return ~i;
                }
                i += 4;
            }
        }
        return i;
    }

    private static boolean fourOfTwo(long w) {
        long lead = w & TWO_LEAD;
        return (w & TWO_MASK) == TWO_FORM && ((lead - TWO_ONES) & ~lead & TWO_TOPS) == 0;
    }

    private static boolean twoOfThree(long w) {
        int one = (int) w & 0xF;
        int two = (int) (w >>> 24) & 0xF;
        return (w & THREE_MASK) == THREE_FORM && one != 0 && one != 0xD && two != 0 && two != 0xD;
    }

    private static boolean three(byte[] a, int i) {
        int lead = a[i] & 0xFF;
        int second = a[i + 1] & 0xFF;
        int lowest = lead == 0xE0 ? 0xA0 : 0x80;
        int highest = lead == 0xED ? 0x9F : 0xBF;
        return second >= lowest && second <= highest && a[i + 2] < (byte) 0xC0;
    }

    private static boolean four(byte[] a, int i) {
        int lead = a[i] & 0xFF;
        int second = a[i + 1] & 0xFF;
        int lowest = lead == 0xF0 ? 0x90 : 0x80;
        int highest = lead == 0xF4 ? 0x8F : 0xBF;
        return lead <= 0xF4
                && second >= lowest
                && second <= highest
                && a[i + 2] < (byte) 0xC0
                && a[i + 3] < (byte) 0xC0;
    }
}
