package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What each provider's dialect looks like to the relay. Columns: file, index of the first content event, index of the finish event, index of
 * the last usage event, whether that is the extra chunk, and the usage: uncached, cached, output, reasoning. -1: there is none.
 */
class RecordedChatStreamsTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            vercel-ai/openai/chat/openai-text.chunks.txt,                          1, 301, 302, true,  16, 0, 300, 0
            vercel-ai/openai/chat/azure-model-router.1.chunks.txt,                 2,   6,   7, true,  15, 0, 78, 64
            vercel-ai/openai/completion/openai-completion-text.chunks.txt,         0,  15,  16, true,  14, 0, 16, 0
            vercel-ai/azure/azure-deepseek-reasoning.1.chunks.txt,                 1, 783, 784, true,  19, 0, 1720, 0
            vercel-ai/deepseek/chat/deepseek-reasoning.chunks.txt,                 1, 219, 219, false, 18, 0, 219, 205
            vercel-ai/deepseek/chat/deepseek-text.chunks.txt,                      1, 401, 401, false, 13, 0, 400, 0
            vercel-ai/deepseek/chat/deepseek-tool-call.chunks.txt,                 1,  51,  51, false, 19, 320, 83, 39
            vercel-ai/alibaba/alibaba-reasoning.chunks.txt,                        1, 273, 274, true,  24, 0, 1355, 1084
            vercel-ai/alibaba/alibaba-text.chunks.txt,                             1, 172, 173, true,  18, 0, 779, 0
            vercel-ai/alibaba/alibaba-tool-call.chunks.txt,                        0,   4,   5, true,  295, 0, 22, 0
            vercel-ai/groq/groq-reasoning.chunks.txt,                              1, 1103, 1103, false, 17, 0, 1107, 963
            vercel-ai/groq/groq-text.chunks.txt,                                   1, 662, 662, false, 45, 0, 662, 0
            vercel-ai/groq/groq-tool-call.chunks.txt,                              1,   2,   2, false, 210, 0, 15, 0
            vercel-ai/mistral/mistral-incremental-tool-call.chunks.txt,            0,   2,   2, false, 43, 128, 14, 0
            vercel-ai/mistral/mistral-reasoning.chunks.txt,                        0,   3,   3, false, 10, 0, 46, 0
            vercel-ai/mistral/mistral-text.chunks.txt,                             1,   7,   7, false, 13, 0, 8, 0
            vercel-ai/mistral/mistral-tool-call.chunks.txt,                        1,   1,   1, false, 124, 0, 22, 0
            vercel-ai/moonshotai/moonshotai-stream.chunks.txt,                     0,   3,   3, false, 9, 0, 12, 7
            vercel-ai/openai-compatible/chat/xai-text.chunks.txt,                  0, 342, 343, true,  1, 11, 342, 340
            vercel-ai/openai-compatible/chat/xai-tool-call.chunks.txt,             0, 228, 229, true,  1, 306, 253, 227
            vercel-ai/openai-compatible/chat/anthropic-fallback-tool-call.sse,     1,   7,  -1, false, -1, -1, -1, -1
            vercel-ai/perplexity/perplexity-citations.chunks.txt,                  0,   7,   7, false, 10, 0, 336, 0
            vercel-ai/perplexity/perplexity-text.chunks.txt,                       0,   7,   7, false, 11, 0, 434, 0
            vercel-ai/xai/xai-text.chunks.txt,                                     0,   6,   7, true,  1, 11, 291, 290
            vercel-ai/xai/xai-tool-call.chunks.txt,                                0,   6,   7, true,  1, 290, 222, 196
            prism/deepseek/stream-with-reasoning-1.sse,                            1, 737, 737, false, 19, 0, 739, 533
            prism/deepseek/stream-with-tools-1.sse,                                1,  21,  21, false, 31, 192, 43, 0
            prism/groq/stream-basic-text-1.sse,                                    1,  34,  34, false, 7, 0, 50, 0
            prism/groq/stream-with-tools-2.sse,                                    0,   8,  -1, false, -1, -1, -1, -1
            prism/mistral/stream-reasoning-model-1-1.sse,                          2, 142, 142, false, 10, 0, 142, 0
            prism/mistral/stream-with-tools-1-1.sse,                               1,   1,   1, false, 164, 0, 25, 0
            prism/openrouter/stream-text-with-a-prompt-1.sse,                      1,  18,  18, false, 7, 0, 35, 0
            prism/openrouter/stream-text-with-empty-parameters-tools-when-using-gpt-5-1.sse, 1, 4, 5, false, 50, 0, 143, 128
            prism/openrouter/stream-text-with-reasoning-1.sse,                     1,  11,  11, false, 10, 0, 15, 12
            prism/perplexity/stream-basic-text-1.sse,                              0,  25,  25, false, 4, 0, 97, 0
            prism/openai/stream-falsy-argument-conversation-1.json,                0,  11,  -1, false, -1, -1, -1, -1
            """)
    void isSeenRight(
            String name,
            int content,
            int finish,
            int usage,
            boolean extra,
            long uncached,
            long cached,
            long output,
            long reasoning)
            throws SseException {
        Path file = Fixtures.root().resolve("streams").resolve(name);
        byte[] stream = Fixtures.stream(file);
        SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
        reader.feed(stream, 0, stream.length);
        int index = 0;
        int firstContent = -1;
        int firstFinish = -1;
        int lastUsage = -1;
        boolean extraSeen = false;
        boolean done = false;
        Usage last = null;
        for (; reader.next(); index++) {
            if (!reader.hasData()) {
                index--;
                continue;
            }
            int full = ChatEvents.classify(reader.data(), reader.dataFrom(), reader.dataTo(), false);
            int cheap = ChatEvents.classify(reader.data(), reader.dataFrom(), reader.dataTo(), true);
            assertThat(cheap & ~Meaning.CONTENT).as("event %d", index).isEqualTo(full & ~Meaning.CONTENT);
            assertThat(full & (Meaning.ERROR | Meaning.BAD))
                    .as("event %d", index)
                    .isZero();
            firstContent = firstContent < 0 && (full & Meaning.CONTENT) != 0 ? index : firstContent;
            firstFinish = firstFinish < 0 && (full & Meaning.FINISH) != 0 ? index : firstFinish;
            Usage read = OpenAiUsage.read(reader.data(), reader.dataFrom(), reader.dataTo());
            assertThat(read != null).isEqualTo((full & Meaning.USAGE) != 0);
            if (read != null) {
                lastUsage = index;
                last = read;
                extraSeen = (full & Meaning.USAGE_ONLY) != 0;
            }
            done |= (full & Meaning.LAST) != 0;
        }
        if (reader.finish() && reader.hasData()) { // some recordings lost their last blank line
            done |= ChatEvents.classify(reader.data(), reader.dataFrom(), reader.dataTo(), true) == Meaning.LAST;
        }
        assertThat(firstContent).as("content").isEqualTo(content);
        assertThat(firstFinish).as("finish").isEqualTo(finish);
        assertThat(lastUsage).as("usage").isEqualTo(usage);
        assertThat(extraSeen).as("extra chunk").isEqualTo(extra);
        assertThat(last).isEqualTo(usage < 0 ? null : new Usage(uncached, cached, 0, 0, output, reasoning));
        assertThat(done).as("[DONE]").isEqualTo(!name.startsWith("prism/perplexity"));
    }
}
