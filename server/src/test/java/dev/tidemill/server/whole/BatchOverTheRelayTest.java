package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Counts;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.SeenRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Batches whose lines go through the real relay, to a provider that is often not well. */
@Timeout(120)
class BatchOverTheRelayTest {
    @TempDir
    Path folder;

    /** Lines are told apart by the idempotency key, which ends with the line's number. */
    private static Rule line(String number, String behaviour) {
        return Rule.forHeader("idempotency-key", "*" + number, Behaviour.of(behaviour));
    }

    private static Rule sometimes(String behaviour, double chance, long times) {
        return Rule.forModel("*", Behaviour.of(behaviour)).when(chance, times, 20);
    }

    @Test
    void aProviderFullOfFaultsStillGivesOneResultForEachLine() throws Exception {
        int lines = 2_000;
        try (Node node = Node.start(folder, "", "", "policy: { breaker: off }")) {
            node.simulator.play(Scenario.of(
                    line("99", "500;message=never"),
                    line("50", "400;message=refused"),
                    sometimes("429;retry-after=1", 0.02, 10),
                    sometimes("503", 0.02, 40),
                    sometimes("reset-at=0", 0.02, 40),
                    sometimes("close-at=300", 0.02, 40),
                    sometimes("close", 0.02, 40),
                    sometimes("html", 0.01, 20),
                    sometimes("empty-body", 0.01, 20),
                    sometimes("error-body", 0.01, 20)));
            String key = node.key("night");

            JsonNode batch = node.ended(key, node.batch(key, node.upload(key, Lines.of(lines, "gpt-test"))));

            assertThat(batch.path("status").asString()).isEqualTo("completed");
            List<JsonNode> output = node.lines(key, batch.path("output_file_id"));
            List<JsonNode> errors = node.lines(key, batch.path("error_file_id"));
            onceEach(lines, output, errors);
            assertThat(output).hasSize(lines - 40).allMatch(line -> status(line) == 200);
            assertThat(errors).allSatisfy(line -> {
                assertThat(line.path("error").isNull()).isTrue();
                assertThat(line.at("/response/body/error/message").asString())
                        .isEqualTo(status(line) == 500 ? "never" : "refused");
            });
            assertThat(errors.stream().filter(line -> status(line) == 500)).hasSize(20);
            assertThat(errors.stream().filter(line -> status(line) == 400)).hasSize(20);
            assertThat(batch.path("request_counts").toString())
                    .isEqualTo("{\"total\":2000,\"completed\":1960,\"failed\":40}");
            assertThat(batch.at("/usage/output_tokens").asLong()).isEqualTo(sum(output, "completion_tokens"));
            assertThat(batch.at("/usage/input_tokens").asLong()).isEqualTo(sum(output, "prompt_tokens"));
            assertThat(batch.path("lines_without_usage").asInt()).isZero();
            assertThat(batch.path("lines_possibly_charged_twice").asInt()).isZero();
            assertThat(batch.path("progress").asInt()).isEqualTo(100);
        }
    }

    private static int status(JsonNode line) {
        return line.at("/response/status_code").asInt();
    }

    private static long sum(List<JsonNode> output, String tokens) {
        return output.stream()
                .mapToLong(line -> line.at("/response/body/usage/" + tokens).asLong())
                .sum();
    }

    private static void onceEach(int lines, List<JsonNode> output, List<JsonNode> errors) {
        assertThat(Stream.concat(output.stream(), errors.stream())
                        .map(line -> line.path("custom_id").asString())
                        .sorted())
                .containsExactlyElementsOf(IntStream.range(0, lines)
                        .mapToObj(i -> "line-" + i)
                        .sorted()
                        .toList());
    }

