package dev.tidemill.store.blob;

import dev.tidemill.batch.file.Blob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An open file of the blob directory. */
final class DiskBlob implements Blob {
    private final FileChannel channel;
    private final long size;

    DiskBlob(FileChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(into, offset, length), position);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
