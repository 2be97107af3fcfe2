package dev.tidemill.wire.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The names of the fields somebody wants, numbered from 0 in the order given. Looked up by length, then bytes; nothing is allocated. */
public final class FieldTable {
    private final byte[][] names;
    /** The numbers of the names with a certain length. */
    private final int[][] byLength;

    private FieldTable(byte[][] names) {
        this.names = names;
        int longest = 0;
        for (byte[] name : names) {
            longest = Math.max(longest, name.length);
        }
        this.byLength = new int[longest + 1][];
        Arrays.fill(byLength, new int[0]);
        for (int i = 0; i < names.length; i++) {
            int[] same = byLength[names[i].length];
            int[] more = Arrays.copyOf(same, same.length + 1);
            more[same.length] = i;
            byLength[names[i].length] = more;
        }
    }

    public static FieldTable of(String... names) {
        byte[][] bytes = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            bytes[i] = names[i].getBytes(StandardCharsets.UTF_8);
        }
        return new FieldTable(bytes);
    }

    public int size() {
        return names.length;
    }

    public String name(int field) {
        return new String(names[field], StandardCharsets.UTF_8);
    }

    /** The number of the name whose bytes are {@code a[from, to)}, or -1. */
    public int find(byte[] a, int from, int to) {
        int length = to - from;
        if (length >= byLength.length) {
            return -1;
        }
        for (int field : byLength[length]) {
            byte[] name = names[field];
            if (Arrays.equals(a, from, to, name, 0, length)) {
                return field;
            }
        }
        return -1;
    }
}
