package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Fifty thousand lines, a hundred megabytes, in a process with 256 MB of heap. */
class LargeBatchTest {
    private static final int LINES = 50_000;
    private static final int LINE_BYTES = 2_000;

    @TempDir
    Path temp;

    @Test
    void theLargestBatchRunsInASmallHeap() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeBatchTest.class.getName(),
                        temp.resolve("data").toString())
                .redirectErrorStream(true)
                .start();
        System.out.println(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
    }

    /** The child's work. */
    public static void main(String[] args) throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("x".repeat(500)));
                Node node = Node.start(Path.of(args[0]), lines)) {
            long start = System.nanoTime();
            RecordedCall upload = new RecordedCall(Node.ALICE, "POST", "/v1/files", body());
            upload.headers.put("content-type", "multipart/form-data; boundary=B");
            JsonNode file = upload.through(node.routes).json();
            say("uploaded " + file.get("bytes").longValue() / 1_000_000 + " MB", start);
            String id =
                    node.batch(file.get("id").stringValue(), "24h").get("id").stringValue();
            node.await(id, batch -> !batch.get("status").stringValue().equals("validating"));
            say("validated", start);
            JsonNode batch = node.awaitEnd(id);
            say("ended " + batch.get("status").stringValue(), start);
            if (batch.at("/request_counts/completed").intValue() != LINES) {
                throw new AssertionError(batch.toString());
            }
        }
    }

    private static void say(String what, long start) {
        System.out.println(what + " after " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }

    /** Made as it is read. */
    private static InputStream body() {
        List<InputStream> ends = List.of(
                text("--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
                        + "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n"),
                new InputStream() {
                    private InputStream line = InputStream.nullInputStream();
                    private int next;

                    @Override
                    public int read() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public int read(byte[] into, int offset, int length) throws java.io.IOException {
                        int read = line.read(into, offset, length);
                        if (read >= 0 || next == LINES) {
                            return read;
                        }
                        String plain = Node.line("id-" + next++);
                        line = text(plain.replace(
                                        "\"user\"",
                                        "\"user\",\"pad\":\"" + "y".repeat(LINE_BYTES - plain.length()) + "\"")
                                + "\n");
                        return line.read(into, offset, length);
                    }
                },
                text("\r\n--B--\r\n"));
        return new SequenceInputStream(Collections.enumeration(ends));
    }

    private static InputStream text(String text) {
        return new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
