package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the administrator sees of a provider that does badly: states, reasons, events, metrics, and never a key. */
@Timeout(120)
class ProviderHealthTest {
    @TempDir
    Path folder;

    private Node node;
    private String key;

    @BeforeEach
    void start() throws Exception {
        node = Node.start(folder, "", "", "policy: { retry: { attempts: 1 } }");
        key = node.key("caller");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void ask(String model, int times) throws Exception {
        try (Wire wire = new Wire(node.url())) {
            for (int i = 0; i < times; i++) {
                wire.ask("POST", "/v1/chat/completions", key, Node.chat(model, "Hi", false));
            }
        }
    }

    private JsonNode admin(String path) throws Exception {
        try (Wire admin = new Wire(node.admin())) {
            Answer answer = admin.ask("GET", path, node.adminAccess().token(), null);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).doesNotContain(Node.CREDENTIAL);
            return answer.json();
        }
    }

    private Map<String, Double> metrics() throws Exception {
        try (Wire admin = new Wire(node.admin())) {
            return Samples.parse(admin.ask("GET", "/metrics", null, null).body());
        }
    }

    private static JsonNode target(JsonNode health, String model) {
        return StreamSupport.stream(health.path("targets").spliterator(), false)
                .filter(target -> target.path("model").asString().equals(model))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void itIsGuardedByTheAdminToken() throws Exception {
        try (Wire admin = new Wire(node.admin())) {
            for (String path : List.of("/admin/health", "/admin/health/events")) {
                assertThat(admin.ask("GET", path, null, null).status()).isEqualTo(401);
                assertThat(admin.ask("GET", path, key, null).status()).isEqualTo(401);
            }
        }
        assertThat(node.ask("GET", "/admin/health", node.adminAccess().token(), null)
                        .status())
                .as("on the client port")
                .isEqualTo(404);
    }

    @Test
    void beforeAnyTrafficKeysAndHostsAreThereAndWell() throws Exception {
        JsonNode health = admin("/admin/health");
        assertThat(health.path("targets")).isEmpty();
        assertThat(health.path("credentials")).hasSize(1);
        JsonNode credential = health.path("credentials").get(0);
        assertThat(credential.path("provider").asString()).isEqualTo("sim");
        assertThat(credential.path("key").asInt()).isEqualTo(1);
        assertThat(credential.path("fingerprint").asString()).matches("[0-9a-f]{8}");
        assertThat(credential.path("state").asString()).isEqualTo("healthy");
        assertThat(health.path("hosts").get(0).path("name").asString()).startsWith("127.0.0.1:");
        assertThat(admin("/admin/health/events").path("events")).isEmpty();
    }

    @Test
    void aTargetInUseShowsItsNumbers() throws Exception {
        ask("gpt-test", 3);
        JsonNode target = target(admin("/admin/health"), "gpt-test");
        assertThat(target.path("state").asString()).isEqualTo("healthy");
        assertThat(target.path("reason").asString()).isEmpty();
        assertThat(target.path("success_rate").asDouble()).isEqualTo(1);
        assertThat(target.path("latency_ms").asDouble()).isPositive();
        assertThat(target.path("first_content_ms").asDouble()).isPositive();
        assertThat(target.path("window_attempts").asInt()).isEqualTo(3);
        assertThat(target.path("window_failures").asInt()).isZero();
        assertThat(target.path("in_flight").asInt()).isZero();
        assertThat(target.path("retries_left").asInt()).isEqualTo(10);
        String labels = "{model=\"gpt-test\",provider=\"sim\"}";
        assertThat(metrics())
                .containsEntry("tidemill_target_success_ratio" + labels, 1.0)
                .containsEntry("tidemill_target_window_attempts" + labels, 3.0)
                .containsEntry("tidemill_target_in_flight" + labels, 0.0)
                .containsEntry("tidemill_target_retries_left" + labels, 10.0)
                .containsEntry("tidemill_target_share" + labels, 1.0)
                .containsEntry("tidemill_target_state{model=\"gpt-test\",provider=\"sim\",state=\"healthy\"}", 1.0)
                .containsEntry("tidemill_target_state{model=\"gpt-test\",provider=\"sim\",state=\"down\"}", 0.0)
                .containsKeys(
                        "tidemill_target_first_content_seconds" + labels, "tidemill_target_latency_seconds" + labels)
                .containsEntry("tidemill_attempts_total{outcome=\"ok\"}", 3.0)
                .containsEntry("tidemill_retries_total", 0.0)
                .containsEntry("tidemill_failovers_total", 0.0)
                .containsEntry("tidemill_clocks_ran_out_total{clock=\"first_content\"}", 0.0);
    }

    @Test
    void aTargetThatFailsIsDownWithItsReasonAndAnEvent() throws Exception {
        ask("sim-500", 6);
        JsonNode target = target(admin("/admin/health"), "sim-500");
        assertThat(target.path("state").asString()).isEqualTo("down");
        assertThat(target.path("reason").asString()).startsWith("5 of 5 attempts failed in 5 min; last:");
        assertThat(target.path("wait_ms").asDouble()).isBetween(1.0, 33_000.0);
        assertThat(target.path("seconds").asInt()).isNotNegative();
        JsonNode events = admin("/admin/health/events").path("events");
        JsonNode last = events.get(events.size() - 1);
        assertThat(last.path("kind").asString()).isEqualTo("target");
        assertThat(last.path("name").asString()).isEqualTo("sim/sim-500");
        assertThat(last.path("to").asString()).isEqualTo("down");
        assertThat(last.path("at").asString()).isEqualTo(target.path("since").asString());
        assertThat(last.path("reason").asString()).startsWith("5 of 5");
        assertThat(metrics())
                .containsEntry("tidemill_target_state{model=\"sim-500\",provider=\"sim\",state=\"down\"}", 1.0)
                .containsEntry("tidemill_attempts_total{outcome=\"upstream_error\"}", 5.0)
                .containsEntry("tidemill_failures_total{kind=\"unavailable\"}", 1.0);
    }

    @Test
    void aKeyThatIsRefusedIsOut() throws Exception {
        ask("sim-401", 1);
        JsonNode credential = admin("/admin/health").path("credentials").get(0);
        assertThat(credential.path("state").asString()).isEqualTo("out");
        assertThat(credential.path("reason").asString()).startsWith("refused: ");
        String fingerprint = credential.path("fingerprint").asString();
        assertThat(metrics())
                .containsEntry(
                        "tidemill_credential_state{fingerprint=\"" + fingerprint
                                + "\",key=\"1\",provider=\"sim\",state=\"out\"}",
                        1.0);
        assertThat(admin("/admin/health/events")
                        .path("events")
                        .get(0)
                        .path("name")
                        .asString())
                .isEqualTo("sim key 1 (" + fingerprint + ")");
    }

    @Test
    void aHostThatRefusesIsDown() throws Exception {
        node.simulator.door(dev.tidemill.simulator.Door.REFUSE);
        ask("gpt-test", 1);
        JsonNode host = admin("/admin/health").path("hosts").get(0);
        assertThat(host.path("state").asString()).isEqualTo("down");
        assertThat(host.path("reason").asString()).isEqualTo("no connection: upstream_connect_failed");
        assertThat(metrics())
                .containsEntry(
                        "tidemill_host_state{host=\"" + host.path("name").asString() + "\",state=\"down\"}", 1.0);
    }
}
