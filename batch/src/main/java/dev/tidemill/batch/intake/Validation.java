package dev.tidemill.batch.intake;

import dev.tidemill.batch.Limits;
import dev.tidemill.batch.Queries;
import dev.tidemill.batch.file.Blob;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.Fault;
import dev.tidemill.batch.job.ModelCheck;
import dev.tidemill.batch.job.PlannedChunk;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a whole input file before anything of it is run: all or nothing, every faulty line told by its physical
 * number. One pass, memory that does not grow with the file but for 24 bytes of plan and some 32 of id table a line.
 */
public final class Validation {
    private final Limits limits;
    private final int chunkLines;
    private final ModelCheck models;

    /** @param chunkLines of one leased piece of work */
    public Validation(Limits limits, int chunkLines, ModelCheck models) {
        this.limits = limits;
        this.chunkLines = chunkLines;
        this.models = models;
    }

    /** @param stop asked at every line */
    public Verdict validate(Batch batch, Blob input, BooleanSupplier stop) throws IOException {
        if (input.size() > limits.batchFileBytes()) {
            return new Verdict.Refused(List.of(new Fault(
                    "file_too_large",
                    "The input file has " + input.size() + " bytes (expected: at most " + limits.batchFileBytes()
                            + ").",
                    "file_id",
                    null)));
        }
        return new Pass(batch, new PhysicalLines(input.stream(), limits.lineBytes())).run(stop);
    }

    private final class Pass {
        private final Batch batch;
        private final PhysicalLines lines;
        private final LineCheck check;
        private final Faults faults = new Faults(limits.faults());
        private final CustomIds ids = new CustomIds();
        private final PlanWriter plan = new PlanWriter(chunkLines);
        private int requests;
        private @Nullable String model;
        private boolean modelUsable;

        Pass(Batch batch, PhysicalLines lines) {
            this.batch = batch;
            this.lines = lines;
            this.check = new LineCheck(batch.endpoint(), limits.customIdChars());
        }

        Verdict run(BooleanSupplier stop) throws IOException {
            while (lines.next()) {
                if (stop.getAsBoolean()) {
                    return new Verdict.Stopped();
                }
                if (lines.tooLong() == 0 && blank()) {
                    continue;
                }
                requests++;
                if (requests <= limits.lines()) {
                    line();
                }
            }
            if (requests > limits.lines()) {
                faults.add(new Fault(
                        "too_many_tasks",
                        "The input file has " + requests + " requests (expected: at most " + limits.lines() + ").",
                        null,
                        null));
            }
            if (requests == 0) {
                faults.add(
                        new Fault("empty_file", "The input file has no requests (expected: at least 1).", null, null));
            }
            List<PlannedChunk> chunks = plan.finish();
            return faults.none() && model != null
                    ? new Verdict.Accepted(model, chunks)
                    : new Verdict.Refused(faults.finish());
        }

        private boolean blank() {
            byte[] buffer = lines.buffer();
            int end = lines.offset() + lines.length();
            for (int i = lines.offset(); i < end; i++) {
                if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
                    return false;
                }
            }
            return true;
        }

        private void line() {
            if (lines.tooLong() > 0) {
                faults.add(fault(
                        "line_too_long",
                        "This line has " + lines.tooLong() + " bytes (expected: at most " + limits.lineBytes() + ").",
                        null));
                return;
            }
            Fault fault = check.check(lines.buffer(), lines.offset(), lines.length(), lines.number());
            if (fault == null) {
                fault = whole();
            }
            if (fault != null) {
                faults.add(fault);
                return;
            }
            long base = lines.position() - lines.offset();
            plan.add(
                    base + check.idStart(),
                    check.idLength(),
                    base + check.bodyStart(),
                    check.bodyLength(),
                    lines.number());
        }

        /** What a line can only be checked for beside the others. */
        private @Nullable Fault whole() {
            String asked = check.model();
            if (model == null) {
                model = asked;
                modelUsable = models.usable(batch.keyId(), asked);
            }
            if (!model.equals(asked)) {
                return fault(
                        "model_mismatch",
                        "body.model: " + Queries.shown(asked) + " (expected: " + Queries.shown(model)
                                + ", as in the lines before; one model a batch).",
                        "body.model");
            }
            if (!modelUsable) {
                return fault(
                        "model_not_found",
                        "body.model: " + Queries.shown(asked)
                                + " (expected: a model that exists and that the batch's key may use).",
                        "body.model");
            }
            if (!ids.add(check.customId())) {
                return fault(
                        "duplicate_custom_id",
                        "custom_id: " + Queries.shown(check.customId()) + " was given before (expected: unique).",
                        "custom_id");
            }
            return null;
        }

        private Fault fault(String code, String message, @Nullable String param) {
            return new Fault(code, message, param, lines.number());
        }
    }
}
