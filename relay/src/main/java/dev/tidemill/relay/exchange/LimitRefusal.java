package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Cause;
import dev.tidemill.core.limit.Gcra;
import dev.tidemill.core.limit.RetryAfter;
import java.time.Duration;

/** What a caller is told who is stopped by a limit of his key or of the model: which, how much of it is in use, when to come back. */
final class LimitRefusal {
    private static final String CODE = "rate_limit_exceeded";

    private LimitRefusal() {}

    /** There are more keys with limits than places to count them. */
    static Failure noRoom() {
        return Failure.overloaded(
                "more keys with limits are in use at once than can be counted. Try again in a moment",
                Duration.ofSeconds(1));
    }

    /**
     * @param whose as {@code the key 'name'}
     * @param limits that refused
     * @param tokens the request's estimate
     * @param waiting how many stand in line
     */
    static Failure of(String whose, Allowance limits, Cause cause, long tokens, int waiting, Duration wait, long now) {
        return switch (cause) {
            case REQUESTS -> of(whose, perMinute(limits.requests(), "requests", "", now), wait);
            case TOKENS ->
                of(
                        whose,
                        perMinute(
                                limits.tokens(),
                                "tokens",
                                "; this request counts as " + tokens + " until its answer is there",
                                now),
                        wait);
            case CONCURRENCY ->
                of(
                        whose,
                        "has its limit of " + limits.concurrency().limit() + " requests at once in use ("
                                + limits.concurrency().inUse() + " run" + also(waiting) + ")",
                        wait);
            case ROOM -> noRoom();
        };
    }

    /** None of the limits, but those who wait for them already. */
    static Failure behind(String whose, int waiting, Duration wait) {
        return of(whose, "has " + waiting + " requests waiting for its limits already", wait);
    }

    private static Failure of(String whose, String what, Duration wait) {
        return new Failure(
                Kind.RATE_LIMITED,
                null,
                CODE,
                whose + " " + what + ". Try again in " + RetryAfter.seconds(wait.toNanos())
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
