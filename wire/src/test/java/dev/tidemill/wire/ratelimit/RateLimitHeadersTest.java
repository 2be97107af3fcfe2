package dev.tidemill.wire.ratelimit;

import static dev.tidemill.wire.ratelimit.RateLimitHeaders.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tidemill.wire.http.Head;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms that providers were recorded to send, each with its source. */
class RateLimitHeadersTest {
    private final RateLimitHeaders limits = new RateLimitHeaders();

    @Test
    void openAi() {
        read(
                "x-ratelimit-limit-requests: 10000",
                "x-ratelimit-limit-tokens: 30000000",
                "x-ratelimit-remaining-requests: 9999",
                "x-ratelimit-remaining-tokens: 29999987",
                "x-ratelimit-reset-requests: 12ms",
                "x-ratelimit-reset-tokens: 1.182s",
                "x-ratelimit-limit-input-images: 50");
        has(Budget.REQUESTS, 10_000, 9_999, Duration.ofMillis(12));
        has(Budget.TOKENS, 30_000_000, 29_999_987, Duration.ofMillis(1_182));
        hasNothing(Budget.INPUT_TOKENS);
        hasNothing(Budget.OUTPUT_TOKENS);
    }

    @Test
    void ofInputAndOutputTheScarcerCountsWhereNothingIsSaidOfBoth() {
        read(
                "anthropic-ratelimit-input-tokens-limit: 50000",
                "anthropic-ratelimit-input-tokens-remaining: 25000",
                "anthropic-ratelimit-output-tokens-limit: 10000",
                "anthropic-ratelimit-output-tokens-remaining: 1000");
        assertThat(limits.scarcestTokens()).isEqualTo(Budget.OUTPUT_TOKENS);
        read("anthropic-ratelimit-input-tokens-limit: 50000", "anthropic-ratelimit-input-tokens-remaining: 0");
        assertThat(limits.scarcestTokens()).isEqualTo(Budget.INPUT_TOKENS);
        read("anthropic-ratelimit-output-tokens-remaining: 0", "anthropic-ratelimit-tokens-remaining: 70000");
        assertThat(limits.scarcestTokens()).isEqualTo(Budget.TOKENS);
        read("anthropic-ratelimit-requests-remaining: 7");
        assertThat(limits.scarcestTokens()).isEqualTo(Budget.TOKENS);
    }

    @Test
    void openAiWithRequestsOnly() {
        read("X-RateLimit-Limit-Requests: 500", "X-Ratelimit-Remaining-Requests: 0");
        has(Budget.REQUESTS, 500, 0, null);
        hasNothing(Budget.TOKENS);
    }

    @Test
    void azureInWholeSeconds() {
        read(
                "x-ratelimit-limit-requests: 500",
                "x-ratelimit-remaining-requests: 499",
                "x-ratelimit-reset-requests: 7",
                "x-ratelimit-renewalperiod-requests: 60",
                "x-ratelimit-abusepenalty-active: False",
                "x-ratelimit-key: deployment",
                "x-ratelimit-reset-tokens: 0");
        has(Budget.REQUESTS, 500, 499, Duration.ofSeconds(7));
        has(Budget.TOKENS, UNKNOWN, UNKNOWN, Duration.ZERO);
    }

    /** openai/openai-dotnet#838: what the Responses API of Azure has sent. */
    @Test
    void azureThatDoesNotKnow() {
        read("x-ratelimit-limit-tokens: -1", "x-ratelimit-remaining-tokens: -1", "x-ratelimit-reset-tokens: 0");
        has(Budget.TOKENS, UNKNOWN, UNKNOWN, Duration.ZERO);
    }

