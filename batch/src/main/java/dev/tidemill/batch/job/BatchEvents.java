package dev.tidemill.batch.job;

import org.jspecify.annotations.Nullable;

/** What the routes tell whoever runs the batches, and ask it. Does not block. */
public interface BatchEvents {
    void created(Batch batch);

    void cancelled(Batch batch);

    /** Why the batch does not move although it could, in one word, as {@code storage_full}; null: it moves. */
    @Nullable
    String pausedReason(long batch);
}
