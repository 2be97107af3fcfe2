package dev.tidemill.batch.intake;

import dev.tidemill.batch.job.Fault;
import dev.tidemill.batch.job.PlannedChunk;
import java.util.List;

/** What came of looking through an input file. */
public sealed interface Verdict {
    /** Every line is as it should be. */
    record Accepted(String model, List<PlannedChunk> chunks) implements Verdict {}

    /** At least one is not. */
    record Refused(List<Fault> faults) implements Verdict {}

    /** Nobody wants to know any more. */
    record Stopped() implements Verdict {}
}
