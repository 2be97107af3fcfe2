package dev.tidemill.wire.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.http.Head;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Values put together at random: nothing but a value in range or none may come out, and where java.time can read it, the same. */
class RandomRateLimitsTest {
    private static final String[] NAMES = {
        "x-ratelimit-",
        "anthropic-ratelimit-",
        "limit",
        "remaining",
        "reset",
        "-",
        "requests",
        "tokens",
        "input-",
        "output-",
        "req",
        "-minute",
        "-month",
        "x",
        "retry-after",
        "retry-after-ms"
    };
    private static final String[] VALUES = {
        "0",
        "1",
        "12",
        "59",
        "2026",
        "-",
        ".",
        ":",
        "s",
        "ms",
        "m",
        "h",
        "T",
        "Z",
        "+",
        " ",
        ",",
        "Sun",
        "Nov",
        "GMT",
        "2026-11-22T08:00:0",
        "Sun, 22 Nov 2026 08:",
        "Sun Nov 22 08:",
        "99999999999",
        "\u00b5s",
        "x",
        "\t",
        "\u00ff"
    };

    private final RandomGenerator random = Seeds.random(getClass());
    private final RateLimitHeaders limits = new RateLimitHeaders();

    @Test
    void onlyValuesInRangeComeOut() {
        for (int round = 0; round < 20_000; round++) {
            String[] headers = new String[random.nextInt(6)];
            for (int i = 0; i < headers.length; i++) {
                headers[i] = "x".repeat(random.nextInt(2)) + "x-ratelimit-" + pieces(NAMES, 5) + ":" + value();
                if (random.nextInt(3) > 0) {
                    headers[i] = (random.nextBoolean() ? "x-ratelimit-reset-tokens:" : "retry-after:") + value();
                }
            }
            Head head = Answers.with(headers);
            boolean any = limits.read(head, Answers.NOW);
            boolean found = false;
            for (Budget budget : Budget.values()) {
                assertThat(limits.limit(budget)).isBetween(-1L, RateLimitHeaders.MAX_COUNT);
                assertThat(limits.remaining(budget)).isBetween(-1L, RateLimitHeaders.MAX_COUNT);
                assertThat(limits.resetNanos(budget)).isBetween(-1L, RateLimitHeaders.MAX_RESET.toNanos());
                found |= limits.limit(budget) >= 0 || limits.remaining(budget) >= 0 || limits.resetNanos(budget) >= 0;
            }
            assertThat(any).isEqualTo(found);
            Duration wish = RetryAfter.wished(head, Answers.NOW);
            if (wish != null) {
                assertThat(wish).isBetween(Duration.ZERO, RetryAfter.LONGEST);
                assertThat(RetryAfter.told(wish)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
            }
        }
    }

    @Test
    void timesAreThoseOfJavaTime() {
        for (int round = 0; round < 20_000; round++) {
            Instant then = Instant.ofEpochSecond(random.nextLong(-62_167_219_200L, 253_402_300_800L));
            LocalDateTime local = LocalDateTime.ofInstant(then, ZoneOffset.UTC);
            byte[] rfc3339 = DateTimeFormatter.ISO_INSTANT.format(then).getBytes(StandardCharsets.US_ASCII);
            assertThat(Rfc3339.epochMillis(rfc3339, 0, rfc3339.length)).isEqualTo(then.toEpochMilli());
            for (String form : new String[] {"EEE, dd MMM uuuu HH:mm:ss 'GMT'", "EEE MMM ppd HH:mm:ss uuuu"}) {
                byte[] date = DateTimeFormatter.ofPattern(form, Locale.ENGLISH)
                        .format(local)
                        .getBytes(StandardCharsets.US_ASCII);
                assertThat(HttpDate.epochMillis(date, 0, date.length, Answers.NOW))
                        .isEqualTo(then.toEpochMilli());
            }
        }
    }

    @Test
    void daysThatDoNotExistAreRefused() {
        for (int year = 1890; year < 2110; year++) {
            for (int month = 0; month < 14; month++) {
                for (int day = 0; day < 33; day++) {
                    long expected;
                    try {
                        expected = LocalDateTime.of(year, month, day, 1, 2, 3)
                                .toInstant(ZoneOffset.UTC)
                                .toEpochMilli();
                    } catch (DateTimeException e) {
                        expected = UtcTime.NONE;
                    }
                    assertThat(UtcTime.epochMillis(year, month, day, 1, 2, 3)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void randomBytesHarmNobody() {
        for (int round = 0; round < 100_000; round++) {
            byte[] a = new byte[random.nextInt(40)];
            random.nextBytes(a);
            if (random.nextBoolean()) {
                byte[] start = pieces(VALUES, 4).getBytes(StandardCharsets.ISO_8859_1);
                System.arraycopy(start, 0, a, 0, Math.min(a.length, start.length));
            }
            int from = random.nextInt(a.length + 1);
            int to = random.nextInt(from, a.length + 1);
            assertThat(GoDuration.nanos(a, from, to)).isGreaterThanOrEqualTo(-1);
            assertThat(ProtobufDuration.nanos(a, from, to)).isGreaterThanOrEqualTo(-1);
            Rfc3339.epochMillis(a, from, to);
            HttpDate.epochMillis(a, from, to, Answers.NOW);
        }
    }

    private String value() {
        return pieces(VALUES, 6);
    }

    private String pieces(String[] from, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            text.append(from[random.nextInt(from.length)]);
        }
        return text.toString();
    }
}
