package dev.tidemill.wire.gemini;

import static java.util.stream.Collectors.joining;
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

class RecordedGeminiTest {
    /** Columns: file, index of the first content, input, output, thoughts. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            vercel-ai/google/google-text.chunks.txt,                         0,    9, 208, 185
            vercel-ai/google/google-reasoning.chunks.txt,                    0,    9, 285, 256
            vercel-ai/google/google-reasoning-gemini3.chunks.txt,            0,    9, 325, 302
            vercel-ai/google/google-tool-call.chunks.txt,                    0,   29,  60,  45
            vercel-ai/google/google-tool-call-gemini3.chunks.txt,            0,   29, 819, 804
            vercel-ai/google/google-stream-no-args-tool-call.chunks.txt,     0,  249, 241, 183
            vercel-ai/google/google-stream-tool-call-arguments.chunks.txt,   0,   26, 155, 132
            vercel-ai/google/google-stream-tool-call-array-arguments-missing-terminal-function-call.chunks.txt, 0, 54, 195, 121
            prism/gemini/stream-basic-text-1.sse,                            0,   21,  47,   0
            prism/gemini/stream-with-multiple-tools-1.json,                  0,   68, 107,  79
            prism/gemini/stream-with-multiple-tools-2.json,                  0,  245, 134, 100
            prism/gemini/stream-with-tools-1.json,                           0,  109, 158, 144
            prism/gemini/stream-with-tools-2.json,                           0,  159,  22,   0
            prism/gemini/stream-with-tools-search-grounding-1.json,          0,   22, 229,  68
            prism/gemini/stream-with-tools-thought-1.json,                   0,  131, 110,  95
            prism/gemini/stream-with-tools-thought-2.json,                   0,  278,  44,   0
            """)
    void whatItCost(String name, int content, long input, long output, long thoughts) throws SseException {
        Path file = Fixtures.root().resolve("streams").resolve(name);
        for (RecordedStream seen : List.of(
                RecordedStream.of(GeminiDialect.EVENTS, events(file)),
                RecordedStream.of(GeminiDialect.ARRAY, array(file)))) {
            assertThat(seen.first(Meaning.CONTENT)).isEqualTo(content);
            assertThat(seen.usage()).isEqualTo(new Usage(input, 0, 0, 0, output, thoughts));
        }
    }

    @Test
    void everyOneIsWholeAtItsFinishAndNotBefore() throws SseException {
        for (Path file : files()) {
            RecordedStream events = RecordedStream.of(GeminiDialect.EVENTS, events(file));
            events.isAWholeAnswer(file.toString(), events.first(Meaning.FINISH));
            assertThat(events.any(Meaning.LAST)).as("%s", file).isFalse();
            assertThat(events.any(Meaning.CONTENT)).as("%s", file).isTrue();
            RecordedStream array = RecordedStream.of(GeminiDialect.ARRAY, array(file));
            events.sees(array);
            assertThat(array.stream().terminator()).as("%s", file).isEmpty();
        }
    }

    @Test
    void anyCutGivesTheSame() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        for (Path file : files()) {
            byte[] events = events(file);
            byte[] array = array(file);
            RecordedStream atOnce = RecordedStream.of(GeminiDialect.EVENTS, events);
            for (int most : new int[] {1, 7, 100, 2_000}) {
                atOnce.sees(RecordedStream.of(GeminiDialect.EVENTS, events, left -> 1 + random.nextInt(most)));
                atOnce.sees(RecordedStream.of(GeminiDialect.ARRAY, array, left -> 1 + random.nextInt(most)));
            }
        }
    }

    private static List<Path> files() {
        return Stream.concat(
                        Fixtures.files("streams/vercel-ai/google", ".chunks.txt").stream()
                                .filter(file -> file.getParent().endsWith("google")),
                        Fixtures.files("streams/prism/gemini", "").stream()
                                .filter(file -> file.toString().matches(".*\\.(sse|json)")))
                .toList();
    }

    /** Framed as Google does; one recording lost its blank lines, others have a single LF. */
    private static byte[] events(Path file) {
        return bytes(payloads(file).map(p -> "data: " + p + "\r\n\r\n").collect(joining()));
    }

    private static byte[] array(Path file) {
        return bytes(payloads(file).collect(joining("\n,\r\n", "[", "\n]")));
    }

    private static Stream<String> payloads(Path file) {
        return new String(Fixtures.stream(file), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
