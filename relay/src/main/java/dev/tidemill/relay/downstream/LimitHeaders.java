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

    private LimitHeaders() {}

    static void write(AnswerWriter to, Allowance allowance, Spoken spoken, long now, long nowMillis) {
        write(to, allowance.requests(), "requests", spoken, now, nowMillis);
        write(to, allowance.tokens(), "tokens", spoken, now, nowMillis);
    }

    private static void write(AnswerWriter to, Gcra rate, String unit, Spoken spoken, long now, long nowMillis) {
        if (rate.limit() == 0) {
            return;
        }
        String limit = Long.toString(rate.limit());
        String remaining = Long.toString(rate.remaining(now));
        long reset = rate.resetNanos(now);
        to.header("x-ratelimit-limit-" + unit, limit);
        to.header("x-ratelimit-remaining-" + unit, remaining);
        to.header("x-ratelimit-reset-" + unit, RetryAfter.reset(reset));
        if (spoken == Spoken.ANTHROPIC) {
            to.header("anthropic-ratelimit-" + unit + "-limit", limit);
            to.header("anthropic-ratelimit-" + unit + "-remaining", remaining);
            Instant at =
                    Instant.ofEpochMilli(nowMillis + reset / 1_000_000 + 999).truncatedTo(ChronoUnit.SECONDS);
            to.header("anthropic-ratelimit-" + unit + "-reset", at.toString());
        }
    }
}
