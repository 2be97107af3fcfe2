package dev.tidemill.wire.http;

import java.nio.charset.StandardCharsets;

/** Recognises the names of {@link Header} in bytes: one look into a table, then a comparison of words. */
final class HeaderNames {
    private static final long LOWER = 0x2020202020202020L;

    private static final byte[][] NAMES = new byte[Header.COUNT][];

    /** By {@link #slot}; the few names that share a slot stand behind each other. */
    private static final Header[][] SLOTS = new Header[256][];

    static {
        for (int slot = 0; slot < SLOTS.length; slot++) {
            SLOTS[slot] = new Header[0];
        }
        for (Header header : Header.values()) {
            byte[] name = header.lower().getBytes(StandardCharsets.US_ASCII);
            NAMES[header.index()] = name;
            if (header != Header.OTHER) {
                int slot = slot(name, 0, name.length);
                Header[] sharing = SLOTS[slot];
                Header[] more = new Header[sharing.length + 1];
                System.arraycopy(sharing, 0, more, 0, sharing.length);
                more[sharing.length] = header;
                SLOTS[slot] = more;
            }
        }
    }

    private HeaderNames() {}

    /** The field named by a[from,to), a token in whatever case. */
    static Header of(byte[] a, int from, int to) {
        for (Header header : SLOTS[slot(a, from, to)]) {
            if (same(a, from, to, NAMES[header.index()])) {
                return header;
            }
        }
        return Header.OTHER;
    }

    /** Whether a name is one of the two that frame a message, but for underscores: programs behind CGI-like interfaces take it for that. */
    static boolean confusing(byte[] a, int from, int to) {
        return switch (to - from) {
            case 14 -> a[from + 7] == '_' && Octets.same(a, from, to, "content_length");
            case 17 -> a[from + 8] == '_' && Octets.same(a, from, to, "transfer_encoding");
            default -> false;
        };
    }

    private static int slot(byte[] a, int from, int to) {
        int length = to - from;
        int middle = a[from + (length >>> 1)] | 0x20;
        return (length * 7 + (a[from] | 0x20) * 31 + middle * 5 + (a[to - 1] | 0x20) * 3) & 0xff;
    }

    /** Setting bit 5 folds the case of letters, and makes no other character that a token may hold into one of a name. */
    private static boolean same(byte[] a, int from, int to, byte[] name) {
        int length = name.length;
        if (to - from != length) {
            return false;
        }
        if (length < 8) {
            for (int i = 0; i < length; i++) {
                if ((a[from + i] | 0x20) != name[i]) {
                    return false;
                }
            }
            return true;
        }
        for (int i = 0; i < length - 8; i += 8) {
            if ((Octets.word(a, from + i) | LOWER) != Octets.word(name, i)) {
                return false;
            }
        }
        return (Octets.word(a, to - 8) | LOWER) == Octets.word(name, length - 8);
    }
}
