package dev.tidemill.wire.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFieldsTest {
    private static final TextFields FIELDS = TextFields.of("content", "arguments");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":\"x\",\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]} | 5",
                "{ \"content\" : \"a \\\"content\\\":\\\"b\\\"\" } | 19",
                "{\"content\":null,\"content\":{\"x\":\"y\"},\"arguments\":\"{}\"} | 2",
                "{\"name\":\"content\",\"content\":\"\"} | 0",
                "{\"arguments\":\"ab\",\"content\":\"c | 2",
                "[\"content\",\"content\"] | 0",
                "`` | 0"
            })
    void theStringsOfTheNamedFieldsCountAndNothingElse(String json, int length) {
        byte[] a = (" " + json + "\"content\":\"beyond\"").getBytes(StandardCharsets.UTF_8);
        assertThat(FIELDS.length(a, 1, json.length() + 1)).isEqualTo(length);
    }
}