    @Test
    void anthropic() {
        read(
                "anthropic-ratelimit-requests-limit: 4000",
                "anthropic-ratelimit-requests-remaining: 3999",
                "anthropic-ratelimit-requests-reset: 2026-11-22T08:00:01Z",
                "anthropic-ratelimit-tokens-limit: 480000",
                "anthropic-ratelimit-tokens-remaining: 479000",
                "anthropic-ratelimit-tokens-reset: 2026-11-22T07:59:59Z",
                "anthropic-ratelimit-input-tokens-limit: 400000",
                "anthropic-ratelimit-input-tokens-remaining: 399000",
                "anthropic-ratelimit-input-tokens-reset: 2026-11-22T08:00:00.250Z",
                "Anthropic-RateLimit-Output-Tokens-Limit: 80000",
                "anthropic-ratelimit-output-tokens-remaining: 80000",
                "anthropic-ratelimit-output-tokens-reset: 2026-11-22T09:01:00+01:00",
                "anthropic-organization-id: x");
        has(Budget.REQUESTS, 4_000, 3_999, Duration.ofSeconds(1));
        has(Budget.TOKENS, 480_000, 479_000, Duration.ZERO);
        has(Budget.INPUT_TOKENS, 400_000, 399_000, Duration.ofMillis(250));
        has(Budget.OUTPUT_TOKENS, 80_000, 80_000, Duration.ofMinutes(1));
    }

    @Test
    void groq() {
        read("x-ratelimit-limit-requests: 14400", "x-ratelimit-reset-requests: 10.332999999s");
        has(Budget.REQUESTS, 14_400, UNKNOWN, Duration.ofNanos(10_332_999_999L));
    }

    @Test
    void mistralPerMinuteWithoutReset() {
        read(
                "x-ratelimit-limit-req-minute: 50",
                "x-ratelimit-remaining-req-minute: 49",
                "x-ratelimit-limit-tokens-minute: 50000",
                "x-ratelimit-remaining-tokens-minute: 47300",
                "x-ratelimit-limit-tokens-month: 4000000",
                "x-ratelimit-remaining-tokens-month: 17",
                "x-ratelimit-remaining-req-10-second: 4",
                "x-ratelimit-tokens-query-cost: 1300");
        has(Budget.REQUESTS, 50, 49, null);
        has(Budget.TOKENS, 50_000, 47_300, null);
    }

    @Test
    void mistralWithAModelOutsideThePlan() {
        read("x-ratelimit-limit-req-minute: 0");
        has(Budget.REQUESTS, 0, UNKNOWN, null);
    }

    @Test
    void xAiWithoutReset() {
        read("x-ratelimit-limit-tokens: 2000000", "x-ratelimit-remaining-tokens: 1999999");
        has(Budget.TOKENS, 2_000_000, 1_999_999, null);
    }

    @Test
    void togetherWithBareNames() {
        read("x-ratelimit-limit: 60", "x-ratelimit-remaining: 57", "x-ratelimit-reset: 1.5");
        has(Budget.REQUESTS, 60, 57, Duration.ofMillis(1_500));
    }

    @ParameterizedTest
    @CsvSource({
        "12ms, PT0.012S",
        "0s, PT0S",
        "1.182s, PT1.182S",
        "20m52.666s, PT20M52.666S",
        "1h0m0s, PT1H",
        "23h59m59.5s, PT23H59M59.5S",
        "250us, PT0.00025S",
        "250µs, PT0.00025S",
        "250μs, PT0.00025S",
        "17ns, PT0.000000017S",
        "0.0000000019s, PT0.000000001S",
        "0, PT0S",
        "7, PT7S",
        "0.5, PT0.5S",
        "744h, PT744H",
        "2678400, PT744H",
        // Times since 1970 in seconds and milliseconds, as OpenRouter and others send them.
        "1795334460, PT1M",
        "1795334460000, PT1M",
        "1795334399, PT0S",
        "2026-11-22T08:00:09Z, PT9S",
        "2026-11-22t08:00:09.1234567z, PT9.123S",
        "2026-11-22T00:00:09-08:00, PT9S",
        "2026-11-22T07:59:60Z, PT0S"
    })
    void aResetIsReadInWhateverForm(String text, Duration reset) {
        read("x-ratelimit-reset-tokens: " + text);
        has(Budget.TOKENS, UNKNOWN, UNKNOWN, reset);
    }

