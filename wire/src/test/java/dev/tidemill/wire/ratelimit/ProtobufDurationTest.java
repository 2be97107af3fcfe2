package dev.tidemill.wire.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtobufDurationTest {
    @Test
    void ofARecordedRefusal() {
        String body = new String(
                Fixtures.bytes("streams/vercel-ai/google/google-429-retry-info.json"), StandardCharsets.UTF_8);
        Matcher delay = Pattern.compile("\"retryDelay\"\\s*:\\s*\"([^\"]*)\"").matcher(body);
        assertThat(delay.find()).isTrue();
        assertThat(ProtobufDuration.parse(delay.group(1))).isEqualTo(Duration.ofMillis(34_400));
    }

    @ParameterizedTest
    @CsvSource({
        "48s, PT48S",
        "0s, PT0S",
        "0.5s, PT0.5S",
        "48.939935699s, PT48.939935699S",
        "1.000340012s, PT1.000340012S",
        "315576000000s, 9223372036854775807"
    })
    void isRead(String text, String expected) {
        Duration duration = expected.startsWith("P")
                ? Duration.parse(expected)
                : Duration.ofNanos(Long.parseLong(expected)); // more than a long of nanoseconds holds
        assertThat(ProtobufDuration.parse(text)).isEqualTo(duration);
        byte[] a = ("\"" + text + "\"").getBytes(StandardCharsets.UTF_8);
        assertThat(ProtobufDuration.nanos(a, 1, a.length - 1)).isEqualTo(duration.toNanos());
    }

    @ParameterizedTest
    @CsvSource({"''", "s", "48", "-1s", "1m", "1ms", ".5s", "1.s", "1.0000000001s", "'1s '", "1 s", "1e1s", "48ss"})
    void isRefused(String text) {
        assertThat(ProtobufDuration.parse(text)).isNull();
    }
}
