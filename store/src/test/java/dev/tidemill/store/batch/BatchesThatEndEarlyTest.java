package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.batch.run.EngineOptions;
import dev.tidemill.core.key.Key;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BatchesThatEndEarlyTest {
    @TempDir
    Path temp;

    private final HandClock clock = new HandClock();

    private Node node(ScriptedLines lines, int concurrency) throws Exception {
        return new Node(
                temp.resolve("data"),
                lines,
                EngineOptions.DEFAULT.withSpareBytes(0).withConcurrency(concurrency),
                clock);
    }

    private JsonNode awaitEndAsTimePasses(Node node, String id) throws Exception {
        return node.await(id, batch -> {
            clock.forward(Duration.ofSeconds(1));
            return batch.get("progress").intValue() == 100;
        });
    }

    private static RecordedCall cancel(Node node, Key key, String id) throws Exception {
        return node.call(key, "POST", "/v1/batches/" + id + "/cancel", "");
    }

    private static void everyIdOnce(Node node, JsonNode batch, int lines) throws Exception {
        Set<String> ids = new HashSet<>(node.output(batch).keySet());
        for (String id : node.errors(batch).keySet()) {
            assertThat(ids.add(id)).as(id + " in both files").isTrue();
        }
        assertThat(ids).hasSize(lines);
    }

    @Test
    void whatIsInFlightAtACancelStillCountsAndTheRestIsWrittenAsCancelled() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (ScriptedLines lines = new ScriptedLines((request, send) -> {
                    ScriptedLines.await(open);
                    return ScriptedLines.ok("paid for");
                });
                Node node = node(lines, 4)) {
            String id = node.submit(Node.lines(10));
            node.await(id, batch -> lines.inFlight.get() == 4);
            JsonNode cancelling = cancel(node, Node.ALICE, id).json();
            assertThat(cancelling.get("status").stringValue()).isEqualTo("cancelling");
            assertThat(cancel(node, Node.ALICE, id).status).isEqualTo(200);
            open.countDown();
            JsonNode batch = node.awaitEnd(id);
            assertThat(batch.get("status").stringValue()).isEqualTo("cancelled");
            assertThat(batch.get("progress").intValue()).isEqualTo(100);
            assertThat(batch.get("request_counts").toString()).isEqualTo("{\"total\":10,\"completed\":4,\"failed\":0}");
            assertThat(node.output(batch)).hasSize(4);
            assertThat(node.errors(batch)).hasSize(6);
            JsonNode line = node.errors(batch).get("id-9");
            assertThat(line.get("response").isNull()).isTrue();
            assertThat(line.at("/error/code").stringValue()).isEqualTo("batch_cancelled");
            assertThat(lines.sends.get()).isEqualTo(4);
            RecordedCall again = cancel(node, Node.ALICE, id);
            assertThat(again.status).isEqualTo(200);
            assertThat(again.json().get("status").stringValue()).isEqualTo("cancelled");
        }
    }

    @Test
    void aCancelDoesNotWaitForeverForAProviderThatHangs() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> null);
                Node node = node(lines, 4)) {
            String id = node.submit(Node.lines(10));
            node.await(id, batch -> lines.inFlight.get() == 4);
            cancel(node, Node.ALICE, id);
            JsonNode batch = awaitEndAsTimePasses(node, id);
            assertThat(batch.get("status").stringValue()).isEqualTo("cancelled");
            everyIdOnce(node, batch, 10);
            node.close(Duration.ZERO);
        }
    }

    @Test
    void aFinishedBatchCannotBeCancelled() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
                Node node = node(lines, 4)) {
            String id = node.submit(Node.lines(1));
            node.awaitEnd(id);
            RecordedCall refused = cancel(node, Node.ALICE, id);
            assertThat(refused.status).isEqualTo(409);
            assertThat(refused.json().at("/error/message").stringValue())
                    .isEqualTo("Cannot cancel a batch with status 'completed'.");
            assertThat(cancel(node, Node.BOB, id).status).isEqualTo(404);
        }
    }

    @Test
    void theWindowClosesWithWhatIsDoneKeptAndTheRestWrittenAsExpired() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        try (ScriptedLines lines = new ScriptedLines(
                        (request, send) -> answered.incrementAndGet() <= 5 ? ScriptedLines.ok("in time") : null);
                Node node = node(lines, 4)) {
            String id = node.batch(node.file(Node.lines(20)), "1m").get("id").stringValue();
            node.await(id, batch -> batch.at("/request_counts/completed").intValue() == 5);
            clock.forward(Duration.ofSeconds(59));
            Thread.sleep(200);
            assertThat(node.find(id).get("status").stringValue()).isEqualTo("in_progress");
            clock.forward(Duration.ofSeconds(1));
            JsonNode batch = awaitEndAsTimePasses(node, id);
            assertThat(batch.get("status").stringValue()).isEqualTo("expired");
            assertThat(batch.get("expired_at").isNull()).isFalse();
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(5);
            assertThat(node.output(batch)).hasSize(5);
            assertThat(node.errors(batch).values())
                    .allSatisfy(line ->
                            assertThat(line.at("/error/code").stringValue()).isEqualTo("batch_expired"));
            everyIdOnce(node, batch, 20);
            node.close(Duration.ZERO);
        }
    }

    @Test
    void aBatchThatWaitsForARateLimitExpiresToo() throws Exception {
        try (ScriptedLines lines =
                        new ScriptedLines((request, send) -> ScriptedLines.status(429, Duration.ofSeconds(60)));
                Node node = node(lines, 4)) {
            String id = node.batch(node.file(Node.lines(20)), "2h").get("id").stringValue();
            node.await(id, batch -> !batch.get("paused_reason").isNull());
            clock.forward(Duration.ofHours(2));
            JsonNode batch = node.awaitEnd(id);
            assertThat(batch.get("status").stringValue()).isEqualTo("expired");
            everyIdOnce(node, batch, 20);
        }
    }

    @Test
    void theInputFileMayBeDeletedWhileItsBatchRuns() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (ScriptedLines lines = new ScriptedLines((request, send) -> {
                    ScriptedLines.await(open);
                    return ScriptedLines.ok(
                            new String(request.body(), StandardCharsets.UTF_8).contains("id-") ? "y" : "n");
                });
                Node node = node(lines, 4)) {
            String file = node.file(Node.lines(50));
            String id = node.batch(file, "24h").get("id").stringValue();
            node.await(id, batch -> lines.inFlight.get() == 4);
            assertThat(node.call(Node.ALICE, "DELETE", "/v1/files/" + file, "").status)
                    .isEqualTo(200);
            assertThat(node.call(Node.ALICE, "GET", "/v1/files/" + file, "").status)
                    .isEqualTo(404);
            open.countDown();
            JsonNode batch = node.awaitEnd(id);
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(50);
            untilGone(() -> Files.notExists(temp.resolve("data/blobs").resolve(file)));
        }
    }

    /** What is no longer needed goes behind the batch's end. */
    private static void untilGone(Callable<Boolean> gone) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!gone.call()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @Test
    void rowsOfLinesGoOnceTheFilesAreWritten() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
                Node node = node(lines, 16)) {
            String id = node.submit(Node.lines(1_200));
            JsonNode batch = node.awaitEnd(id);
            long number = node.store.batches().unfinished(1).size();
            assertThat(number).isZero();
            untilGone(() -> node.store.batches().chunks(1, 0, 1).isEmpty());
            assertThat(node.output(batch)).hasSize(1_200);
        }
    }
}
