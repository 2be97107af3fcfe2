package dev.tidemill.batch.file;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A kept blob, open for reading. Positional reads may come from several threads. */
public interface Blob extends Closeable {
    long size();

    /**
     * Reads at least one byte from {@code position}, unless it is at or past the end.
     *
     * @return bytes read, -1 at the end
     */
    int read(long position, byte[] into, int offset, int length) throws IOException;

    /** All of these bytes, or an {@link EOFException}. */
    default byte[] bytes(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            int read = read(position + done, bytes, done, length - done);
            if (read < 0) {
                throw new EOFException("blob ends at " + (position + done) + " (expected: " + length + " bytes from "
                        + position + ")");
            }
            done += read;
        }
        return bytes;
    }

    /** From the start to the end; closing the stream leaves the blob open. */
    default InputStream stream() {
        return new BlobStream(this);
    }
}
