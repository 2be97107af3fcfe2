package dev.tidemill.batch.run;

import dev.tidemill.batch.Ids;
import dev.tidemill.batch.file.Blob;
import dev.tidemill.batch.file.BlobDraft;
import dev.tidemill.batch.file.Blobs;
import dev.tidemill.batch.file.Purpose;
import dev.tidemill.batch.file.Retention;
import dev.tidemill.batch.file.StoredFile;
import dev.tidemill.batch.intake.Plan;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchStore;
import dev.tidemill.batch.job.Ending;
import dev.tidemill.batch.job.PlannedChunk;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the output and the error file of a batch and ends it.
 *
 * <p>It goes over the plan, not over the results: each planned line is written once, from its result if it has one, else as
 * unanswered. So whatever happened before, every {@code custom_id} is in exactly one of the files, in the order of the
 * input. The files get their names before the one transaction that lists them and ends the batch; if the process dies in
 * between, they are unlisted blobs, which are swept at the next start, and the work is done again from the same rows.
 */
record Finalizer(BatchStore store, Blobs blobs, Ids ids, InstantSource clock) {
    private static final int CHUNKS = 8;

    /** @return the ended batch */
    Batch run(Batch batch, Ending ending, BooleanSupplier stop) throws IOException {
        store.finalizing(batch.number(), clock.instant());
        String outputId = ids.next("file-");
        String errorId = ids.next("file-");
        try (Files files = new Files(batch, ending, stop)) {
            files.writeAll();
            Instant now = clock.instant();
            StoredFile output = files.keep(files.output, outputId, "output", now);
            StoredFile errors = files.keep(files.errors, errorId, "error", now);
            return store.finish(batch.number(), ending, output, errors, now);
        } catch (InterruptedIOException e) {
            throw e; // the end may have been written all the same; if not, the files are swept at the next start
        } catch (IOException | RuntimeException e) {
            discard(outputId, e);
            discard(errorId, e);
            throw e;
        }
    }

    private void discard(String id, Exception cause) {
        try {
            blobs.delete(id);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private final class Files implements AutoCloseable {
        private final Batch batch;
        private final Ending ending;
        private final BooleanSupplier stop;
        private @Nullable Blob input;
        private @Nullable BlobDraft output;
        private @Nullable BlobDraft errors;

        Files(Batch batch, Ending ending, BooleanSupplier stop) {
            this.batch = batch;
            this.ending = ending;
            this.stop = stop;
        }

        void writeAll() throws IOException {
            int next = 0;
            while (true) {
                List<PlannedChunk> chunks = store.chunks(batch.number(), next, CHUNKS);
                if (chunks.isEmpty()) {
                    return;
                }
                for (PlannedChunk chunk : chunks) {
                    if (stop.getAsBoolean()) {
                        throw new IOException("finalizing batch " + batch.id() + ": stopped");
                    }
                    new ChunkWriter(chunk).write();
                    next = chunk.chunk() + 1;
                }
            }
        }

        @Nullable
        StoredFile keep(@Nullable BlobDraft draft, String id, String kind, Instant now) throws IOException {
            if (draft == null) {
                return null;
            }
            long bytes = draft.size();
            draft.keep(id);
            Long seconds = batch.outputExpiresAfter();
            return new StoredFile(
                    id,
                    batch.owner(),
                    batch.id() + "_" + kind + ".jsonl",
                    Purpose.BATCH_OUTPUT,
                    bytes,
                    now,
                    seconds == null ? Retention.standard(Purpose.BATCH_OUTPUT, now) : now.plusSeconds(seconds));
        }

        private void toOutput(byte[] entry) throws IOException {
            if (output == null) {
                output = blobs.draft();
            }
            output.write(entry);
        }

        private void toErrors(byte[] entry) throws IOException {
            if (errors == null) {
                errors = blobs.draft();
            }
            errors.write(entry);
        }

        private byte[] customId(Plan plan, int index) throws IOException {
            if (input == null) {
                String blob = batch.inputBlob();
                if (blob == null) {
                    throw new IOException("batch " + batch.id() + ": no input file (expected: one, as it has lines)");
                }
                input = blobs.open(blob);
            }
            return input.bytes(plan.idOffset(index), plan.idLength(index));
        }

        @Override
        public void close() throws IOException {
            for (Closeable each : Arrays.asList(input, output, errors)) {
                if (each != null) {
                    each.close(); // a draft that was not kept vanishes
                }
            }
        }

        private final class ChunkWriter {
            private final PlannedChunk chunk;
            private final Plan plan;
            private int next;

            ChunkWriter(PlannedChunk chunk) {
                this.chunk = chunk;
                this.plan = new Plan(chunk.plan());
                this.next = chunk.firstLine();
            }

            void write() throws IOException {
                int end = chunk.firstLine() + chunk.lines();
                store.results(batch.number(), chunk.firstLine(), end, (line, ok, entry) -> {
                    unanswered(line);
                    next = line + 1;
                    if (ok) {
                        toOutput(entry);
                    } else {
                        toErrors(entry);
                    }
                });
                unanswered(end);
            }

            private void unanswered(int to) throws IOException {
                for (; next < to; next++) {
                    byte[] customId = customId(plan, next - chunk.firstLine());
                    toErrors(Entry.unanswered(Run.lineId(batch, next), customId, ending));
                }
            }
        }
    }
}
