package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class KilledMidRunTest {
    private static final int LINES = 1_500;

    @TempDir
    Path temp;

    @Test
    void aProcessKilledAgainAndAgainLosesNothingDoublesNothingAndSaysWhatWasAmbiguous() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path data = temp.resolve("data");
        Path notes = temp.resolve("notes");
        String batchId = "new";
        int kills = 0;
        boolean ended = false;
        while (!ended) {
            assertThat(kills).isLessThan(60);
            Process child = child(data, notes, batchId);
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                String line = out.readLine();
                assertThat(line).startsWith("batch ");
                batchId = line.substring("batch ".length());
                ended = child.waitFor(10 + random.nextInt(60), TimeUnit.MILLISECONDS)
                        || (kills >= 5 && String.valueOf(out.readLine()).startsWith("ended"));
            } finally {
                child.destroyForcibly().waitFor();
            }
            kills += ended ? 0 : 1;
        }
        System.out.println("killed " + kills + " times");
        verify(data, notes, batchId);
    }

    private static Process child(Path data, Path notes, String batchId) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CountingChild.class.getName(),
                        data.toString(),
                        notes.toString(),
                        batchId,
                        Integer.toString(LINES))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void verify(Path data, Path notes, String batchId) throws Exception {
        Map<String, Integer> sent = new HashMap<>();
        for (String note : Files.readAllLines(notes)) {
            if (note.startsWith("sent ")) {
                sent.merge(note.substring(5), 1, Integer::sum);
            }
        }
        try (ScriptedLines none = new ScriptedLines((request, send) -> ScriptedLines.ok("too late"));
                Node node = Node.start(data, none)) {
            JsonNode batch = node.awaitEnd(batchId);
            assertThat(batch.get("status").stringValue()).isEqualTo("completed");
            Set<String> ids = new HashSet<>(node.output(batch).keySet());
            Set<String> failed = node.errors(batch).keySet();
            int completed = ids.size();
            failed.forEach(id -> assertThat(ids.add(id)).isTrue());
            assertThat(ids).hasSize(LINES);
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(completed);
            assertThat(batch.at("/request_counts/failed").intValue()).isEqualTo(failed.size());
            int ambiguous = batch.get("lines_possibly_charged_twice").intValue();
            assertThat(sent).hasSize(LINES);
            long twice = sent.values().stream().filter(count -> count > 1).count();
            System.out.println(twice + " lines sent more than once, " + ambiguous + " called ambiguous");
            assertThat(twice).isLessThanOrEqualTo(ambiguous);
            assertThat(none.sends.get()).isZero();
        }
    }

    @Test
    void aCopyOfTheDirectoryTakenWhileLinesAreInFlightGoesOnFromThere() throws Exception {
        Path data = temp.resolve("data");
        Path copy = temp.resolve("copy");
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger answered = new AtomicInteger();
        String id;
        try (ScriptedLines lines = new ScriptedLines((request, send) -> {
                    if (answered.incrementAndGet() > 40) {
                        ScriptedLines.await(never);
                    }
                    return ScriptedLines.ok("first life");
                });
                Node node = Node.start(data, lines)) {
            id = node.submit(Node.lines(200));
            node.await(
                    id, batch -> batch.at("/request_counts/completed").intValue() == 40 && lines.inFlight.get() == 64);
            copy(data, copy);
            never.countDown();
        }
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("second life"));
                Node node = Node.start(copy, lines)) {
            JsonNode batch = node.awaitEnd(id);
            assertThat(batch.get("lines_possibly_charged_twice").intValue()).isEqualTo(64);
            assertThat(lines.sends.get()).isEqualTo(160);
            assertThat(node.output(batch)).hasSize(200);
            long first = node.output(batch).values().stream()
                    .filter(line -> line.toString().contains("first life"))
                    .count();
            assertThat(first).isEqualTo(40);
        }
    }

    @Test
    void aCleanStopWaitsForWhatIsInFlightAndLeavesNothingAmbiguous() throws Exception {
        Path data = temp.resolve("data");
        String id;
        try (ScriptedLines lines = new ScriptedLines((request, send) -> {
                    sleep(20);
                    return ScriptedLines.ok("first life");
                });
                Node node = Node.start(data, lines)) {
            id = node.submit(Node.lines(2_000));
            node.await(id, batch -> batch.at("/request_counts/completed").intValue() > 100);
            node.close(Duration.ofSeconds(10));
            assertThat(lines.inFlight.get()).isZero();
        }
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("second life"));
                Node node = Node.start(data, lines)) {
            JsonNode batch = node.awaitEnd(id);
            assertThat(batch.get("lines_possibly_charged_twice").intValue()).isZero();
            assertThat(node.output(batch)).hasSize(2_000);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a kill would leave it: files as they are, no lock. The log goes first, so that it is not older than the file. */
    private static void copy(Path from, Path to) throws Exception {
        Files.createDirectories(to.resolve("blobs"));
        try (Stream<Path> blobs = Files.list(from.resolve("blobs"))) {
            for (Path blob : blobs.toList()) {
                Files.copy(blob, to.resolve("blobs").resolve(blob.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        for (String name : List.of("tidemill.db", "tidemill.db-wal")) {
            Files.copy(from.resolve(name), to.resolve(name));
        }
    }
}
