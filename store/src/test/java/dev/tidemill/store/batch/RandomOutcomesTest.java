package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.batch.run.EngineOptions;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.line.LineAnswer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RandomOutcomesTest {
    @TempDir
    Path temp;

    private final HandClock clock = new HandClock();

    @RepeatedTest(8)
    void whateverComesOfLinesEachCustomIdIsWrittenOnceAndTheCountsAgree() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int lines = 1 + random.nextInt(400);
        int concurrency = 1 + random.nextInt(64);
        int chunk = 1 + random.nextInt(100);
        int trouble = random.nextInt(60);
        boolean cancel = random.nextInt(4) == 0;
        boolean restart = random.nextInt(2) == 0;
        EngineOptions options = EngineOptions.DEFAULT
                .withSpareBytes(0)
                .withConcurrency(concurrency)
                .withChunkLines(chunk);
        AtomicBoolean over = new AtomicBoolean();
        Thread mover = Thread.ofVirtual().start(() -> move(over));
        try (ScriptedLines scripted = new ScriptedLines((request, send) ->
                answer(new Random(seed ^ request.idempotencyKey().hashCode() * 31L ^ send * 7919L), trouble))) {
            Path data = temp.resolve("data");
            String id;
            try (Node node = new Node(data, scripted, options, clock)) {
                id = node.submit(Node.lines(lines));
                if (restart) {
                    int some = random.nextInt(lines);
                    node.await(id, batch -> done(batch) >= some || ended(batch));
                } else {
                    verify(node, id, lines, cancel);
                }
            }
            if (restart) {
                try (Node node = new Node(data, scripted, options, clock)) {
                    verify(node, id, lines, cancel);
                }
            }
        } finally {
            over.set(true);
            mover.join();
        }
    }

    private static void verify(Node node, String id, int lines, boolean cancel) throws Exception {
        if (cancel) {
            node.call(Node.ALICE, "POST", "/v1/batches/" + id + "/cancel", "");
        }
        JsonNode batch = node.awaitEnd(id);
        Set<String> ids = new HashSet<>(node.output(batch).keySet());
        int completed = ids.size();
        int failed = 0;
        for (var error : node.errors(batch).entrySet()) {
            assertThat(ids.add(error.getKey())).isTrue();
            failed += error.getValue().get("response").isNull() ? 0 : 1;
        }
        JsonNode counts = batch.get("request_counts");
        assertThat(counts.get("completed").intValue()).isEqualTo(completed);
        assertThat(counts.get("failed").intValue()).isEqualTo(failed);
        assertThat(batch.get("progress").intValue()).isEqualTo(100);
        if (batch.get("status").stringValue().equals("completed")) {
            assertThat(completed + failed).isEqualTo(lines);
        }
        // cancelled while it was still being validated, there are no lines to write
        assertThat(ids).hasSize(counts.get("total").intValue());
        assertThat(counts.get("total").intValue()).isIn(0, lines);
        assertThat(batch.get("lines_possibly_charged_twice").intValue()).isZero();
    }

    private static int done(JsonNode batch) {
        return batch.at("/request_counts/completed").intValue()
                + batch.at("/request_counts/failed").intValue();
    }

    private static boolean ended(JsonNode batch) {
        return batch.get("progress").intValue() == 100;
    }

    private static LineAnswer answer(Random random, int trouble) {
        if (random.nextInt(100) >= trouble) {
            return ScriptedLines.ok("fine");
        }
        return switch (random.nextInt(8)) {
            case 0 -> ScriptedLines.status(429, Duration.ofSeconds(1 + random.nextInt(3)));
            case 1 -> ScriptedLines.status(429);
            case 2 -> ScriptedLines.status(500);
            case 3 -> ScriptedLines.status(503);
            case 4 -> ScriptedLines.status(404);
            case 5 -> ScriptedLines.ours(Failure.Kind.UPSTREAM_TIMEOUT);
            case 6 -> ScriptedLines.ours(Failure.Kind.OVERLOADED);
            default -> ScriptedLines.ours(Failure.Kind.UNAUTHORIZED);
        };
    }

    private void move(AtomicBoolean over) {
        try {
            while (!over.get()) {
                clock.forward(Duration.ofMillis(500));
                Thread.sleep(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
