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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics} as Prometheus reads it: text format 0.0.4, after traffic of every kind over several loops. */
@Timeout(120)
class MetricsTest {
    /** Of {@link Node#CREDENTIAL}: {@code printf %s KEY | sha256sum}. */
    private static final String FINGERPRINT = "a4e3ac73";

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

    private static Path page() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/watching.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "a folder with docs/watching.md");
        }
        return folder.resolve("docs/watching.md");
    }

    /** Names in the table of docs/watching.md. */
    private static List<String> onThePage() throws Exception {
        return Files.readString(page())
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
            for (String phase : List.of("connect", "send", "await", "deliver", "record")) {
                bucketsGrowUpToTheCount(samples, "tidemill_phase_seconds", "phase=\"" + phase + "\",");
            }
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    /** Names in the first column of the page's table of those who are turned away. */
    private static Set<String> reasonsOnThePage() throws Exception {
        String page = Files.readString(page());
        String table = page.substring(page.indexOf("### Turned away"), page.indexOf("## Health"));
        return Pattern.compile("`([a-z_]+)`")
                .matcher(table.substring(table.indexOf("|---|")))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
    }

    @Test
    void whoWaitsForAKeysLimitsIsTold() throws Exception {
        try (Node node = Node.start(folder)) {
            String key = node.key("one-at-a-time", ",\"concurrency\":1");
            String held = Node.chat("sim-speed=100+stall-after=3", "Hi", true);
            try (Wire first = new Wire(node.url());
                    Wire second = new Wire(node.url());
                    Wire third = new Wire(node.url())) {
                first.send("POST", "/v1/chat/completions", key, held, "").readHead();
                second.send("POST", "/v1/chat/completions", key, Node.chat("gpt-test", "Hi", false), "");
                until(node, "tidemill_waiting{line=\"key\",priority=\"normal\"}", 1);
                third.send("POST", "/v1/chat/completions", key, Node.chat("gpt-test", "Hi", false), "");
                assertThat(until(node, "tidemill_waiting{line=\"key\",priority=\"normal\"}", 2))
                        .containsEntry("tidemill_waiting{line=\"key\",priority=\"low\"}", 0.0)
                        .containsEntry("tidemill_waiting{line=\"upstream\",priority=\"normal\"}", 0.0)
                        .containsEntry("tidemill_wait_position_sum{line=\"key\"}", 1.0)
                        .containsEntry("tidemill_wait_position_count{line=\"key\"}", 2.0)
                        .containsEntry("tidemill_limited_keys", 1.0)
                        .hasEntrySatisfying(
                                "tidemill_waiting_oldest_seconds",
                                oldest -> assertThat(oldest).isPositive());
                third.close();
                until(node, "tidemill_waits_in_vain_total{line=\"key\"}", 1);
                first.close();
                assertThat(second.read().status()).isEqualTo(200);
            }
            Map<String, Double> samples = until(node, "tidemill_waiting{line=\"key\",priority=\"normal\"}", 0);
            bucketsGrowUpToTheCount(samples, "tidemill_wait_seconds", "line=\"key\",");
            assertThat(samples)
                    .containsEntry("tidemill_wait_seconds_count{line=\"key\"}", 1.0)
                    .containsEntry("tidemill_waiting_oldest_seconds", 0.0);
        }
    }

    @Test
    void whoIsTurnedAwayIsTold() throws Exception {
        try (Node node = Node.start(folder)) {
            String key = node.key("once", ",\"rpm\":1");
            String body = Node.chat("gpt-test", "Hi", false);
            assertThat(node.ask("POST", "/v1/chat/completions", key, body).status())
                    .isEqualTo(200);
            assertThat(node.ask("POST", "/v1/chat/completions", key, body).status())
                    .isEqualTo(429);
            Map<String, Double> samples = scrape(node);
            assertThat(samples)
                    .containsEntry("tidemill_turned_away_total{priority=\"normal\",reason=\"key_requests\"}", 1.0)
                    .containsEntry("tidemill_turned_away_total{priority=\"high\",reason=\"shed\"}", 0.0)
                    .containsEntry("tidemill_shedding{state=\"all_new\"}", 0.0)
                    .containsKey("tidemill_load_ratio");
            assertThat(reasonsOnThePage())
                    .containsExactlyInAnyOrderElementsOf(labels(samples, "tidemill_turned_away_total", "reason"));
        }
    }

    @Test
    void whatATargetBearsIsTold() throws Exception {
        try (Node node = Node.start(folder)) {
            String key = node.key("caller");
            node.ask("POST", "/v1/chat/completions", key, Node.chat("sim-429;retry-after=45", "Hi", false));
            String labels = "{fingerprint=\"" + FINGERPRINT + "\",model=\"sim-429;retry-after=45\",provider=\"sim\"}";
            assertThat(scrape(node))
                    .containsEntry("tidemill_upstream_limit" + labels, 1.0)
                    .containsEntry("tidemill_upstream_in_flight" + labels, 0.0)
                    .hasEntrySatisfying(
                            "tidemill_upstream_parked_seconds" + labels,
                            parked -> assertThat(parked).isBetween(1.0, 45.0));
            assertThat(labels(scrape(node), "tidemill_credential_state", "fingerprint"))
                    .containsExactly(FINGERPRINT);
        }
    }

    @Test
    void aTargetThatIsTakenForHealthyAgainIsToldOnce() throws Exception {
        try (Node node = Node.start(folder)) {
            String key = node.key("caller");
            String body = Node.chat("gpt-test", "Hi", false);
            assertThat(node.ask("POST", "/v1/chat/completions", key, body).status())
                    .isEqualTo(200);
            node.forgetHealth();
            assertThat(node.ask("POST", "/v1/chat/completions", key, body).status())
                    .isEqualTo(200);
            assertThat(scrape(node))
                    .containsKey("tidemill_upstream_in_flight{fingerprint=\"" + FINGERPRINT
                            + "\",model=\"gpt-test\",provider=\"sim\"}");
        }
    }

    private static Set<String> labels(Map<String, Double> samples, String metric, String label) {
        Pattern value = Pattern.compile(metric + "\\{.*\\b" + label + "=\"([^\"]*)\".*");
        return samples.keySet().stream()
                .map(value::matcher)
                .filter(Matcher::matches)
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
    }

    /** The first scrape that says this. */
    private static Map<String, Double> until(Node node, String sample, double value) throws Exception {
        while (true) {
            Map<String, Double> samples = scrape(node);
            if (Objects.requireNonNull(samples.get(sample), sample) == value) {
                return samples;
            }
            Thread.onSpinWait();
        }
    }
}
