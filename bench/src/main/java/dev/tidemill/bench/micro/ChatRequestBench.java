package dev.tidemill.bench.micro;

import dev.tidemill.bench.Traffic;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.openai.ChatRequest;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The validating scan of a request's body: 3 KB of ASCII, 3 KB of Chinese, and 200 KB of small messages with escapes.
 * {@code ./dev bench micro ChatRequest}
 */
@State(Scope.Thread)
public class ChatRequestBench {
    private static final String CHINESE = "潮水每天涨落两次，磨坊用剩下的水推动石轮。";

    private final ChatRequest request = new ChatRequest();
    private byte[] body = {};

    @Param
    public Body text = Body.ASCII_3K;

    /** The bodies scanned. */
    public enum Body {
        ASCII_3K,
        CHINESE_3K,
        ESCAPED_200K;

        String json() {
            return switch (this) {
                case ASCII_3K -> Traffic.request("bench-plain", true);
                case CHINESE_3K -> conversation(1, CHINESE.repeat(3_000 / (3 * CHINESE.length())));
                case ESCAPED_200K ->
                    conversation(
                            1_460,
                            "Line one\\nline \\\"two\\\" of a small message, and then some words more, \\u00e9.");
            };
        }

        private static String conversation(int messages, String content) {
            String message = "{\"role\":\"user\",\"content\":\"" + content + "\"}";
            return "{\"model\":\"bench-plain\",\"messages\":[" + (message + ",").repeat(messages - 1) + message + "]}";
        }
    }

    @Setup
    public void encode() {
        body = text.json().getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    public String scan() throws RequestException {
        request.scan(body, 0, body.length);
        return request.model();
    }
}
