package dev.tidemill.store.blob;

import dev.tidemill.batch.file.BlobDraft;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file of the blob directory that has no name yet. Bytes are gathered to pieces of 64 KiB. */
final class DiskDraft extends BlobDraft {
    private final DiskBlobs blobs;
    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer gathered = ByteBuffer.allocate(64 << 10);
    private long size;
    private boolean closed;

    DiskDraft(DiskBlobs blobs, Path path) throws IOException {
        this.blobs = blobs;
        this.path = path;
        this.channel = FileChannel.open(path, StandardOpenOption.WRITE);
    }

    @Override
    public void write(int b) throws IOException {
        if (!gathered.hasRemaining()) {
            drain();
        }
        gathered.put((byte) b);
        size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!gathered.hasRemaining()) {
                drain();
            }
            int piece = Math.min(length - done, gathered.remaining());
            gathered.put(bytes, offset + done, piece);
            done += piece;
        }
        size += length;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void keep(String name) throws IOException {
        Path kept = blobs.path(name);
        drain();
        try {
            channel.force(true);
            channel.close();
            Files.move(path, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            closed = true;
            blobs.flushDirectory();
        } catch (IOException e) {
            throw DiskFaults.of("a file of " + size + " bytes", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            channel.close();
            Files.deleteIfExists(path);
        }
    }

    private void drain() throws IOException {
        gathered.flip();
        try {
            while (gathered.hasRemaining()) {
                channel.write(gathered);
            }
        } catch (IOException e) {
            throw DiskFaults.of("a file of more than " + (size - gathered.remaining()) + " bytes", e);
        }
        gathered.clear();
    }
}
