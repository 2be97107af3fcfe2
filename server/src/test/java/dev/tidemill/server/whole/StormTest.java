package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Clients that leave, providers that fail, uploads that are cut, batches and reloads, all at once and at random. Each answer
 * must be an honest one, and when it is over nothing may be left: no exchange, connection, buffer, line or half file.
 */
@Timeout(120)
class StormTest {
    private static final int CLIENTS = 24;
    private static final int ROUNDS = 40;
    private static final List<String> MODELS = List.of(
            "gpt-test",
            "renamed",
            "sim-ttft=20ms",
            "sim-speed=400+tokens=30",
            "sim-429;retry-after=50",
            "sim-500",
            "sim-html",
            "sim-close",
            "sim-reset-at=0",
            "sim-reset-at=700",
            "sim-cut-after=3",
            "sim-truncate-after=2",
            "sim-error-event=2",
            "sim-bad-json=1",
            "sim-gzip",
            "sim-wrong-encoding",
            "sim-two-lengths",
            "sim-bad-chunk=1",
            "sim-no-length",
            "sim-extra-answer",
            "sim-idle-close",
            "sim-after-done",
            "sim-length-larger",
            "sim-length-smaller",
            "sim-sse-merged",
            "sim-tokens=3000");

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @Test
    void leavesNothingBehind() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Logger logger = (Logger) LoggerFactory.getLogger("dev.tidemill");
        log.start();
        logger.addAppender(log);
        try (Node node = Node.start(
                folder,
                ", loops: 2",
                "",
                "log: { access: access.log }\npolicy: { breaker: off, retry: { attempts: 1 } }")) {
            double atRest = scrape(node).get("tidemill_body_memory_bytes");
            String key = node.key("storm");

            storm(node, key, new SplittableRandom(seed));

            for (int i = 0; i < 600 && !calm(scrape(node), atRest); i++) {
                Thread.sleep(25);
            }
            assertThat(scrape(node))
                    .as("seed " + seed)
                    .containsEntry("tidemill_exchanges_running", 0.0)
                    .containsEntry("tidemill_batches_running", 0.0)
                    .containsEntry("tidemill_batch_lines_in_flight", 0.0)
                    .containsEntry("tidemill_client_connections", 1.0)
                    .containsEntry("tidemill_upstream_connections{provider=\"sim\",state=\"waiting\"}", 0.0)
                    .containsEntry("tidemill_access_lines_lost_total", 0.0)
                    .containsEntry("tidemill_body_memory_bytes", atRest);
            node.simulator.countsAtRest(Duration.ofSeconds(10));
            assertThat(node.ask("POST", "/v1/chat/completions", key, Node.chat("gpt-test", "Hi", false))
                            .status())
                    .isEqualTo(200);
            noHalfFiles(node, key);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(List.copyOf(log.list))
                .as("seed " + seed)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
        assertThat(Files.readAllLines(folder.resolve("access.log")))
                .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"));
    }

    private static Map<String, Double> scrape(Node node) throws IOException {
        try (Wire admin = new Wire(node.admin())) {
            return Samples.parse(admin.ask("GET", "/metrics", null, null).body());
        }
    }

    private static boolean calm(Map<String, Double> samples, double atRest) {
        return samples.get("tidemill_exchanges_running") == 0
                && samples.get("tidemill_batches_running") == 0
                && samples.get("tidemill_batches_validating") == 0
                && samples.get("tidemill_batches_finalizing") == 0
                && samples.get("tidemill_client_connections") == 1
                && samples.get("tidemill_body_memory_bytes") == atRest;
    }

    private static void storm(Node node, String key, SplittableRandom random) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom own = random.split();
                clients.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        act(node, key, own);
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        }
    }

    private static void act(Node node, String key, RandomGenerator random) throws IOException {
        String model = MODELS.get(random.nextInt(MODELS.size()));
        boolean stream = random.nextBoolean();
        String body = Node.chat(model, "x".repeat(random.nextInt(1, 20_000)), stream);
        switch (random.nextInt(20)) {
            case 0 -> leaveAt(node, key, body, random);
            case 1 -> leaveInTheMiddle(node, key, body, random);
            case 2 -> halfAnUpload(node, key, random);
            case 3 -> node.batch(key, node.upload(key, Lines.of(random.nextInt(1, 10), "sim-flaky=20%")));
            case 4 -> reload(node);
            case 5 ->
                assertThat(node.ask("POST", "/v1/chat/completions", "wrong", body)
                                .status())
                        .isEqualTo(401);
            case 6 ->
                assertThat(node.ask("GET", "/v1/batches", key, null).status()).isEqualTo(200);
            default -> honest(node.ask("POST", "/v1/chat/completions", key, body), stream, body);
        }
    }

    /** A good answer is whole; a broken one never looks whole. */
    private static void honest(Answer answer, boolean stream, String body) {
        String what = body.substring(0, 60) + " " + answer.status();
        if (answer.status() != 200) {
            assertThat(answer.error("message")).as(what).isNotBlank();
        } else if (!stream) {
            assertThat(answer.whole()).isTrue();
            assertThat(answer.json().path("choices").size()).as(what).isEqualTo(1);
        } else if (answer.body().endsWith("data: [DONE]\n\n")) {
            assertThat(answer.whole()).isTrue();
            assertThat(answer.body())
                    .as(what)
                    .contains("\"finish_reason\":\"stop\"")
                    .doesNotContain("\"error\":{");
        } else {
            assertThat(answer.body()).as(what).contains("\"error\":{");
        }
    }

    private static void leaveAt(Node node, String key, String body, RandomGenerator random) throws IOException {
        String request = "POST /v1/chat/completions HTTP/1.1\r\nhost: r\r\nauthorization: Bearer " + key
                + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
        try (Wire wire = new Wire(node.url())) {
            wire.send(request.substring(0, random.nextInt(request.length())).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void leaveInTheMiddle(Node node, String key, String body, RandomGenerator random)
            throws IOException {
        try (Wire wire = new Wire(node.url())) {
            wire.send("POST", "/v1/chat/completions", key, body, "");
            if (random.nextBoolean()) {
                Answer head = wire.readHead();
                if ("chunked".equals(head.header("transfer-encoding"))) {
                    wire.readChunk();
                }
            }
        }
    }

    private static void halfAnUpload(Node node, String key, RandomGenerator random) throws IOException {
        String form =
                Multipart.batchFile("half.jsonl", Lines.of(50, "gpt-test")).text();
        String request = "POST /v1/files HTTP/1.1\r\nhost: r\r\nauthorization: Bearer " + key + "\r\n" + Multipart.TYPE
                + "content-length: " + form.length() + "\r\n\r\n" + form;
        try (Wire wire = new Wire(node.url())) {
            wire.send(
                    request.substring(0, random.nextInt(request.length() - 30)).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void reload(Node node) throws IOException {
        try (Wire admin = new Wire(node.admin())) {
            assertThat(admin.ask(
                                    "POST",
                                    "/admin/configuration",
                                    node.adminAccess().token(),
                                    null)
                            .status())
                    .isEqualTo(200);
        }
    }

    /** As many blobs as files are listed. */
    private static void noHalfFiles(Node node, String key) throws IOException {
        int listed = node.ask("GET", "/v1/files", key, null).json().path("data").size();
        try (Stream<Path> blobs = Files.walk(node.folder.resolve("data/blobs"))) {
            assertThat(blobs.filter(Files::isRegularFile)).hasSize(listed);
        }
    }
}
