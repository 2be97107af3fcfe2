package dev.tidemill.batch.file;

import java.io.IOException;

/** Bytes by name: written once as a whole, then only read. Names are ids of ours, of {@code [A-Za-z0-9_-]}. */
public interface Blobs {
    /** A place to write a new blob. */
    BlobDraft draft() throws IOException;

    /** @throws java.nio.file.NoSuchFileException there is no such blob */
    Blob open(String name) throws IOException;

    /** Deletes the blob if it is there. Who has it open reads on. */
    void delete(String name) throws IOException;

    /** Bytes that may still be written, as far as can be known. */
    long usableBytes() throws IOException;
}
