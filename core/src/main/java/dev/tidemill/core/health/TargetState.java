package dev.tidemill.core.health;

import java.time.Instant;

/**
 * A target at one moment, for those who look.
 *
 * @param reason for people; empty when healthy and in full use
 * @param waitNanos until it is used, or tried, again
 * @param share of its traffic that it gets while it comes back, 0 to 1
 * @param successRate of its latest attempts, 0 to 1
 * @param ttftNanos average of late, 0: unknown
 * @param latencyNanos of whole answers, average of late, 0: unknown
 * @param attempts in the breaker's window
 * @param failures among them
 * @param retriesLeft in its budget at this moment
 * @param since when its state was last seen to change, or when it became known
 */
public record TargetState(
        String provider,
        String model,
        State state,
        String reason,
        long waitNanos,
        double share,
        int inFlight,
        double successRate,
        long ttftNanos,
        long latencyNanos,
        int attempts,
        int failures,
        int retriesLeft,
        Instant since) {}
