package dev.tidemill.wire;

import java.util.Arrays;

/** A sink that grows up to a limit and can be used again. */
public final class GrowingBytes implements ByteSink {
    private final int limit;
    private byte[] bytes;
    private int size;

    /** @param limit bytes, 1 or more; a write past it throws */
    public GrowingBytes(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: >= 1)");
        }
        this.limit = limit;
        this.bytes = new byte[Math.min(limit, 256)];
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException past the limit; nothing of this write is kept
     */
    @Override
    public void write(byte[] a, int from, int to) {
        int length = to - from;
        if (length > limit - size) {
            throw new IllegalStateException("size: " + ((long) size + length) + " (expected: <= " + limit + ")");
        }
        if (length > bytes.length - size) {
            int doubled = (int) Math.min(limit, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.max(doubled, size + length));
        }
        System.arraycopy(a, from, bytes, size, length);
        size += length;
    }

    /** Forgets what was written, keeps the array. */
    public void clear() {
        size = 0;
    }

    /** The array the bytes are in, from 0 to {@link #size()}; another one after the next growth. */
    public byte[] array() {
        return bytes;
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /** A copy of what was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
