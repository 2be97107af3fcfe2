package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiUsageTest {
    @Test
    void openAiCountsPartsInside() {
        assertThat(read("{\"prompt_tokens\":100,\"completion_tokens\":50,\"total_tokens\":150,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":64,\"cache_write_tokens\":10,\"audio_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":30}}"))
                .isEqualTo(new Usage(26, 64, 10, 0, 50, 30));
    }

    @Test
    void deepSeekNamesItsCacheOtherwise() {
        assertThat(
                        read(
                                "{\"prompt_tokens\":100,\"completion_tokens\":5,\"prompt_cache_hit_tokens\":64,\"prompt_cache_miss_tokens\":36}"))
                .isEqualTo(new Usage(36, 64, 0, 0, 5, 0));
        assertThat(
                        read(
                                "{\"prompt_tokens\":100,\"prompt_tokens_details\":{\"cached_tokens\":0},\"prompt_cache_hit_tokens\":64}"))
                .isEqualTo(new Usage(36, 64, 0, 0, 0, 0));
    }

    @Test
    void reasoningBesideTheOutputIsAdded() {
        String xai =
                "{\"prompt_tokens\":10,\"completion_tokens\":50,\"completion_tokens_details\":{\"reasoning_tokens\":30}}";
        assertThat(read(xai)).isEqualTo(new Usage(10, 0, 0, 0, 50, 30));
        byte[] a = body(xai);
        assertThat(OpenAiUsage.read(a, 0, a.length, OpenAiUsage.Reasoning.BESIDE))
                .isEqualTo(new Usage(10, 0, 0, 0, 80, 30));
    }

    @Test
    void theTotalProvesWhereReasoningIsCounted() {
        String beside = "{\"prompt_tokens\":10,\"completion_tokens\":50,\"total_tokens\":90,\"reasoning_tokens\":30}";
        assertThat(read(beside)).isEqualTo(new Usage(10, 0, 0, 0, 80, 30));
        byte[] inside = body(beside.replace("90", "60"));
        assertThat(OpenAiUsage.read(inside, 0, inside.length, OpenAiUsage.Reasoning.BESIDE))
                .isEqualTo(new Usage(10, 0, 0, 0, 50, 30));
        byte[] neither = body(beside.replace("90", "61"));
        assertThat(OpenAiUsage.read(neither, 0, neither.length)).isEqualTo(new Usage(10, 0, 0, 0, 50, 30));
    }

    @Test
    void partsLargerThanTheirWholeStandBesideIt() {
        assertThat(read(
                        "{\"prompt_tokens\":10,\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":400},"
                                + "\"completion_tokens_details\":{\"reasoning_tokens\":290}}"))
                .isEqualTo(new Usage(10, 400, 0, 0, 291, 290));
    }

    @Test
    void otherEndpoints() {
        assertThat(read("{\"prompt_tokens\":12,\"total_tokens\":12}")).isEqualTo(new Usage(12, 0, 0, 0, 0, 0));
        assertThat(read("{\"total_tokens\":12}")).isEqualTo(new Usage(12, 0, 0, 0, 0, 0));
        assertThat(
                        read(
                                "{\"input_tokens\":50,\"input_tokens_details\":{\"text_tokens\":10,\"cached_tokens\":8},\"output_tokens\":7}"))
                .isEqualTo(new Usage(42, 8, 0, 0, 7, 0));
        assertThat(read("{\"prompt_tokens\":0,\"completion_tokens\":0}")).isEqualTo(Usage.NONE);
        byte[] embeddings = Fixtures.bytes("streams/vercel-ai/openai/embedding/openai-embedding.json");
        assertThat(OpenAiUsage.read(embeddings, 0, embeddings.length)).isEqualTo(new Usage(12, 0, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "[]",
                "{\"total\":1}",
                "{\"prompt_tokens\":null}",
                "{\"prompt_tokens\":-1,\"completion_tokens\":5}",
                "{\"prompt_tokens\":1.5}",
                "{\"prompt_tokens\":\"7\"}",
                "{\"prompt_tokens\":9007199254740993}",
                "{\"prompt_tokens\":99999999999999999999}",
                "{\"prompt_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":-5}}",
                "{\"prompt_tokens\":1,"
            })
    void whatCannotBeBelievedIsUnknownAndNotZero(String usage) {
        assertThat(read(usage)).isNull();
    }

    @Test
    void nullDetailsAreNone() {
        assertThat(
                        read(
                                "{\"prompt_tokens\":19,\"completion_tokens\":1720,\"prompt_tokens_details\":null,\"reasoning_tokens\":3}"))
                .isEqualTo(new Usage(19, 0, 0, 0, 1720, 3));
    }

    @Test
    void theLastOneCountsAndNoneInsideIt() {
        byte[] a = ("{\"x_groq\":{\"usage\":{\"prompt_tokens\":1}},\"a\":\"\\\"usage\\\":{\\\"prompt_tokens\\\":5}\","
                        + "\"usage\" : {\"prompt_tokens\":2,\"usage\":{\"prompt_tokens\":3}},\"b\":\"usage\"}")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(OpenAiUsage.read(a, 0, a.length)).isEqualTo(new Usage(2, 0, 0, 0, 0, 0));
    }

    /** Looking from the end is a short cut: what it may not decide is decided by the whole text. */
    @Test
    void itCountsTheSameHoweverMuchStandsAround() {
        for (int length : new int[] {0, 1, 500, 900, 1010, 1024, 1100, 5_000}) {
            String filler = "\"filler\":\"" + "x".repeat(length) + "\"";
            String one = "\"usage\":{\"prompt_tokens\":1}";
            String two = "\"usage\" : {\"prompt_tokens\":2,\"usage\":{\"prompt_tokens\":3}}";
            assertThat(input("{" + filler + "," + two + "}\n")).isEqualTo(2);
            assertThat(input("{" + two + "," + filler + "}")).isEqualTo(2);
            assertThat(input("{" + one + "," + filler + "," + two + "}")).isEqualTo(2);
            assertThat(input("{" + one + "," + filler + ",\"choices\":[{" + two + "}]}"))
                    .isEqualTo(2);
            assertThat(input("{\"x_groq\":{" + two + "}," + filler + "," + one + "," + filler + "}"))
                    .isEqualTo(1);
            assertThat(input("{" + two + "," + filler + ",\"usage\":null}")).isEqualTo(2);
            assertThat(input("{" + two + "," + filler + ",\"text\":\"\\\"usage\\\":{}\"}"))
                    .isEqualTo(2);
        }
    }

    private static long input(String answer) {
        byte[] a = answer.getBytes(StandardCharsets.UTF_8);
        return Objects.requireNonNull(OpenAiUsage.read(a, 0, a.length)).input();
    }

    @Test
    void noUsageIsNone() {
        byte[] a = "{\"choices\":[],\"usage\":null}".getBytes(StandardCharsets.UTF_8);
        assertThat(OpenAiUsage.read(a, 0, a.length)).isNull();
        assertThat(OpenAiUsage.read(a, 0, 0)).isNull();
    }

    /** Every recorded answer of a chat provider that states usage gives one. */
    @Test
    void recordedWholeAnswers() {
        Set<String> seen = new TreeSet<>();
        for (String provider : new String[] {
            "alibaba",
            "deepseek",
            "groq",
            "mistral",
            "moonshotai",
            "openai/chat",
            "openai/completion",
            "openai-compatible",
            "perplexity"
        }) {
            for (Path file : Fixtures.files("streams/vercel-ai/" + provider, ".json")) {
                byte[] a = Fixtures.bytes(file);
                String text = new String(a, StandardCharsets.UTF_8);
                Usage usage = OpenAiUsage.read(a, 0, a.length);
                if (text.contains("\"usage\": {\n") && text.contains("prompt_tokens\"")) {
                    assertThat(usage).as("%s", file).isNotNull();
                    assertThat(usage.input()).as("%s", file).isPositive();
                    seen.add(provider);
                }
                assertThat(ChatDialect.INSTANCE.judge(a, 0, a.length))
                        .as("%s", file)
                        .isEqualTo(file.toString().endsWith("error.json") ? Verdict.ERROR : Verdict.ANSWER);
            }
        }
        assertThat(seen).hasSizeGreaterThan(5);
    }

    private static Usage read(String usage) {
        byte[] a = body(usage);
        return OpenAiUsage.read(a, 0, a.length);
    }

    private static byte[] body(String usage) {
        return ("{\"id\":\"x\",\"usage\":" + usage + "}").getBytes(StandardCharsets.UTF_8);
    }
}
