package dev.tidemill.wire.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonTextTest {
    private static final JsonMapper JACKSON = new JsonMapper();

    @Test
    void naughtyStringsSurviveBothWays() throws JsonException {
        JsonScanner scanner = new JsonScanner(FieldTable.of(), 1);
        for (JsonNode node : JACKSON.readTree(Fixtures.bytes("naughty-strings/blns.json"))) {
            String text = node.stringValue();
            byte[] json = JsonText.quote(text);
            scanner.scan(json, 0, json.length);
            assertThat(JACKSON.readTree(json).stringValue()).isEqualTo(text);
            assertThat(JsonText.string(json, 0, json.length)).isEqualTo(text);
        }
    }

    @Test
    void everyEscapeIsRead() {
        byte[] json = "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83E\\uDDE1x\"".getBytes(StandardCharsets.UTF_8);
        assertThat(JsonText.string(json, 0, json.length)).isEqualTo("\"\\/\b\f\n\r\té🧡x");
    }

    @Test
    void aSurrogateAloneStaysSoundJson() {
        assertThat(new String(JsonText.quote("a\uD83Eb\uDDE1"), StandardCharsets.UTF_8))
                .isEqualTo("\"a\\ud83eb\\udde1\"");
        byte[] json = JsonText.quote("\uD83E");
        assertThat(JsonText.string(json, 0, json.length)).isEqualTo("\uD83E");
    }

    @Test
    void wholeNumbers() {
        assertThat(whole("0")).isZero();
        assertThat(whole("-0")).isZero();
        assertThat(whole("42")).isEqualTo(42);
        assertThat(whole("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(whole("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void whatIsNoWholeNumberOrTooLargeIsNotGuessed() {
        for (String s : new String[] {
            "",
            "-",
            "1.0",
            "1e3",
            "true",
            "\"1\"",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999999"
        }) {
            assertThat(whole(s)).as(s).isEqualTo(-7);
        }
        byte[] large = "2147483648".getBytes(StandardCharsets.US_ASCII);
        assertThat(JsonText.wholeNumber(large, 0, large.length, -7)).isEqualTo(-7);
    }

    private static long whole(String s) {
        byte[] a = s.getBytes(StandardCharsets.US_ASCII);
        return JsonText.wholeNumber(a, 0, a.length, -7L);
    }
}
