package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tidemill.batch.run.EngineOptions;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** On a file system of 6 MB of its own, which only root may mount. */
class DiskFullTest {
    @TempDir
    Path temp;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(temp.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=6m", "tidemill-test", disk.toString()))
                .as("may mount a small tmpfs")
                .isZero();
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    private Node node(ScriptedLines lines, long spare) throws Exception {
        return new Node(
                disk.resolve("data"),
                lines,
                EngineOptions.DEFAULT.withSpareBytes(spare).withConcurrency(8),
                InstantSource.system());
    }

    /** Takes all the room there is. */
    private Path fill() throws Exception {
        Path ballast = disk.resolve("ballast");
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (java.io.IOException full) {
            return ballast;
        }
    }

    @Test
    void aFullDiskPausesTheBatchAndFreeSpaceLetsItGoOnWithNoResultLost() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> {
                    try {
                        Thread.sleep(5);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return ScriptedLines.ok("x".repeat(500));
                });
                Node node = node(lines, 0)) {
            String id = node.submit(Node.lines(1_000));
            node.await(id, batch -> batch.at("/request_counts/completed").intValue() > 20);
            Path ballast = fill();
            node.await(
                    id,
                    batch -> "storage_full".equals(batch.get("paused_reason").stringValue(null)));
            Thread.sleep(300);
            int sends = lines.sends.get();
            Thread.sleep(1_500);
            assertThat(lines.sends.get()).isEqualTo(sends);
            Files.delete(ballast);
            JsonNode batch = node.awaitEnd(id);
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(1_000);
            assertThat(node.output(batch)).hasSize(1_000);
            assertThat(lines.sendsByKey).hasSize(1_000);
            assertThat(lines.sendsByKey.values()).containsOnly(1);
            assertThat(batch.get("lines_possibly_charged_twice").intValue()).isZero();
        }
    }

    @Test
    void noLineStartsBelowTheReserve() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
                Node node = node(lines, 64 << 20)) {
            String id = node.submit(Node.lines(10));
            node.await(
                    id,
                    batch -> "storage_full".equals(batch.get("paused_reason").stringValue(null)));
            assertThat(lines.sends.get()).isZero();
        }
    }

    @Test
    void anUploadThatDoesNotFitIsRefusedAndLeavesNothing() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
                Node node = node(lines, 0)) {
            RecordedCall call =
                    node.upload(Node.ALICE, "big.jsonl", "batch", Node.line("a") + "\n" + " ".repeat(8 << 20));
            assertThat(call.status).isEqualTo(503);
            assertThat(call.json().at("/error/message").stringValue()).contains("no space");
            assertThat(disk.resolve("data/blobs")).isEmptyDirectory();
            assertThat(node.get(Node.ALICE, "/v1/files").get("data").size()).isZero();
        }
    }
}
