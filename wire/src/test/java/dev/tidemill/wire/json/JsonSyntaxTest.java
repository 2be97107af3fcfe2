package dev.tidemill.wire.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

class JsonSyntaxTest {
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\\\"",
        "\\u0041",
        "\\u00",
        ",",
        ":",
        " ",
        "\n",
        "\t",
        "\"a\":",
        "\"b\"",
        "0",
        "-",
        "1.5e3",
        ".",
        "true",
        "null",
        "NaN",
        "-Infinity",
        "long text without anything",
        "界"
    };

    /** A reader of good standing, as far as ours: with numbers that are none. */
    private final ObjectMapper jackson = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {\"a\":[]}\n ",
                "{\"a\":\"}\\\"}\\\\\"}",
                "{\"a\":{\"b\":{\"c\":[[[{\"d\":1}]]]}}}",
                "{\"content\":\"brackets ] } and quotes \\\" in a text that is longer than a word\"}",
                "{\"logprob\":NaN,\"low\":-Infinity,\"high\":Infinity,\"zero\":-0.0e-0}"
            })
    void whatCanBeRead(String text) {
        assertThat(isObject(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "\"a\"",
                "[DONE]",
                "[{}]",
                "{",
                "}",
                "{not json}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":nil}",
                "{\"a\":undefined}",
                "{'a':1}",
                "{\"a\":\"\\x41\"}",
                "{\"a\":\"tab\there\"}",
                "{\"a\":1 \"b\":2}",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]",
                "{\"a\":\"b}",
                "{\"a\":\"b\\\"}",
                "{}{}",
                "{\"a\":1}\n{\"a\":2}",
                "{\"a\":1} x",
                "{\"a\":1}}"
            })
    void whatCannot(String text) {
        assertThat(isObject(text)).isFalse();
    }

    @Test
    void theDepthIsLimited() {
        int most = JsonSyntax.MOST_LEVELS;
        assertThat(isObject("{\"a\":".repeat(most - 1) + "{}" + "}".repeat(most - 1)))
                .isTrue();
        assertThat(isObject("{\"a\":".repeat(most) + "{}" + "}".repeat(most))).isFalse();
        assertThat(isObject("{\"a\":" + "[".repeat(1_000_000))).isFalse();
    }

    /** No part of a recorded answer is taken for all of it, nor two of them for one. */
    @Test
    void recordedAnswersCanBeReadAndNoPartOfThemCan() {
        for (Path file : Fixtures.files("streams/vercel-ai", ".json")) {
            byte[] a = Fixtures.bytes(file);
            int end = JsonWalk.trimEnd(a, 0, a.length);
            boolean object = a[JsonWalk.space(a, 0, end)] == '{';
            assertThat(JsonSyntax.isObject(a, 0, a.length)).as("%s", file).isEqualTo(object);
            for (int to = 0; to < end; to += to < 2_000 ? 1 : 97) {
                assertThat(JsonSyntax.isObject(a, 0, to))
                        .as("%s to %d", file, to)
                        .isFalse();
            }
            String text = new String(a, StandardCharsets.UTF_8);
            assertThat(isObject(text + text)).as("%s twice", file).isFalse();
        }
    }

    @Test
    void madeUpTextsAreReadByWhomJacksonReadsThem() {
        RandomGenerator random = Seeds.random(getClass());
        int read = 0;
        for (int round = 0; round < 200_000; round++) {
            StringBuilder text = new StringBuilder("{");
            for (int i = random.nextInt(10); i > 0; i--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            read += agrees(text.append('}').toString()) ? 1 : 0;
        }
        assertThat(read).isBetween(1_000, 199_000);
    }

    @Test
    void spoiledAnswersAreReadByWhomJacksonReadsThem() {
        RandomGenerator random = Seeds.random(getClass());
        List<Path> files = Fixtures.files("streams/vercel-ai", ".json").stream()
                .filter(file -> Fixtures.bytes(file).length < 4_000)
                .toList();
        int read = 0;
        int rounds = 20_000;
        for (int round = 0; round < rounds; round++) {
            byte[] a = Fixtures.bytes(files.get(random.nextInt(files.size())));
            int at = random.nextInt(a.length);
            byte other = a[random.nextInt(a.length)];
            if (a[at] < 0 || other < 0) {
                continue; // within a character
            }
            byte[] spoiled = switch (random.nextInt(3)) {
                case 0 -> {
                    a[at] = other;
                    yield a;
                }
                case 1 -> {
                    System.arraycopy(a, at + 1, a, at, a.length - at - 1);
                    yield Arrays.copyOf(a, a.length - 1);
                }
                default -> {
                    byte[] more = Arrays.copyOf(a, a.length + 1);
                    System.arraycopy(a, at, more, at + 1, a.length - at);
                    more[at] = other;
                    yield more;
                }
            };
            read += agrees(new String(spoiled, StandardCharsets.UTF_8)) ? 1 : 0;
        }
        assertThat(read).isBetween(rounds / 20, rounds * 19 / 20);
    }

    private boolean agrees(String text) {
        boolean expected;
        try {
            expected = jackson.readTree(text).isObject();
        } catch (JacksonException e) {
            expected = false;
        }
        assertThat(isObject(text)).as("%s", text).isEqualTo(expected);
        return expected;
    }

    private static boolean isObject(String text) {
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        return JsonSyntax.isObject(a, 0, a.length);
    }
}
