package dev.tidemill.relay.loop;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing byte array that is written from the front and emptied whole. */
public final class Bytes {
    private byte[] array;
    private int length;

    public Bytes(int capacity) {
        this.array = new byte[capacity];
    }

    public Bytes add(byte[] a, int from, int to) {
        int more = to - from;
        if (length + more > array.length) {
            array = Arrays.copyOf(array, Math.max(length + more, array.length * 2));
        }
        System.arraycopy(a, from, array, length, more);
        length += more;
        return this;
    }

    public Bytes add(byte[] a) {
        return add(a, 0, a.length);
    }

    public Bytes add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }

    public byte[] copy() {
        return Arrays.copyOf(array, length);
    }

    /** Empties it; an array that had grown past {@code keep} bytes is let go. */
    public void clear(int keep) {
        length = 0;
        if (array.length > keep) {
            array = new byte[Math.min(keep, 1024)];
        }
    }
}
