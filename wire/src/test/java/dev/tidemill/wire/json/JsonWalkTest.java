package dev.tidemill.wire.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWalkTest {
    private static final String[] PIECES = {
        "{", "}", "[", "]", "\"", "\\", "\\\"", "\\\\", ",", ":", " ", "a", "long text without anything", "界"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {\"a\":[]}\n ",
                "[DONE]",
                "{\"a\":\"}\\\"}\\\\\"}",
                "{\"a\":{\"b\":{\"c\":[[[{\"d\":1}]]]}}}",
                "{\"content\":\"brackets ] } and quotes \\\" in a text that is longer than a word\"}"
            })
    void whatClosesAtItsEnd(String text) {
        assertThat(closes(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "\"a\"",
                "{",
                "}",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]",
                "{\"a\":\"b}",
                "{\"a\":\"b\\\"}",
                "{}{}",
                "{\"a\":1}\n{\"a\":2}",
                "{\"a\":1} x",
                "{\"a\":1}}"
            })
    void whatDoesNot(String text) {
        assertThat(closes(text)).isFalse();
    }

    /** No part of a recorded answer is taken for all of it, nor two of them for one. */
    @Test
    void recordedAnswersCloseAndNoPartOfThemDoes() {
        for (Path file : Fixtures.files("streams/vercel-ai", ".json")) {
            byte[] a = Fixtures.bytes(file);
            int end = JsonWalk.trimEnd(a, 0, a.length);
            assertThat(JsonWalk.closes(a, 0, a.length)).as("%s", file).isTrue();
            for (int to = 0; to < end; to += to < 2_000 ? 1 : 97) {
                assertThat(JsonWalk.closes(a, 0, to)).as("%s to %d", file, to).isFalse();
            }
            String text = new String(a, StandardCharsets.UTF_8);
            assertThat(closes(text + text)).as("%s twice", file).isFalse();
        }
    }

    @Test
    void closesAsThePlainLoopSays() {
        RandomGenerator random = Seeds.random(getClass());
        int closing = 0;
        for (int round = 0; round < 200_000; round++) {
            StringBuilder text = new StringBuilder("{");
            for (int i = random.nextInt(14); i > 0; i--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            byte[] a = text.append('}').toString().getBytes(StandardCharsets.UTF_8);
            boolean expected = plainly(a);
            closing += expected ? 1 : 0;
            assertThat(JsonWalk.closes(a, 0, a.length)).as("%s", text).isEqualTo(expected);
        }
        assertThat(closing).isBetween(1_000, 199_000);
    }

    private static boolean plainly(byte[] a) {
        int depth = 0;
        boolean inside = false;
        for (int i = 0; i < a.length; i++) {
            if (inside) {
                if (a[i] == '\\') {
                    i++;
                } else if (a[i] == '"') {
                    inside = false;
                }
            } else if (a[i] == '"') {
                inside = true;
            } else if (a[i] == '{' || a[i] == '[') {
                depth++;
            } else if ((a[i] == '}' || a[i] == ']') && --depth <= 0) {
                return depth == 0 && JsonWalk.space(a, i + 1, a.length) == a.length;
            }
        }
        return false;
    }

    private static boolean closes(String text) {
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        return JsonWalk.closes(a, 0, a.length);
    }
}
