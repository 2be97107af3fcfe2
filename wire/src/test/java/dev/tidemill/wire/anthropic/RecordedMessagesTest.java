package dev.tidemill.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.RecordedStream;
import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedMessagesTest {
    /** Columns: file, uncached input, read from the cache, written for five minutes, for an hour, output, thinking. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            vercel-ai/anthropic/anthropic-text.chunks.txt,                                       12,    0,    0, 0,   30, 0
            vercel-ai/anthropic/anthropic-message-delta-input-tokens.chunks.txt,                 61,    0,    0, 0,    2, 0
            vercel-ai/anthropic/anthropic-code-execution-20260120-prompt-cache.1.chunks.txt,      6, 6289, 3337, 0,  198, 0
            vercel-ai/anthropic/anthropic-compaction.1.chunks.txt,                            60997,    0,    0, 0, 3341, 0
            vercel-ai/anthropic/anthropic-advisor-20250301.1.chunks.txt,                       4727,    0,    0, 0, 3391, 0
            vercel-ai/anthropic/anthropic-fallback.chunks.txt,                                  412,    0,    0, 0,  264, 0
            vercel-ai/anthropic/anthropic-refusal.chunks.txt,                                    18,    0,    0, 0,    5, 0
            vercel-ai/anthropic/anthropic-tool-no-args.chunks.txt,                              565,    0,    0, 0,   48, 0
            vercel-ai/anthropic/anthropic-mcp.1.chunks.txt,                                    1250,    0,    0, 0,   83, 0
            vercel-ai/anthropic/anthropic-web-search-tool.1.chunks.txt,                       15665,    0,    0, 0,  795, 0
            vercel-ai/anthropic/anthropic-code-execution-20250825.pptx-skill.chunks.txt,     320032,    0,    0, 0, 5558, 0
            vercel-ai/anthropic/anthropic-clear-thinking.1.chunks.txt,                           69,    0,    0, 0,   53, 0
            vercel-ai/anthropic/spliced-message-start.chunks.txt,                                17,    0,    0, 0,   65, 0
            vercel-ai/anthropic/duplicate-message-start.chunks.txt,                              17,    0,    0, 0,  227, 0
            prism/anthropic/stream-with-extended-thinking-1.sse,                                 50,    0,    0, 0,  452, 0
            prism/anthropic/stream-with-web-search-citations-1.sse,                            9911,    0,    0, 0,  343, 0
            """)
    void whatItCost(String name, long uncached, long read, long five, long hour, long output, long thinking)
            throws SseException {
        byte[] stream = Fixtures.stream(Fixtures.root().resolve("streams").resolve(name));
        assertThat(RecordedStream.of(MessagesDialect.INSTANCE, stream).usage())
                .isEqualTo(new Usage(uncached, read, five, hour, output, thinking));
    }

    @Test
    void everyOneIsWholeAtItsEndAndNotBefore() throws SseException {
        for (Path file : files()) {
            RecordedStream seen = RecordedStream.of(MessagesDialect.INSTANCE, stream(file));
            seen.isAWholeAnswer(file.toString(), seen.first(Meaning.LAST));
            assertThat(seen.first(Meaning.FINISH)).as("%s", file).isBetween(0, seen.first(Meaning.LAST) - 1);
            assertThat(seen.any(Meaning.CONTENT))
                    .as("%s", file)
                    .isNotEqualTo(file.toString().contains("refusal"));
            assertThat(seen.first(Meaning.USAGE)).as("%s", file).isNotNegative();
            assertThat(seen.usage()).as("%s", file).isNotNull();
        }
    }

    @Test
    void anyCutGivesTheSame() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        for (Path file : files()) {
            byte[] stream = stream(file);
            RecordedStream atOnce = RecordedStream.of(MessagesDialect.INSTANCE, stream);
            for (int most : new int[] {7, 100, 2_000}) {
                atOnce.sees(RecordedStream.of(MessagesDialect.INSTANCE, stream, left -> 1 + random.nextInt(most)));
            }
        }
    }

    /** Some recordings lost their last blank line. */
    private static byte[] stream(Path file) {
        return (new String(Fixtures.stream(file), StandardCharsets.UTF_8).stripTrailing() + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static List<Path> files() {
        return Stream.concat(
                        Fixtures.files("streams/vercel-ai/anthropic", ".chunks.txt").stream(),
                        Fixtures.files("streams/prism/anthropic", ".sse").stream())
                .toList();
    }
}
