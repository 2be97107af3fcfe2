package dev.tidemill.bench.proof;

import dev.tidemill.bench.caller.BatchState;
import java.util.List;
import java.util.Locale;

/** What a batch is doing, as its client sees it. */
enum Phase {
    UPLOAD,
    CREATE,
    VALIDATE,
    RUN,
    FINALIZE,
    FETCH;

    /** Those in which a kill could lose something. */
    static final List<Phase> AIMS = List.of(UPLOAD, CREATE, VALIDATE, RUN, FINALIZE);

    static Phase of(BatchState batch) {
        return switch (batch.status()) {
            case "validating" -> VALIDATE;
            case "in_progress", "paused" -> batch.completed() + batch.failed() < batch.total() ? RUN : FINALIZE;
            case "finalizing" -> FINALIZE;
            default -> FETCH;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
