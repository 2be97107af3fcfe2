package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.RawStep;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Recorded streams of real providers, in chunks and writes of any size, come out as they went in but for what we add or take. */
@ExtendWith(NothingLeaks.class)
class RecordedStreamsTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void comeOutAsTheyWentIn() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Path> files = Recordings.chatStreams();
        assertThat(files).hasSizeGreaterThan(20);
        try (RelayFixture fixture = new RelayFixture();
                HttpClient client = fixture.client()) {
            for (Path file : files) {
                String recorded = Recordings.stream(file);
                for (boolean asked : new boolean[] {true, false}) {
                    fixture.simulator.play(Script.playing(pieces(recorded, random)));
                    String body =
                            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]"
                                    + (asked ? ",\"stream_options\":{\"include_usage\":true}}" : "}");
                    HttpClient.Answer answer = client.ask(fixture.post("/v1/chat/completions", body));
                    assertThat(answer.body())
                            .as("%s, usage asked: %s", file, asked)
                            .isEqualTo(expected(recorded, asked));
                    assertThat(answer.whole()).isTrue();
                }
            }
            fixture.atRest();
        }
    }

    private static List<RawStep> pieces(String stream, SplittableRandom random) {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        StringBuilder wire = new StringBuilder(Script.STREAM);
        int longest = random.nextInt(1, 4_000);
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, random.nextInt(1, longest + 1));
            wire.append(Integer.toHexString(length)).append("\r\n");
            wire.append(new String(bytes, at, length, StandardCharsets.ISO_8859_1))
                    .append("\r\n");
            at += length;
        }
        wire.append(Script.LAST_CHUNK);
        List<RawStep> steps = new ArrayList<>(Script.inPieces(wire.toString(), random.nextInt(200, 60_000), random));
        steps.add(new RawStep.Keep());
        return steps;
    }

    /** Without the extra usage chunk when it was not asked for, with {@code [DONE]} when there is none, without an event that does not end. */
    private static String expected(String recorded, boolean asked) {
        StringBuilder out = new StringBuilder();
        String line = recorded.contains("\r\n\r\n") ? "\r\n" : "\n";
        boolean done = false;
        int at = 0;
        for (int end; (end = recorded.indexOf(line + line, at)) >= 0; at = end + 2 * line.length()) {
            String block = recorded.substring(at, end + 2 * line.length());
            if (!asked && extraUsage(block)) {
                continue;
            }
            done |= block.strip().equals("data: [DONE]");
            out.append(block);
        }
        return done ? out.toString() : out.append(Script.DONE).toString();
    }

    private static boolean extraUsage(String block) {
        String text = block.strip();
        if (!text.startsWith("data: {")) {
            return false;
        }
        JsonNode root = JSON.readTree(text.substring(6));
        return root.path("usage").isObject() && root.path("choices").isEmpty() && !root.hasNonNull("error");
    }
}
