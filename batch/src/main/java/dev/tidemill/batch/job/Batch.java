package dev.tidemill.batch.job;

import dev.tidemill.batch.Owner;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is stored.
 *
 * @param number ours, small, names its rows; 0 before it is stored
 * @param id {@code batch_…}
 * @param keyId whose rights and account its lines run under: the key that created it, not the one that uploaded the file
 * @param inputBlob where the input's bytes are, pinned until the batch ends; null: there was no such file
 * @param window as the client wrote it, {@code 24h}
 * @param outputExpiresAfter seconds from the creation of the output file; null: the default
 * @param model the one model of all lines; null until validated
 * @param faults why it failed
 */
public record Batch(
        long number,
        String id,
        Owner owner,
        String keyId,
        String endpoint,
        String inputFileId,
        @Nullable String inputBlob,
        String window,
        Map<String, String> metadata,
        @Nullable Long outputExpiresAfter,
        BatchStatus status,
        @Nullable String model,
        Tally tally,
        List<Fault> faults,
        @Nullable String outputFileId,
        @Nullable String errorFileId,
        Stamps stamps) {

    public Batch {
        faults = List.copyOf(faults);
    }

    /** 0 to 100, never falling, because the counts do not: 100 exactly when the batch has ended. */
    public int progress() {
        if (status.ended()) {
            return 100;
        }
        return tally.total() == 0 ? 0 : (int) Math.min(99, 100L * tally.done() / tally.total());
    }
}
