package dev.tidemill.batch.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a batch entered each of its states; null: not yet, or never. {@code expires}: its deadline. */
public record Stamps(
        Instant created,
        Instant expires,
        @Nullable Instant inProgress,
        @Nullable Instant finalizing,
        @Nullable Instant completed,
        @Nullable Instant failed,
        @Nullable Instant expired,
        @Nullable Instant cancelling,
        @Nullable Instant cancelled) {

    public static Stamps created(Instant created, Instant expires) {
        return new Stamps(created, expires, null, null, null, null, null, null, null);
    }
}
