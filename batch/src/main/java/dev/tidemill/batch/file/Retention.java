package dev.tidemill.batch.file;

import dev.tidemill.batch.Queries;
import dev.tidemill.relay.service.ServiceException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long files are kept: as asked for, from an hour to 30 days; else a batch's files 30 days and others for good. */
public final class Retention {
    public static final long MIN_SECONDS = 3_600;
    public static final long MAX_SECONDS = 2_592_000;

    private Retention() {}

    /** When a file of this purpose goes that was not given a time of its own. */
    public static @Nullable Instant standard(Purpose purpose, Instant created) {
        return switch (purpose) {
            case BATCH, BATCH_OUTPUT -> created.plus(Duration.ofSeconds(MAX_SECONDS));
            case ASSISTANTS, FINE_TUNE, VISION, USER_DATA, EVALS -> null;
        };
    }

    /** Checks the two fields that clients send. {@code param}: the name of the pair. */
    public static long seconds(String param, @Nullable String anchor, @Nullable Long seconds) throws ServiceException {
        if (!"created_at".equals(anchor)) {
            throw Queries.refused(
                    param + ".anchor",
                    param + ".anchor: " + (anchor == null ? "missing" : Queries.shown(anchor))
                            + " (expected: created_at)");
        }
        if (seconds == null || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
            throw Queries.refused(
                    param + ".seconds",
                    param + ".seconds: " + (seconds == null ? "missing" : seconds) + " (expected: a whole number from "
                            + MIN_SECONDS + " to " + MAX_SECONDS + ")");
        }
        return seconds;
    }
}
