package dev.tidemill.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Priority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyJsonTest {
    @Test
    void aRequestComesOutAsItWentIn() {
        KeyRequest request = new KeyRequest(
                "me", "acme", "shop", List.of("gpt-*", "m"), 60, 1_000, 4, Priority.LOW, true, Duration.ofDays(30));

        assertThat(KeyJson.request(KeyJson.of(request).toString().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(request);
    }

    @Test
    void aKeyComesOutAsItWentInWithoutItsDigest() throws Exception {
        Instant now = Instant.parse("2026-11-22T10:00:00Z");
        Key key = new Key(
                "abcdefgh",
                "me",
                "o",
                "p",
                "d1",
                List.of("m"),
                1,
                2,
                3,
                Priority.NORMAL,
                true,
                now,
                now.plusSeconds(9),
                null);

        assertThat(KeyJson.of(key).toString()).doesNotContain("d1");
        assertThat(KeyJson.key(KeyJson.of(key)))
                .isEqualTo(new Key(
                        "abcdefgh",
                        "me",
                        "o",
                        "p",
                        "",
                        List.of("m"),
                        1,
                        2,
                        3,
                        Priority.NORMAL,
                        true,
                        now,
                        now.plusSeconds(9),
                        null));
    }

    @Test
    void whatIsNotSaidLimitsNothing() {
        KeyRequest request = KeyJson.request("{\"name\":\"a\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(request.priority()).isEqualTo(Priority.HIGH);
        assertThat(request.resumable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no json                                  | is no JSON",
                "[]                                       | expected: an object",
                "{}                                       | name (expected: a text)",
                "{\"name\":\"\"}                          | name: ",
                "{\"name\":\"a\",\"rpms\":1}              | rpms: unknown (expected: concurrency,",
                "{\"name\":\"a\",\"rpm\":-1}              | rpm: -1 (expected: 1 to",
                "{\"name\":\"a\",\"tpm\":10000000001}     | tpm: 10000000001 (expected: 1 to 10000000000",
                "{\"name\":\"a\",\"rpm\":1.5}             | rpm (expected: a whole number)",
                "{\"name\":\"a\",\"models\":[\"a*b\"]}    | models: a*b (expected: a name, or one with a * at its end)",
                "{\"name\":\"a\",\"models\":[1]}          | models (expected: a list of texts)",
                "{\"name\":\"a\",\"priority\":\"urgent\"} | priority: \"urgent\" (expected: high, normal or low)",
                "{\"name\":\"a\",\"resumable\":1}        | resumable: 1 (expected: true or false)",
                "{\"name\":\"a\",\"expires_in_seconds\":0} | expires: PT0S (expected: a duration",
            })
    void whatIsWrongIsNamedWithWhatWasExpected(String body, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyJson.request(body.getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining(message);
    }
}