    @ParameterizedTest
    @CsvSource({
        "-1",
        "-5s",
        "''",
        "s",
        "ms",
        "1x",
        "1ss",
        "1.s",
        ".5s",
        "1s1",
        "1 s",
        "1e3",
        "NaN",
        "1d",
        "99999999999999999999",
        "99999999999999999999s",
        "9999999999999h9999999999999h",
        "745h",
        "2678401",
        "1000000000",
        "2026-11-22",
        "2026-11-22T08:00:09",
        "2026-11-22T08:00:09.Z",
        "2026-11-22T08:00:09+0100",
        "2026-11-22T08:00:09+24:00",
        "2026-02-29T08:00:09Z",
        "2026-13-01T08:00:09Z",
        "2026-11-22T24:00:00Z",
        "0001-01-01T00:00:00Z",
        "2999-01-01T00:00:00Z"
    })
    void aResetThatMakesNoSenseIsPassedOverAlone(String text) {
        read("x-ratelimit-reset-tokens: " + text, "x-ratelimit-remaining-tokens: 3");
        has(Budget.TOKENS, UNKNOWN, 3, null);
    }

    @ParameterizedTest
    @CsvSource({"-1", "''", "many", "1 000", "'1,000'", "0x10", "1e3", "1000000000000001", "99999999999999999999999"})
    void aCountThatMakesNoSenseIsPassedOverAlone(String text) {
        read("x-ratelimit-remaining-tokens: " + text, "x-ratelimit-limit-tokens: 1000000000000000");
        has(Budget.TOKENS, RateLimitHeaders.MAX_COUNT, UNKNOWN, null);
    }

    @Test
    void whatIsNoRateLimitIsPassedOver() {
        Head head = Answers.with(
                "x-ratelimit: 1",
                "x-ratelimit-: 1",
                "x-ratelimit-limit-: 1",
                "x-ratelimit--requests: 1",
                "x-ratelimit-limit-minute: 1",
                "x-ratelimit-limit-requests-: 1",
                "x-ratelimit-limit-project-tokens: 1",
                "x-ratelimits-limit-requests: 1",
                "x-ratelimit_limit_requests: 1",
                "anthropic-ratelimit-: 1",
                "anthropic-ratelimit-limit: 1",
                "anthropic-ratelimit-tokens: 1",
                "anthropic-ratelimit-unified-status: allowed",
                "anthropic-priority-input-tokens-limit: 1",
                "anthropic-version: 1",
                "cf-ray: 1",
                "a: 1");
        assertThat(limits.read(head, Answers.NOW)).isFalse();
        for (Budget budget : Budget.values()) {
            hasNothing(budget);
        }
    }

    @Test
    void anotherHeadForgetsTheOneBefore() {
        read("x-ratelimit-remaining-requests: 1", "anthropic-ratelimit-output-tokens-reset: 2026-11-22T08:01:00Z");
        assertThat(limits.read(Answers.with("retry-after: 1"), Answers.NOW)).isFalse();
        assertThat(limits.any()).isFalse();
        hasNothing(Budget.REQUESTS);
        hasNothing(Budget.OUTPUT_TOKENS);
    }

    @Test
    void ofTwoTheLastThatMakesSenseCounts() {
        read("x-ratelimit-limit: 1", "x-ratelimit-limit: 2", "x-ratelimit-limit: -3");
        has(Budget.REQUESTS, 2, UNKNOWN, null);
    }

    @Test
    void readingAllocatesNothing() {
        Head head = Answers.with(
                "x-ratelimit-limit-requests: 10000",
                "x-ratelimit-reset-requests: 20m52.666s",
                "anthropic-ratelimit-tokens-reset: 2026-11-22T08:00:01Z",
                "server: x",
                "cf-ray: 1");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                limits.read(head, Answers.NOW);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least / 2_000).isZero();
    }

    private void read(String... headers) {
        assertThat(limits.read(Answers.with(headers), Answers.NOW)).isTrue();
        assertThat(limits.any()).isTrue();
    }

    private void has(Budget budget, long limit, long remaining, Duration reset) {
        assertThat(limits.limit(budget)).as("limit of %s", budget).isEqualTo(limit);
        assertThat(limits.remaining(budget)).as("remaining of %s", budget).isEqualTo(remaining);
        assertThat(limits.resetNanos(budget))
                .as("reset of %s", budget)
                .isEqualTo(reset == null ? UNKNOWN : reset.toNanos());
    }

    private void hasNothing(Budget budget) {
        has(budget, UNKNOWN, UNKNOWN, null);
    }
}
