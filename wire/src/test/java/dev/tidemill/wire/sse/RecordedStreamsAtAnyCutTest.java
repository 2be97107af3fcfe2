package dev.tidemill.wire.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** All recorded streams: the same events and the same bytes, however they are cut. */
class RecordedStreamsAtAnyCutTest {
    private final SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);

    @Test
    void smallOnesAtEveryCut() throws SseException {
        int streams = 0;
        for (Path file : Fixtures.streams()) {
            byte[] stream = Fixtures.stream(file);
            if (stream.length <= 4096) {
                streams++;
                SseEvent.Told whole = SseEvent.read(reader, stream);
                assertThat(whole.raw()).as("%s", file).isEqualTo(stream);
                for (int cut = 0; cut <= stream.length; cut++) {
                    same(file, whole, SseEvent.read(reader, stream, cut));
                }
            }
        }
        assertThat(streams).isGreaterThan(50);
    }

    @Test
    void allOfThemAtRandomCuts() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        for (Path file : Fixtures.streams()) {
            byte[] stream = Fixtures.stream(file);
            SseEvent.Told whole = SseEvent.read(reader, stream);
            for (int round = 0; round < 5; round++) {
                int[] cuts = random.ints(1 + random.nextInt(40), 0, stream.length + 1)
                        .sorted()
                        .toArray();
                same(file, whole, SseEvent.read(reader, stream, cuts));
            }
        }
    }

    @Test
    void theEventsAreThePayloads() throws SseException {
        for (Path file : Fixtures.files("streams/vercel-ai", ".chunks.txt")) {
            List<String> expected = new ArrayList<>(Fixtures.payloads(file));
            byte[] stream = Fixtures.stream(file);
            if (new String(stream, StandardCharsets.UTF_8).endsWith("[DONE]\n\n")) {
                expected.add("[DONE]");
            }
            assertThat(SseEvent.read(reader, stream).blocks())
                    .as("%s", file)
                    .extracting(SseEvent::data)
                    .isEqualTo(expected);
        }
    }

    @Test
    void otherLineEndsGiveTheSameEvents() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        for (Path file : Fixtures.files("streams/vercel-ai/mistral", ".chunks.txt")) {
            String text = new String(Fixtures.stream(file), StandardCharsets.UTF_8);
            List<SseEvent> expected =
                    SseEvent.read(reader, text.getBytes(StandardCharsets.UTF_8)).blocks();
            for (String end : new String[] {"\r\n", "\r"}) {
                byte[] stream = text.replace("\n", end).getBytes(StandardCharsets.UTF_8);
                int[] cuts = random.ints(100, 0, stream.length + 1).sorted().toArray();
                SseEvent.Told told = SseEvent.read(reader, stream, cuts);
                assertThat(told.blocks()).isEqualTo(expected);
                assertThat(told.raw()).isEqualTo(stream);
            }
        }
    }

    private static void same(Path file, SseEvent.Told expected, SseEvent.Told told) {
        assertThat(told.blocks()).as("%s", file).isEqualTo(expected.blocks());
        assertThat(told.raw()).as("%s", file).isEqualTo(expected.raw());
        assertThat(told.cutOff()).as("%s", file).isEqualTo(expected.cutOff());
    }
}
