package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole server keeps what a client may come back to, as its configuration says, and tells in its metrics. */
@Timeout(120)
class ResumedStreamsTest {
    private static final String RESUMABLE = "x-tidemill-resumable: true\r\n";

    @TempDir
    Path folder;

    @Test
    void aStreamIsGoneOnWithOverAnotherConnection() throws Exception {
        try (Node node = Node.start(folder, "", "", "policy: { resume: { bytes: 8KiB, keep: 1m } }")) {
            String key = node.key("mill");
            String id;
            try (Wire wire = new Wire(node.url())) {
                wire.send(
                        "POST",
                        "/v1/chat/completions",
                        key,
                        Node.chat("sim-speed=100+tokens=15", "Hi", true),
                        "content-type: application/json\r\n" + RESUMABLE);
                id = wire.readHead().header("x-tidemill-stream");
            }
            Answer rest = node.ask("GET", "/v1/v1/streams/" + id + "?from=2", key, null);
            assertThat(rest.status()).isEqualTo(200);
            assertThat(rest.body()).startsWith("id: 2\ndata: {").endsWith("data: [DONE]\n\n");
            assertThat(node.ask("GET", "/v1/streams/" + id, node.key("tide"), null)
                            .error("code"))
                    .isEqualTo("stream_not_found");
            assertThat(node.ask("GET", "/v1/streams/" + id, null, null).status())
                    .isEqualTo(401);

            try (Wire wire = new Wire(node.url())) {
                wire.send("POST", "/v1/chat/completions", key, Node.chat("sim-tokens=200", "Hi", true), RESUMABLE);
                Answer tooLong = wire.read();
                assertThat(tooLong.whole()).isTrue();
                assertThat(node.ask("GET", "/v1/streams/" + tooLong.header("x-tidemill-stream"), key, null)
                                .status())
                        .isEqualTo(404);
            }
            try (Wire admin = new Wire(node.admin())) {
                Map<String, Double> samples =
                        Samples.parse(admin.ask("GET", "/metrics", null, null).body());
                assertThat(samples)
                        .containsEntry("tidemill_streams_kept", 1.0)
                        .containsEntry("tidemill_stream_readers", 0.0)
                        .containsEntry("tidemill_streams_read_again_total", 1.0)
                        .containsEntry("tidemill_streams_not_kept_total", 1.0);
                assertThat(samples.get("tidemill_streams_kept_bytes")).isBetween(1_000.0, 8_192.0);
            }
        }
    }

    @Test
    void aKeyMayHaveItForAllItsStreams() throws Exception {
        try (Node node = Node.start(folder)) {
            String key = node.key("mill", ",\"resumable\":true,\"priority\":\"low\"");
            Answer stream = node.ask("POST", "/v1/chat/completions", key, Node.chat("sim-tokens=15", "Hi", true));
            String id = stream.header("x-tidemill-stream");
            assertThat(id).isNotNull();
            assertThat(node.ask("GET", "/v1/streams/" + id, key, null).body()).isEqualTo(stream.body());
        }
    }
}
