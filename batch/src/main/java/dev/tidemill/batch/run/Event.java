package dev.tidemill.batch.run;

import dev.tidemill.batch.job.Intent;
import dev.tidemill.batch.job.Lease;
import dev.tidemill.relay.line.LineAnswer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the conductor is told by other threads. {@code failure}: null when it went well. */
sealed interface Event {
    /** Look for open batches that nobody works on. */
    record Look() implements Event {}

    record Cancelled(long batch) implements Event {}

    record Answered(Line line, LineAnswer answer) implements Event {}

    record Stepped(
            Step step, List<Intent> refused, @Nullable Throwable failure) implements Event {}

    record Leased(Run run, Optional<Lease> lease, @Nullable Throwable failure) implements Event {}

    /** A validation or a finalization came to its end. */
    record Worked(Run run, @Nullable Throwable failure) implements Event {}
}
