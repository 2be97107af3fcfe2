package dev.tidemill.batch.intake;

import dev.tidemill.batch.file.Blob;

/** A blob that repeats a piece of memory, so that large files cost none. */
record MemoryBlob(byte[] piece, int times) implements Blob {
    @Override
    public long size() {
        return (long) piece.length * times;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) {
        if (position >= size()) {
            return -1;
        }
        int at = (int) (position % piece.length);
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        return count;
    }

    @Override
    public void close() {}
}