    @Test
    void aLiveRequestOvertakesTheLinesThatWaitForTheOneConnection() throws Exception {
        try (Node node = Node.start(folder, ", loops: 1", ", pool: { connections: 1 }", "batch: { concurrency: 64 }")) {
            node.simulator.behave(Behaviour.of("ttft=10ms"));
            String key = node.key("both");
            String batch = node.batch(key, node.upload(key, Lines.of(300, "gpt-test")));
            while (node.simulator.requests().size() < 5) {
                Thread.sleep(5);
            }
            List<Integer> before = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                before.add(node.simulator.requests().size());
                Answer live =
                        node.ask("POST", "/v1/chat/completions", key, Node.chat("gpt-test", "live " + i, i % 2 == 0));
                assertThat(live.status()).isEqualTo(200);
            }

            List<String> asked =
                    node.simulator.requests().stream().map(SeenRequest::text).toList();
            for (int i = 0; i < before.size(); i++) {
                String own = "\"live " + i + "\"";
                int at = IntStream.range(0, asked.size())
                        .filter(n -> asked.get(n).contains(own))
                        .findFirst()
                        .orElseThrow();
                assertThat(at - before.get(i))
                        .as("lines before live request " + i)
                        .isLessThan(30);
            }
            JsonNode ended = node.ended(key, batch);
            assertThat(ended.at("/request_counts/completed").asInt()).isEqualTo(300);
        }
    }

    private static final int LONG = 600;

    /** A batch of {@link #LONG} lines, a sixth of which have their results. */
    private static String underWay(Node node, String key) throws IOException, InterruptedException {
        node.simulator.behave(Behaviour.of("ttft=100ms"));
        String id = node.batch(key, node.upload(key, Lines.of(LONG, "gpt-test")));
        while (completed(node, key, id) < LONG / 6) {
            Thread.sleep(5);
        }
        return id;
    }

    /** Waits for its end; how many lines were sent more than once, and that the batch has told so. */
    private static long sentTwice(Node node, String key, String id) throws IOException, InterruptedException {
        JsonNode batch = node.ended(key, id);
        assertThat(batch.path("status").asString()).isEqualTo("completed");
        assertThat(batch.at("/request_counts/completed").asInt()).isEqualTo(LONG);
        onceEach(LONG, node.lines(key, batch.path("output_file_id")), List.of());
        Counts counts = node.simulator.countsAtRest(Duration.ofSeconds(10));
        long twice = counts.total().asked() - LONG;
        assertThat(twice)
                .isBetween(0L, batch.path("lines_possibly_charged_twice").asLong());
        return twice;
    }

    @Test
    void aServerThatStopsInTheMiddleGoesOnByItselfAtTheNextStart() throws Exception {
        try (Node node = Node.start(folder)) {
            String key = node.key("night");
            String id = underWay(node, key);

            node.stop();
            node.startAgain();

            assertThat(sentTwice(node, key, id)).isLessThanOrEqualTo(64);
        }
    }

    @Test
    void aServerThatDrainsInTheMiddleSendsNoLineTwice() throws Exception {
        try (Node node = Node.start(folder)) {
            String key = node.key("night");
            String id = underWay(node, key);

            node.drain();
            assertThat(node.simulator
                            .countsAtRest(Duration.ofSeconds(10))
                            .total()
                            .whole())
                    .isBetween(LONG / 6L, LONG - 1L);
            node.startAgain();

            assertThat(sentTwice(node, key, id)).isZero();
        }
    }

    @Test
    void aStartThatFailsForItsPortSendsNoLine() throws Exception {
        try (Node node = Node.start(folder);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String key = node.key("night");
            String id = underWay(node, key);
            node.drain();
            long asked =
                    node.simulator.countsAtRest(Duration.ofSeconds(10)).total().asked();
            Path file = folder.resolve("tidemill.yaml");
            String good = Files.readString(file);
            Files.writeString(
                    file, good.replace("listen: '127.0.0.1:0'", "listen: '127.0.0.1:" + taken.getLocalPort() + "'"));

            assertThatThrownBy(node::startAgain)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort());

            assertThat(node.simulator.counts().total().asked()).isEqualTo(asked);
            Files.writeString(file, good);
            node.startAgain();
            assertThat(sentTwice(node, key, id)).isZero();
        }
    }

    private static int completed(Node node, String key, String id) throws IOException {
        return node.ask("GET", "/v1/batches/" + id, key, null)
                .json()
                .at("/request_counts/completed")
                .asInt();
    }

    @Test
    void aRevokedKeyEndsItsBatchLineByLineInsteadOfRunningOn() throws Exception {
        try (Node node = Node.start(folder)) {
            node.simulator.behave(Behaviour.of("ttft=50ms"));
            String owner = node.key("owner");
            String second = node.key("owner");
            String id = node.batch(owner, node.upload(owner, Lines.of(800, "gpt-test")));
            while (completed(node, owner, id) == 0) {
                Thread.sleep(5);
            }

            try (Wire admin = new Wire(node.admin())) {
                admin.ask(
                        "DELETE",
                        "/admin/keys/" + owner.substring(3, 11),
                        node.adminAccess().token(),
                        null);
            }

            assertThat(node.ask("GET", "/v1/batches/" + id, owner, null).status())
                    .isEqualTo(401);
            JsonNode batch = node.ended(second, id);
            assertThat(batch.path("status").asString()).isEqualTo("completed");
            List<JsonNode> output = node.lines(second, batch.path("output_file_id"));
            List<JsonNode> errors = node.lines(second, batch.path("error_file_id"));
            onceEach(800, output, errors);
            assertThat(errors).isNotEmpty().allMatch(line -> status(line) == 401);
        }
    }
}
