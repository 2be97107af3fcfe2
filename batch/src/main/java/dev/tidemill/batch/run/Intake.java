package dev.tidemill.batch.run;

import dev.tidemill.batch.file.Blob;
import dev.tidemill.batch.file.Blobs;
import dev.tidemill.batch.intake.Validation;
import dev.tidemill.batch.intake.Verdict;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchStore;
import dev.tidemill.batch.job.Fault;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Takes a batch from validating to in progress or failed. Can be done again when it was interrupted. */
record Intake(BatchStore store, Blobs blobs, Validation validation, InstantSource clock) {
    void run(Batch batch, BooleanSupplier stop) throws IOException {
        if (batch.inputBlob() == null) {
            store.fail(
                    batch.number(),
                    List.of(new Fault(
                            "invalid_request",
                            "input_file_id: " + batch.inputFileId()
                                    + " (expected: the id of a file of yours with purpose batch).",
                            "file_id",
                            null)),
                    clock.instant());
            return;
        }
        try (Blob input = blobs.open(batch.inputBlob())) {
            switch (validation.validate(batch, input, stop)) {
                case Verdict.Accepted accepted ->
                    store.start(batch.number(), accepted.model(), accepted.chunks(), clock.instant());
                case Verdict.Refused refused -> store.fail(batch.number(), refused.faults(), clock.instant());
                case Verdict.Stopped stopped -> {}
            }
        }
    }
}
