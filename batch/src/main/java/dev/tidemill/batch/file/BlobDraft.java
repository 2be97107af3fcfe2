package dev.tidemill.batch.file;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A blob being written. It exists under its name only after {@link #keep}, whole and durable; closed before that, nothing
 * is left of it. Not for several threads. A full disk is a {@link dev.tidemill.batch.StorageFullException}.
 */
public abstract class BlobDraft extends OutputStream {
    /** Bytes written so far. */
    public abstract long size();

    /** Makes it durable under {@code name}, in place of a blob of that name, and closes. */
    public abstract void keep(String name) throws IOException;
}
