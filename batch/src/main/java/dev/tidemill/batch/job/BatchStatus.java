package dev.tidemill.batch.job;

import java.util.Locale;

/**
 * {@code validating → in_progress → finalizing → completed}; side exits {@code failed} (the file was refused), {@code
 * expired}, {@code cancelling → cancelled}.
 */
public enum BatchStatus {
    VALIDATING,
    FAILED,
    IN_PROGRESS,
    FINALIZING,
    COMPLETED,
    EXPIRED,
    CANCELLING,
    CANCELLED;

    /** As clients read it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing changes any more. */
    public boolean ended() {
        return switch (this) {
            case FAILED, COMPLETED, EXPIRED, CANCELLED -> true;
            case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING -> false;
        };
    }
}
