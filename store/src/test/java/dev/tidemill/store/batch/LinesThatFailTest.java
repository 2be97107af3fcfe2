package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.batch.run.EngineOptions;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.line.LineAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class LinesThatFailTest {
    @TempDir
    Path temp;

    private final HandClock clock = new HandClock();

    private Node node(ScriptedLines lines) throws Exception {
        return new Node(temp.resolve("data"), lines, EngineOptions.DEFAULT.withSpareBytes(0), clock);
    }

    /** Moves the clock on until the batch has ended. */
    private JsonNode awaitEnd(Node node, String id) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread mover = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                clock.forward(Duration.ofSeconds(2));
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        try {
            return node.awaitEnd(id);
        } finally {
            over.set(true);
            mover.join();
        }
    }

    @Test
    void aRefusedLineGoesToTheErrorFileAtOnceWithItsAnswer() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.status(422));
                Node node = node(lines)) {
            JsonNode batch = node.awaitEnd(node.submit(Node.lines(3)));
            assertThat(batch.get("status").stringValue()).isEqualTo("completed");
            assertThat(batch.get("output_file_id").isNull()).isTrue();
            assertThat(batch.at("/request_counts/failed").intValue()).isEqualTo(3);
            JsonNode first = node.errors(batch).get("id-0");
            assertThat(first.at("/response/status_code").intValue()).isEqualTo(422);
            assertThat(first.at("/response/body/error/message").stringValue()).isEqualTo("scripted 422");
            assertThat(first.get("error").isNull()).isTrue();
            assertThat(lines.sends.get()).isEqualTo(3);
        }
    }

    @Test
    void aServerErrorIsTriedFiveTimesUnderOneIdempotencyKey() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.status(500));
                Node node = node(lines)) {
            JsonNode batch = awaitEnd(node, node.submit(Node.lines(2)));
            assertThat(batch.at("/request_counts/failed").intValue()).isEqualTo(2);
            assertThat(lines.sendsByKey).hasSize(2);
            assertThat(lines.sendsByKey.values()).containsOnly(5);
            assertThat(node.errors(batch)
                            .get("id-1")
                            .at("/response/status_code")
                            .intValue())
                    .isEqualTo(500);
        }
    }

    @Test
    void aBrokenConnectionIsTriedAgainAndCountsAsATry() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) ->
                        send < 5 ? ScriptedLines.ours(Failure.Kind.UPSTREAM_BROKEN) : ScriptedLines.ok("at last"));
                Node node = node(lines)) {
            JsonNode batch = awaitEnd(node, node.submit(Node.lines(1)));
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(1);
            assertThat(lines.sends.get()).isEqualTo(5);
        }
    }

    @Test
    void rateLimitsAndOurOwnOverloadAreWaitedForHoweverOften() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> switch (send) {
                    case 20 -> ScriptedLines.ok("at last");
                    case 3, 5, 7 -> ScriptedLines.ours(Failure.Kind.DRAINING);
                    case 9 -> ScriptedLines.ours(Failure.Kind.OVERLOADED);
                    default -> ScriptedLines.status(send % 2 == 0 ? 429 : 529, Duration.ofSeconds(1));
                });
                Node node = node(lines)) {
            JsonNode batch = awaitEnd(node, node.submit(Node.lines(1)));
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(1);
            assertThat(lines.sends.get()).isEqualTo(20);
            assertThat(batch.get("lines_possibly_charged_twice").intValue()).isZero();
        }
    }

    @Test
    void aStormOfRateLimitsIsMetByFewerLinesAndLosesNone() throws Exception {
        Instant over = clock.instant().plusSeconds(60);
        try (ScriptedLines lines =
                        new ScriptedLines((request, send) -> clock.instant().isBefore(over)
                                ? ScriptedLines.status(429, Duration.ofSeconds(2))
                                : ScriptedLines.ok("fine"));
                Node node = node(lines)) {
            String id = node.submit(Node.lines(300));
            JsonNode paused =
                    node.await(id, batch -> !batch.get("paused_reason").isNull());
            assertThat(paused.get("paused_reason").stringValue()).isEqualTo("rate_limited");
            JsonNode batch = awaitEnd(node, id);
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(300);
            assertThat(node.output(batch)).hasSize(300);
            assertThat(lines.sends.get()).isLessThan(300 + 64 + 32 + 16 + 8 + 4 + 2 + 60);
            assertThat(batch.get("paused_reason").isNull()).isTrue();
        }
    }

    @Test
    void aFewRateLimitsAmongManyAnswersDoNotStopTheOthers() throws Exception {
        try (ScriptedLines lines = new ScriptedLines(
                        (request, send) -> request.idempotencyKey().hashCode() % 4 == 0 && send == 1
                                ? ScriptedLines.status(429, Duration.ofSeconds(60))
                                : ScriptedLines.ok("fine"));
                Node node = node(lines)) {
            String id = node.submit(Node.lines(400));
            node.await(id, batch -> batch.at("/request_counts/completed").intValue() > 200);
            assertThat(awaitEnd(node, id).at("/request_counts/completed").intValue())
                    .isEqualTo(400);
        }
    }

    @Test
    void aSpentAccountPausesTheBatchInsteadOfBurningItsLines() throws Exception {
        AtomicBoolean spent = new AtomicBoolean(true);
        byte[] body =
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low\"}}"
                        .getBytes(StandardCharsets.UTF_8);
        try (ScriptedLines lines = new ScriptedLines((request, send) -> spent.get()
                        ? new LineAnswer(400, "r", body, null, null, null, true)
                        : ScriptedLines.ok("paid"));
                Node node = node(lines)) {
            String id = node.submit(Node.lines(200));
            node.await(
                    id,
                    batch -> "provider_quota".equals(batch.get("paused_reason").stringValue(null)));
            assertThat(node.find(id).at("/request_counts/failed").intValue()).isZero();
            assertThat(lines.sends.get()).isLessThanOrEqualTo(64);
            spent.set(false);
            assertThat(awaitEnd(node, id).at("/request_counts/completed").intValue())
                    .isEqualTo(200);
        }
    }

    @Test
    void anAnswerThatIsNoJsonIsNeverASuccess() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> new LineAnswer(
                        200, "r", "<html>sorry</html>".getBytes(StandardCharsets.UTF_8), null, null, null, true));
                Node node = node(lines)) {
            JsonNode batch = awaitEnd(node, node.submit(Node.lines(1)));
            assertThat(batch.at("/request_counts/failed").intValue()).isEqualTo(1);
            JsonNode line = node.errors(batch).get("id-0");
            assertThat(line.at("/response/status_code").intValue()).isEqualTo(502);
            assertThat(line.at("/response/body/error/message").stringValue()).contains("sorry");
        }
    }

    @Test
    void linesThatWaitHoldNoSlotOfOthers() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) ->
                        send == 1 && new String(request.body(), StandardCharsets.UTF_8).contains("id-0\"")
                                ? ScriptedLines.status(500)
                                : ScriptedLines.ok("fine"));
                Node node = new Node(
                        temp.resolve("data"),
                        lines,
                        EngineOptions.DEFAULT.withSpareBytes(0).withConcurrency(1),
                        clock)) {
            String id = node.submit(Node.lines(20));
            node.await(id, batch -> batch.at("/request_counts/completed").intValue() == 19);
            assertThat(node.engine.gauges().waiting()).isEqualTo(1);
            assertThat(awaitEnd(node, id).at("/request_counts/completed").intValue())
                    .isEqualTo(20);
        }
    }

    @Test
    void noLineStartsWhileLiveRequestsWait() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
                Node node = node(lines)) {
            lines.headroom = false;
            String id = node.submit(Node.lines(10));
            node.await(id, batch -> batch.get("status").stringValue().equals("in_progress"));
            Thread.sleep(100);
            assertThat(lines.sends.get()).isZero();
            lines.headroom = true;
            assertThat(node.awaitEnd(id).at("/request_counts/completed").intValue())
                    .isEqualTo(10);
        }
    }

    @Test
    void twoBatchesShareTheSlots() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (ScriptedLines lines = new ScriptedLines((request, send) -> {
                    ScriptedLines.await(open);
                    return ScriptedLines.ok("fine");
                });
                Node node = node(lines)) {
            lines.headroom = false;
            String first = node.submit(Node.lines(500));
            String second = node.submit(Node.lines(500));
            node.await(second, batch -> batch.get("status").stringValue().equals("in_progress"));
            node.await(first, batch -> batch.get("status").stringValue().equals("in_progress"));
            awaitLeases(2);
            lines.headroom = true;
            node.await(first, batch -> lines.inFlight.get() == 64);
            Map<Boolean, Long> byBatch = lines.sendsByKey.keySet().stream()
                    .collect(java.util.stream.Collectors.partitioningBy(
                            key -> key.startsWith(first), java.util.stream.Collectors.counting()));
            assertThat(byBatch.get(true)).isEqualTo(32);
            open.countDown();
            node.awaitEnd(first);
            node.awaitEnd(second);
        }
    }

    private void awaitLeases(int count) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + temp.resolve("data/tidemill.db"));
                var statement = connection.createStatement()) {
            int leased = 0;
            while (leased < count) {
                Thread.sleep(100); // also for the news of the last one to arrive
                try (var rows =
                        statement.executeQuery("SELECT count(*) FROM batch_chunks WHERE lease_owner IS NOT NULL")) {
                    leased = rows.getInt(1);
                }
            }
            Thread.sleep(100);
        }
    }
}
