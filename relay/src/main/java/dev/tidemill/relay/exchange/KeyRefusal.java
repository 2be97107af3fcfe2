package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Cause;
import dev.tidemill.core.limit.Gcra;
import dev.tidemill.core.limit.RetryAfter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a caller is told whose key is at a limit: which, how much of it is in use, when to come back. */
final class KeyRefusal {
    private static final String CODE = "rate_limit_exceeded";

    private KeyRefusal() {}

    /**
     * @param cause null: none of the limits, but those of the same key that wait before it
     * @param tokens the request's estimate
     * @param waiting how many of the key wait
     */
    static Failure of(
            Key key, Allowance allowance, @Nullable Cause cause, long tokens, int waiting, Duration wait, long now) {
        if (cause == Cause.ROOM) {
            return Failure.overloaded(
                    "more keys with limits are in use at once than can be counted. Try again in a moment",
                    Duration.ofSeconds(1));
        }
        String what = switch (cause) {
            case REQUESTS -> perMinute(allowance.requests(), "requests", "", now);
            case TOKENS ->
                perMinute(
                        allowance.tokens(),
                        "tokens",
                        "; this request counts as " + tokens + " until its answer is there",
                        now);
            case CONCURRENCY ->
                "has its limit of " + allowance.concurrency().limit() + " requests at once in use ("
                        + allowance.concurrency().inUse() + " run" + also(waiting) + ")";
            case ROOM -> throw new IllegalStateException("told above");
            case null -> "has " + waiting + " requests waiting for its limits already";
        };
        return new Failure(
                Kind.RATE_LIMITED,
                null,
                CODE,
                "the key '" + key.name() + "' " + what + ". Try again in " + RetryAfter.seconds(wait.toNanos())
                        + " s, or ask the operator for a higher limit",
                wait,
                null);
    }

    private static String perMinute(Gcra limit, String unit, String more, long now) {
        return "has reached its limit of " + limit.limit() + " " + unit + " a minute (at most " + limit.burst()
                + " at a time, " + limit.remaining(now) + " left at this moment" + more + ")";
    }

    private static String also(int waiting) {
        return waiting == 0 ? "" : ", " + waiting + " wait";
    }
}
