package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedResponsesStreamsTest {
    /**
     * Columns: file, index of the first content event, index of the last event, and the usage: uncached, cached, output, reasoning. Three of
     * the recordings hold a second answer behind the last event. -1: there is none.
     */
    @ParameterizedTest
    @CsvSource(textBlock = """
            prism/openai/stream-basic-text-responses-1.json, 4, 67, 10, 0, 62, 0
            prism/openai/stream-falsy-argument-conversation-responses-1.json, 2, 15, 68, 0, 17, 0
            prism/openai/stream-falsy-argument-conversation-responses-2.json, 4, 21, 103, 0, 16, 0
            prism/openai/stream-multi-tool-conversation-responses-1.json, 2, 27, 76, 0, 52, 0
            prism/openai/stream-multi-tool-conversation-responses-2.json, 4, 35, 144, 0, 30, 0
            prism/openai/stream-multi-tool-conversation-responses-reasoning-1.json, 4, 18, 78, 0, 532, 512
            prism/openai/stream-multi-tool-conversation-responses-reasoning-2.json, 4, 13, 116, 0, 79, 64
            prism/openai/stream-multi-tool-conversation-responses-reasoning-3.json, 6, 54, 148, 0, 111, 64
            prism/openai/stream-multi-tool-conversation-responses-reasoning-past-reasoning-1.json, 4, 104, 78, 0, 221, 192
            prism/openai/stream-multi-tool-conversation-responses-reasoning-past-reasoning-2.json, 4, 12, 355, 0, 19, 0
            prism/openai/stream-multi-tool-conversation-responses-reasoning-past-reasoning-3.json, 4, 103, 414, 0, 100, 0
            prism/openai/stream-multiple-output-items-1.json, 4, 16, 10, 0, 4, 0
            prism/openai/stream-rate-limited-1.json, -1, 3, -1, -1, -1, -1
            prism/openai/stream-reasoning-effort-1.json, 6, 66, 10, 0, 127, 64
            prism/openai/stream-unknown-error-responses-1.json, -1, 3, -1, -1, -1, -1
            prism/openai/stream-with-provider-tool-1.json, 4, 46, 9049, 8311, 1321, 1152
            prism/openai/stream-with-tools-responses-1.json, 2, 28, 92, 0, 52, 0
            prism/openai/stream-with-tools-responses-2.json, 4, 60, 165, 0, 55, 0
            vercel-ai/azure/azure-code-interpreter-tool.1.chunks.txt, 4, 340, 863, 1280, 919, 576
            vercel-ai/azure/azure-image-generation-tool.1.chunks.txt, 2, 40, 1979, 0, 67, 0
            vercel-ai/azure/azure-reasoning-encrypted-content.1.chunks.txt, 4, 112, 137, 0, 28, 0
            vercel-ai/azure/azure-text.1.chunks.txt, 4, 8, 11, 0, 11, 0
            vercel-ai/azure/azure-tool-call.1.chunks.txt, 2, 11, 45, 0, 24, 0
            vercel-ai/azure/azure-web-search-preview-tool.1.chunks.txt, 2, 358, 5093, 0, 369, 0
            vercel-ai/azure/openai-file-search-tool.1.chunks.txt, 4, 93, 1433, 2304, 621, 512
            vercel-ai/azure/openai-file-search-tool.2.chunks.txt, 4, 92, 1444, 2304, 543, 448
            vercel-ai/open-responses/responses/lmstudio-basic.1.chunks.txt, 4, 289, 1, 30, 282, 0
            vercel-ai/open-responses/responses/lmstudio-tool-call.1.chunks.txt, 4, 76, 180, 2, 61, 48
            vercel-ai/open-responses/responses/lmstudio-tool-call.2.chunks.txt, 4, 75, 130, 52, 60, 47
            vercel-ai/open-responses/responses/openai-pdf-input-file.1.chunks.txt, 4, 10, 44, 0, 4, 0
            vercel-ai/openai/responses/github-copilot-id-rotation.1.chunks.txt, 4, 68, 19, 0, 105, 44
            vercel-ai/openai/responses/openai-apply-patch-tool-delete.1.chunks.txt, 2, 4, 24, 0, 0, 0
            vercel-ai/openai/responses/openai-apply-patch-tool.1.chunks.txt, 2, 37, 642, 0, 67, 0
            vercel-ai/openai/responses/openai-client-tool-search.1.chunks.txt, 2, 4, 65, 0, 31, 0
            vercel-ai/openai/responses/openai-client-tool-search.2.chunks.txt, 2, 18, 467, 0, 26, 0
            vercel-ai/openai/responses/openai-code-interpreter-tool.1.chunks.txt, 4, 392, 3103, 2944, 1623, 1408
            vercel-ai/openai/responses/openai-compaction.1.chunks.txt, 4, 824, 1305, 49792, 2505, 0
            vercel-ai/openai/responses/openai-custom-tool.1.chunks.txt, 2, 7, 50, 0, 20, 0
            vercel-ai/openai/responses/openai-error.1.chunks.txt, -1, 3, -1, -1, -1, -1
            vercel-ai/openai/responses/openai-file-search-tool.1.chunks.txt, 4, 93, 1433, 2304, 621, 512
            vercel-ai/openai/responses/openai-file-search-tool.2.chunks.txt, 4, 92, 1444, 2304, 543, 448
            vercel-ai/openai/responses/openai-image-generation-tool.1.chunks.txt, 4, 15, 1021, 1920, 1249, 1024
            vercel-ai/openai/responses/openai-local-shell-tool.1.chunks.txt, 4, 6, 407, 0, 151, 128
            vercel-ai/openai/responses/openai-mcp-tool-approval.1.chunks.txt, 8, 10, 422, 0, 48, 0
            vercel-ai/openai/responses/openai-mcp-tool-approval.2.chunks.txt, 10, 122, 553, 0, 371, 256
            vercel-ai/openai/responses/openai-mcp-tool-approval.3.chunks.txt, 8, 10, 609, 0, 48, 0
            vercel-ai/openai/responses/openai-mcp-tool-approval.4.chunks.txt, 6, 83, 779, 0, 69, 0
            vercel-ai/openai/responses/openai-mcp-tool.1.chunks.txt, 8, 372, 11791, 0, 963, 512
            vercel-ai/openai/responses/openai-phase.1.chunks.txt, 4, 16, 4040, 3072, 463, 64
            vercel-ai/openai/responses/openai-reasoning-encrypted-content.1.chunks.txt, 4, 55, 134, 0, 28, 0
            vercel-ai/openai/responses/openai-shell-container-multiturn.1.chunks.txt, 4, 23, 802, 0, 20, 0
            vercel-ai/openai/responses/openai-shell-container.1.chunks.txt, 2, 28, 200, 0, 120, 0
            vercel-ai/openai/responses/openai-shell-local-multiturn.1.chunks.txt, 4, 15, 444, 0, 12, 0
            vercel-ai/openai/responses/openai-shell-skills.1.chunks.txt, 2, 307, 477, 1024, 314, 100
            vercel-ai/openai/responses/openai-shell-tool.1.chunks.txt, 2, 11, 145, 0, 41, 0
            vercel-ai/openai/responses/openai-tool-search.1.chunks.txt, 2, 22, 640, 0, 46, 20
            vercel-ai/openai/responses/openai-web-search-tool.1.chunks.txt, 4, 184, 27361, 3712, 4416, 3712
            vercel-ai/openai/responses/programmatic-tool-calling.1.chunks.txt, 4, 10, 631, 0, 87, 37
            vercel-ai/openai/responses/programmatic-tool-calling.2.chunks.txt, 2, 6, 0, 0, 0, 0
            vercel-ai/openai/responses/programmatic-tool-calling.3.chunks.txt, 2, 40, 757, 0, 35, 0
            vercel-ai/xai/responses/xai-image-generation-tool.1.chunks.txt, 2, 28, 80, 20, 50, 30
            vercel-ai/xai/responses/xai-text-streaming.1.chunks.txt, 4, 697, 24, 192, 863, 237
            vercel-ai/xai/responses/xai-text-with-reasoning-streaming-store-false.1.chunks.txt, 4, 654, 24, 192, 831, 253
            vercel-ai/xai/responses/xai-text-with-reasoning-streaming.1.chunks.txt, 4, 678, 24, 192, 923, 323
            vercel-ai/xai/responses/xai-web-search-tool.1.chunks.txt, 2, 273, 297, 1578, 695, 397
            vercel-ai/xai/responses/xai-x-search-tool.chunks.txt, 2, 1756, 22651, 4585, 3077, 1091
            """)
    void isSeenRight(String name, int content, int last, long uncached, long cached, long output, long reasoning)
            throws SseException {
        byte[] stream = Fixtures.stream(Fixtures.root().resolve("streams").resolve(name));
        if (stream[stream.length - 2] != '\n') { // one recording lost its last blank line
            stream = Arrays.copyOf(stream, stream.length + 2);
            Arrays.fill(stream, stream.length - 2, stream.length, (byte) '\n');
        }
        EventReader reader = ResponsesDialect.INSTANCE.eventReader();
        AnswerStream watched = ResponsesDialect.INSTANCE.answerStream(1);
        reader.feed(stream, 0, stream.length);
        boolean failed = content < 0;
        int firstContent = -1;
        int flags = 0;
        int index = -1;
        while ((flags & Meaning.LAST) == 0 && reader.next()) {
            if (!reader.hasData()) {
                continue;
            }
            index++;
            assertThat(watched.whole()).isFalse();
            assertThat(watched.usage()).isNull();
            flags = watched.look(reader);
            assertThat(flags & (Meaning.BAD | Meaning.PING))
                    .as("event %d", index)
                    .isZero();
            assertThat((flags & Meaning.ERROR) != 0).as("event %d", index).isEqualTo(failed && index >= last - 1);
            firstContent = firstContent < 0 && (flags & Meaning.CONTENT) != 0 ? index : firstContent;
        }
        assertThat(firstContent).as("content").isEqualTo(content);
        assertThat(index).as("last").isEqualTo(last);
        assertThat(watched.whole()).isEqualTo(!failed);
        assertThat((flags & Meaning.FINISH) != 0).isEqualTo(!failed);
        assertThat((flags & Meaning.USAGE) != 0).isEqualTo(!failed);
        assertThat(watched.usage()).isEqualTo(failed ? null : new Usage(uncached, cached, 0, 0, output, reasoning));
        assertThat(watched.terminator()).isEmpty();
    }

    @Test
    void aLastEventWithoutItsBraceStillEndsTheAnswer() throws SseException {
        List<Integer> flags = look(
                Fixtures.stream(Fixtures.root()
                        .resolve("streams/vercel-ai/openai/responses/parallel-tool-call-wrapper.1.chunks.txt")),
                new int[0]);
        assertThat(flags).containsExactly(0, 1, 1, 0, 0, Meaning.FINISH | Meaning.LAST | Meaning.USAGE);
    }

    @Test
    void howeverItIsCutAndWithoutEventLines() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        for (Path file : Fixtures.streams()) {
            byte[] stream = Fixtures.stream(file);
            String text = new String(stream, StandardCharsets.ISO_8859_1);
            if (!text.contains("\"response.created\"")) {
                continue;
            }
            List<Integer> whole = look(stream, new int[0]);
            int[] cuts = random.ints(random.nextInt(1, 60), 0, stream.length)
                    .sorted()
                    .toArray();
            assertThat(look(stream, cuts)).as("%s", file).isEqualTo(whole);
            byte[] bare = text.replaceAll("(?m)^event: .*\\R", "").getBytes(StandardCharsets.ISO_8859_1);
            assertThat(look(bare, new int[0])).as("%s", file).isEqualTo(whole);
        }
    }

    private static List<Integer> look(byte[] stream, int[] cuts) throws SseException {
        EventReader reader = ResponsesDialect.INSTANCE.eventReader();
        AnswerStream watched = ResponsesDialect.INSTANCE.answerStream(1);
        List<Integer> flags = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= cuts.length; i++) {
            int to = i < cuts.length ? cuts[i] : stream.length;
            reader.feed(stream, from, to);
            while (reader.next()) {
                if (reader.hasData()) {
                    flags.add(watched.look(reader));
                }
            }
            from = to;
        }
        return flags;
    }
}
