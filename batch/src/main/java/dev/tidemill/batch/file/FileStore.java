package dev.tidemill.batch.file;

import dev.tidemill.batch.Cursor;
import dev.tidemill.batch.Owner;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where files are listed; their bytes are in {@link Blobs}. Blocking; what a call changed is durable when it returns. */
public interface FileStore {
    /** Lists a file whose blob is already kept. */
    void add(StoredFile file) throws IOException;

    /** Null: there is none of this id, it is another owner's, or it has expired at {@code now}. */
    @Nullable
    StoredFile find(Owner owner, String id, Instant now) throws IOException;

    /**
     * Files by (created, id).
     *
     * @param purpose null: every purpose
     * @param after null: from the start
     */
    List<StoredFile> list(
            Owner owner, @Nullable Purpose purpose, boolean oldestFirst, @Nullable Cursor after, int limit, Instant now)
            throws IOException;

    /**
     * Takes the file from the list. Its blob goes too, unless a batch that has not ended reads it; then it goes with that
     * batch's end.
     *
     * @return whether there was one
     */
    boolean delete(Owner owner, String id) throws IOException;

    /**
     * Deletes files whose time is up, at most {@code limit}.
     *
     * @return how many
     */
    int deleteExpired(Instant now, int limit) throws IOException;
}
