package dev.tidemill.relay.meter;

import dev.tidemill.wire.Usage;
import org.jspecify.annotations.Nullable;

/**
 * One exchange in the access log. No prompt, no answer, no credential.
 *
 * @param phaseNanos by phase, in the order of {@link Meters#phaseNames}
 */
public record AccessLine(
        long epochMillis,
        String requestId,
        String peer,
        @Nullable String keyId,
        @Nullable String project,
        String path,
        boolean line,
        @Nullable String model,
        @Nullable String target,
        boolean stream,
        int status,
        @Nullable String failure,
        @Nullable String detail,
        int attempts,
        @Nullable String upstreamRequestId,
        @Nullable Usage usage,
        int bytesIn,
        long bytesOut,
        int droppedEvents,
        long firstContentNanos,
        long totalNanos,
        long[] phaseNanos) {}
