package dev.tidemill.relay.downstream;

import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Gcra;
import dev.tidemill.core.limit.RetryAfter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a key's own limits leave, as headers of each answer: by OpenAI's names, resets as Go prints durations; for callers of
 * Anthropic's API by its names too, resets as times. A limit that is not set has none.
 *
 * @see <a href="https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers">OpenAI</a>
 * @see <a href="https://docs.anthropic.com/en/api/rate-limits#response-headers">Anthropic</a>
 */
final class LimitHeaders {
    /** For callers in a browser. */
    static final String NAMES =
            "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests,"
                    + " x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens";

    private static final Names REQUESTS = new Names("requests");
    private static final Names TOKENS = new Names("tokens");

    /** The headers of one unit by their names, made once. */
    private record Names(
            String limit,
            String remaining,
            String reset,
            String anthropicLimit,
            String anthropicRemaining,
            String anthropicReset) {
        Names(String unit) {
            this(
                    "x-ratelimit-limit-" + unit,
                    "x-ratelimit-remaining-" + unit,
                    "x-ratelimit-reset-" + unit,
                    "anthropic-ratelimit-" + unit + "-limit",
                    "anthropic-ratelimit-" + unit + "-remaining",
                    "anthropic-ratelimit-" + unit + "-reset");
        }
    }

    private LimitHeaders() {}

    static void write(AnswerWriter to, Allowance allowance, Spoken spoken, long now) {
        write(to, allowance.requests(), REQUESTS, spoken, now);
        write(to, allowance.tokens(), TOKENS, spoken, now);
    }

    private static void write(AnswerWriter to, Gcra rate, Names names, Spoken spoken, long now) {
        long limit = rate.limit();
        if (limit == 0) {
            return;
        }
        long remaining = rate.remaining(now);
        long reset = rate.resetNanos(now);
        to.header(names.limit, limit);
        to.header(names.remaining, remaining);
        to.header(names.reset, RetryAfter.reset(reset));
        if (spoken == Spoken.ANTHROPIC) {
            to.header(names.anthropicLimit, limit);
            to.header(names.anthropicRemaining, remaining);
            Instant at = Instant.ofEpochMilli(System.currentTimeMillis() + reset / 1_000_000 + 999)
                    .truncatedTo(ChronoUnit.SECONDS);
            to.header(names.anthropicReset, at.toString());
        }
    }
}
