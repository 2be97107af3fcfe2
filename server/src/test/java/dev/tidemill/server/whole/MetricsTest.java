package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.Behaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics} as Prometheus reads it: text format 0.0.4, after traffic of every kind over several loops. */
@Timeout(120)
class MetricsTest {
    @TempDir
    Path folder;

    private static void bucketsGrowUpToTheCount(Map<String, Double> samples, String histogram, String labels) {
        List<Double> buckets = new ArrayList<>();
        samples.forEach((name, value) -> {
            if (name.startsWith(histogram + "_bucket{" + labels)) {
                buckets.add(value);
            }
        });
        assertThat(buckets).hasSizeGreaterThan(5).isSorted();
        String count = histogram + "_count" + (labels.isEmpty() ? "" : "{" + labels.replaceFirst(",$", "") + "}");
        assertThat(samples.get(count)).as(count).isPositive().isEqualTo(buckets.getLast());
    }

    private static Map<String, Double> scrape(Node node) throws Exception {
        try (Wire admin = new Wire(node.admin())) {
            Answer answer = admin.ask("GET", "/metrics", null, null);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.header("content-type")).startsWith("text/plain; version=0.0.4");
            return Samples.parse(answer.body());
        }
    }

    /** Names in the table of docs/watching.md. */
    private static List<String> onThePage() throws Exception {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/watching.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "a folder with docs/watching.md");
        }
        return Files.readString(folder.resolve("docs/watching.md"))
                .lines()
                .filter(line -> line.startsWith("| `tidemill_"))
                .map(line -> line.substring(3, line.indexOf('`', 3)))
                .toList();
    }

    private static Set<String> families(Map<String, Double> samples) {
        return samples.keySet().stream()
                .map(name -> name.replaceFirst("\\{.*", "").replaceFirst("_(bucket|sum|count)$", ""))
                .collect(Collectors.toSet());
    }

    @Test
    void everythingIsThereBeforeAnyTraffic() throws Exception {
        try (Node node = Node.start(folder)) {
            assertThat(scrape(node))
                    .containsEntry("tidemill_exchanges_total", 0.0)
                    .containsKeys(
                            "tidemill_tokens_total{kind=\"input\"}",
                            "tidemill_batches_running",
                            "tidemill_heap_max_bytes");
        }
    }

    @Test
    void trafficOverSeveralLoopsIsSummedUp() throws Exception {
        try (Node node = Node.start(folder, ", loops: 3", "", "")) {
            double atRest = scrape(node).get("tidemill_body_memory_bytes");
            String key = node.key("caller");
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Wire wire = new Wire(node.url());
                wires.add(wire);
                wire.ask("POST", "/v1/chat/completions", key, Node.chat("gpt-test", "Hi", i % 2 == 0));
            }
            node.ended(key, node.batch(key, node.upload(key, Lines.of(30, "gpt-test"))));
            node.ask("POST", "/v1/chat/completions", key, Node.chat("sim-usage=missing", "Hi", false));
            node.ask("POST", "/v1/chat/completions", key, Node.chat("sim-bad-json=1", "Hi", true));
            node.ask("POST", "/v1/chat/completions", key, Node.chat("sim-429", "Hi", false));
            node.ask("POST", "/v1/chat/completions", key, Node.chat("sim-close", "Hi", false));
            node.ask("POST", "/v1/chat/completions", "wrong", Node.chat("gpt-test", "Hi", false));
            node.simulator.behave(Behaviour.plain());

            Map<String, Double> samples = scrape(node);

            assertThat(samples)
                    .containsEntry("tidemill_exchanges_total", 47.0)
                    .containsEntry("tidemill_batch_line_exchanges_total", 30.0)
                    .containsEntry("tidemill_exchanges_running", 0.0)
                    .containsEntry("tidemill_answers_total{status=\"200\"}", 44.0)
                    .containsEntry("tidemill_answers_total{status=\"429\"}", 1.0)
                    .containsEntry("tidemill_answers_total{status=\"502\"}", 1.0)
                    .containsEntry("tidemill_answers_total{status=\"401\"}", 1.0)
                    .containsEntry("tidemill_failures_total{kind=\"unauthorized\"}", 1.0)
                    .containsEntry("tidemill_failures_total{kind=\"upstream_broken\"}", 1.0)
                    .containsEntry("tidemill_tokens_total{kind=\"output\"}", 43 * 24.0)
                    .containsEntry("tidemill_tokens_total{kind=\"cache_read\"}", 0.0)
                    .containsEntry("tidemill_usage_unknown_total", 1.0)
                    .containsEntry("tidemill_events_dropped_total", 1.0)
                    .containsEntry("tidemill_access_lines_lost_total", 0.0)
                    .containsEntry("tidemill_upstream_connections{provider=\"sim\",state=\"waiting\"}", 0.0)
                    .containsEntry("tidemill_body_memory_bytes", atRest) // what the scrape itself takes
                    .containsEntry("tidemill_batches_validating", 0.0)
                    .containsEntry("tidemill_batches_running", 0.0)
                    .containsEntry("tidemill_batches_finalizing", 0.0)
                    .containsEntry("tidemill_batch_lines_in_flight", 0.0)
                    .containsEntry("tidemill_batch_lines_waiting", 0.0)
                    .containsKeys("tidemill_body_memory_limit_bytes", "tidemill_heap_used_bytes");
            assertThat(onThePage()).containsExactlyInAnyOrderElementsOf(families(samples));
            assertThat(samples.get("tidemill_client_connections")).isGreaterThanOrEqualTo(12);
            assertThat(samples.get("tidemill_upstream_connections{provider=\"sim\",state=\"open\"}"))
                    .isPositive()
                    .isEqualTo(samples.get("tidemill_upstream_connections{provider=\"sim\",state=\"idle\"}"));
            bucketsGrowUpToTheCount(samples, "tidemill_first_content_seconds", "");
            bucketsGrowUpToTheCount(samples, "tidemill_exchange_seconds", "");
            for (String phase :
                    List.of("authenticate", "read", "pick", "connect", "send", "await", "deliver", "record")) {
                bucketsGrowUpToTheCount(samples, "tidemill_phase_seconds", "phase=\"" + phase + "\",");
            }
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }
}
