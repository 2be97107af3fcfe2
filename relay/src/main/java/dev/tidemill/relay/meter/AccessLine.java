package dev.tidemill.relay.meter;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.wire.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange, service call or refused request in the access log. No prompt, no answer, no credential, no query.
 *
 * @param method empty when the head could not be read, as {@code path}
 * @param path of an exchange its endpoint, of a service call its pattern, of a refused request the path as it came, shortened
 * @param priority null: no exchange, or it did not come so far
 * @param askedPriority what the caller asked for, where that is more than its key may; else null
 * @param tries the attempts that failed, the last one too when it did, in their order
 * @param usage of the answer; what failed attempts cost stands with them
 * @param known by what the usage is known, if there is one
 * @param position how many were to go before it in the line in which it waited last; below 0: it did not wait
 * @param phaseNanos by phase, in the order of {@link Meters#phaseNames}; empty: no exchange
 */
public record AccessLine(
        long epochMillis,
        String requestId,
        String peer,
        @Nullable String keyId,
        @Nullable String project,
        String method,
        String path,
        boolean line,
        @Nullable String model,
        @Nullable String target,
        @Nullable Priority priority,
        @Nullable Priority askedPriority,
        boolean stream,
        int status,
        @Nullable String failure,
        @Nullable String detail,
        int attempts,
        List<FailedTry> tries,
        @Nullable String upstreamRequestId,
        @Nullable Usage usage,
        Spent.Known known,
        int bytesIn,
        long bytesOut,
        int droppedEvents,
        long firstContentNanos,
        long totalNanos,
        int position,
        long[] phaseNanos) {

    private static final long[] NO_PHASES = {};

    /** A request that was no exchange: a service's, or one that was refused at the door. */
    public static AccessLine served(
            long epochMillis,
            String requestId,
            String peer,
            @Nullable Key key,
            String method,
            String path,
            int status,
            @Nullable String failure,
            long bytesOut,
            long totalNanos) {
        return new AccessLine(
                epochMillis,
                requestId,
                peer,
                key == null ? null : key.id(),
                key == null ? null : key.project(),
                method,
                path,
                false,
                null,
                null,
                null,
                null,
                false,
                status,
                failure,
                null,
                0,
                List.of(),
                null,
                null,
                Spent.Known.STATED,
                0,
                bytesOut,
                0,
                0,
                totalNanos,
                -1,
                NO_PHASES);
    }
}
