package dev.tidemill.wire.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7 | PT7S",
                "0 | PT0S",
                "0.4 | PT0.4S",
                "1.5 | PT1.5S",
                "3600 | PT1H",
                "86400 | PT24H",
                "86401 | PT24H",
                "999999999999 | PT24H",
                "99999999999999999999999999 | PT24H",
                // The three forms of RFC 9110, section 5.6.7.
                "Sun, 22 Nov 2026 08:00:30 GMT | PT30S",
                "Sunday, 22-Nov-26 08:00:30 GMT | PT30S",
                "Sun Nov 22 08:00:30 2026 | PT30S",
                "Tue Dec  1 08:00:30 2026 | PT24H",
                "Sun, 06 Nov 1994 08:49:37 GMT | PT0S",
                "Sunday, 06-Nov-94 08:49:37 GMT | PT0S",
                "Sun Nov  6 08:49:37 1994 | PT0S",
                "Monday, 22-Nov-76 08:00:30 GMT | PT24H",
                "Tuesday, 22-Nov-77 08:00:30 GMT | PT0S",
                "Sun, 22 Nov 2026 09:00:00 GMT | PT1H",
                "Thu, 31 Dec 9999 23:59:59 GMT | PT24H"
            })
    void aWishIsReadInWhateverForm(String text, Duration wish) {
        assertThat(RetryAfter.wished(Answers.with("Retry-After: " + text), Answers.NOW))
                .isEqualTo(wish);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1",
                "''",
                "soon",
                "NaN",
                "1e3",
                "1.",
                "+1",
                "1s",
                "1, 2",
                "Sun, 22 Nov 2026 08:00:30",
                "Sun, 22 Nov 2026 08:00:30 CET",
                "Sun, 22 Foo 2026 08:00:30 GMT",
                "Sun, 31 Feb 2026 08:00:30 GMT",
                "Sun, 22 Nov 2026 25:00:30 GMT",
                "Sun, 22 Nov 2026 08.00.30 GMT",
                "Sunday, xx-Nov-26 08:00:30 GMT",
                "Sunday, 22-Nov-xx 08:00:30 GMT",
                "Sun Nov 22 08:00:30 +026",
                ",",
                "a,"
            })
    void whatMakesNoSenseIsNoWish(String text) {
        assertThat(RetryAfter.wished(Answers.with("Retry-After: " + text), Answers.NOW))
                .isNull();
    }

    @Test
    void millisecondsAreFinerAndGoFirst() {
        assertThat(wished("retry-after-ms: 1234", "retry-after: 2")).isEqualTo(Duration.ofMillis(1234));
        assertThat(wished("retry-after-ms: 0.5")).isEqualTo(Duration.ofNanos(500_000));
        assertThat(wished("retry-after-ms: 86400001")).isEqualTo(RetryAfter.LONGEST);
    }

    /** A recorded 429 of Azure OpenAI. */
    @Test
    void zeroMillisecondsBesideASecondAreNotBelieved() {
        assertThat(wished("retry-after: 1", "retry-after-ms: 0")).isEqualTo(Duration.ofSeconds(1));
        assertThat(wished("retry-after: 0", "retry-after-ms: 0")).isEqualTo(Duration.ZERO);
        assertThat(wished("retry-after-ms: 0")).isNull();
    }

    @Test
    void nonsenseInOneLeavesTheOther() {
        assertThat(wished("retry-after-ms: -3", "retry-after: 2")).isEqualTo(Duration.ofSeconds(2));
        assertThat(wished("retry-after-ms: 1500", "retry-after: soon")).isEqualTo(Duration.ofMillis(1500));
        assertThat(wished("content-language: en")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 1", "PT0.001S, 1", "PT1S, 1", "PT1.000000001S, 2", "PT59.9S, 60", "PT1M0.5S, 60", "PT24H, 60"})
    void aCallerIsToldOneToSixtyWholeSeconds(Duration wish, long seconds) {
        assertThat(RetryAfter.told(wish)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"true, YES", "True, YES", "false, NO", "1, UNSAID", "'', UNSAID"})
    void whetherToRetryAtAll(String text, ShouldRetry expected) {
        assertThat(ShouldRetry.of(Answers.with("x-should-retry: " + text))).isEqualTo(expected);
        assertThat(ShouldRetry.of(Answers.with())).isEqualTo(ShouldRetry.UNSAID);
    }

    private static Duration wished(String... headers) {
        return RetryAfter.wished(Answers.with(headers), Answers.NOW);
    }
}
