package dev.tidemill.wire.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Streams put together at random, against the standard's own steps written out line by line. */
class RandomStreamsTest {
    private static final String[] PARTS = {
        "data",
        "data:",
        "data: ",
        "event",
        "event:",
        "id: ",
        "id",
        "retry:",
        "retry: 1",
        "error: ",
        ":",
        " ",
        "x",
        "é",
        "12",
        "\n",
        "\n",
        "\n",
        "\r",
        "\r\n",
        "\r\n",
        "\uFEFF",
        "\u0000"
    };

    @Test
    void areReadAsTheStandardSays() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        SseReader reader = new SseReader(1 << 16);
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            int parts = random.nextInt(25);
            for (int i = 0; i < parts; i++) {
                text.append(PARTS[random.nextInt(PARTS.length)]);
            }
            byte[] stream = text.toString().getBytes(StandardCharsets.UTF_8);
            int[] cuts = random.ints(random.nextInt(5), 0, stream.length + 1)
                    .sorted()
                    .toArray();
            SseEvent.Told told = SseEvent.read(reader, stream, cuts);
            assertThat(told.raw()).isEqualTo(stream);
            assertThat(told.blocks()).as("%s", text).isEqualTo(standard(text.toString()));
        }
    }

    private static List<SseEvent> standard(String stream) {
        String text = stream.startsWith("\uFEFF") ? stream.substring(1) : stream;
        String[] lines = text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1);
        List<SseEvent> blocks = new ArrayList<>();
        StringBuilder data = new StringBuilder();
        String event = null;
        String id = null;
        String error = null;
        long retry = -1;
        for (int i = 0; i < lines.length - 1; i++) {
            String line = lines[i];
            if (line.isEmpty()) {
                String whole = data.isEmpty() ? null : data.substring(0, data.length() - 1);
                blocks.add(new SseEvent(whole, event, id, retry, error));
                data.setLength(0);
                event = null;
                id = null;
                error = null;
                retry = -1;
                continue;
            }
            int colon = line.indexOf(':');
            String name = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (name) {
                case "data" -> data.append(value).append('\n');
                case "event" -> event = value;
                case "id" -> id = value.indexOf(0) < 0 ? value : id;
                case "error" -> error = value;
                case "retry" -> retry = value.matches("[0-9]{1,18}") ? Long.parseLong(value) : retry;
                default -> {}
            }
        }
        return blocks;
    }
}
