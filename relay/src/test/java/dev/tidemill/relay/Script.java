package dev.tidemill.relay;

import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Answers of a provider, byte by byte. */
final class Script {
    static final String STREAM =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    static final String LAST_CHUNK = "0\r\n\r\n";
    static final String DONE = "data: [DONE]\n\n";

    private Script() {}

    static String event(String data) {
        return "data: " + data + "\n\n";
    }

    static String role() {
        return event(
                "{\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}");
    }

    static String content(String text) {
        return event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":null}]}");
    }

    static String finish(int choice) {
        return event("{\"choices\":[{\"index\":" + choice + ",\"delta\":{},\"finish_reason\":\"stop\"}]}");
    }

    static String usage() {
        return event("{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}");
    }

    static String chunk(String payload) {
        return Integer.toHexString(payload.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + payload + "\r\n";
    }

    /** A stream in good order with one chunk an event. */
    static List<RawStep> stream(String... events) {
        StringBuilder bytes = new StringBuilder(STREAM);
        for (String event : events) {
            bytes.append(chunk(event));
        }
        return List.of(send(bytes + LAST_CHUNK), new RawStep.Keep());
    }

    static String json(String body) {
        return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    static RawStep send(String text) {
        return RawStep.Send.utf8(text);
    }

    static RawStep sleep(int millis) {
        return new RawStep.Sleep(Duration.ofMillis(millis));
    }

    static Scenario playing(List<RawStep> steps) {
        return Scenario.of(Rule.rawFor("*", steps));
    }

    static Scenario playing(RawStep... steps) {
        return playing(List.of(steps));
    }

    /** {@code bytes} (ISO 8859-1) in pieces of 1 to {@code longest}, with a pause of a millisecond before some of them. */
    static List<RawStep> inPieces(String bytes, int longest, SplittableRandom random) {
        List<RawStep> steps = new ArrayList<>();
        for (int at = 0; at < bytes.length(); ) {
            int to = Math.min(bytes.length(), at + random.nextInt(1, longest + 1));
            steps.add(new RawStep.Send(bytes.substring(at, to)));
            if (random.nextInt(4) == 0) {
                steps.add(sleep(1));
            }
            at = to;
        }
        return steps;
    }
}
