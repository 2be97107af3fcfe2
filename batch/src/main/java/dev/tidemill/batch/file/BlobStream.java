package dev.tidemill.batch.file;

import java.io.IOException;
import java.io.InputStream;

/** A blob read from start to end. */
final class BlobStream extends InputStream {
    private final Blob blob;
    private final byte[] one = new byte[1];
    private long position;

    BlobStream(Blob blob) {
        this.blob = blob;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int read = blob.read(position, into, offset, length);
        if (read > 0) {
            position += read;
        }
        return read;
    }
}
