package dev.tidemill.batch.file;

import dev.tidemill.batch.Owner;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One file. Its bytes lie in the blob of the same name as its id, which never changes once it is there.
 *
 * @param id {@code file-…}
 * @param filename what the client called it; never a path of ours
 * @param expires null: kept until it is deleted
 */
public record StoredFile(
        String id,
        Owner owner,
        String filename,
        Purpose purpose,
        long bytes,
        Instant created,
        @Nullable Instant expires) {}
