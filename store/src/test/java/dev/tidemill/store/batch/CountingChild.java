package dev.tidemill.store.batch;

import dev.tidemill.batch.run.EngineOptions;
import dev.tidemill.relay.line.LineAnswer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;

/**
 * A node in a process of its own, made to be killed. Its provider notes each request and each answer in a file, which
 * outlives it; prints {@code ended} when the batch has.
 */
final class CountingChild {
    private CountingChild() {}

    /** @param args data directory, file of notes, id of the batch to wait for or {@code new}, number of lines */
    public static void main(String[] args) throws Exception {
        try (FileChannel notes = FileChannel.open(
                        Path.of(args[1]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
                ScriptedLines lines = new ScriptedLines((request, send) -> {
                    note(notes, "sent " + request.idempotencyKey());
                    pause();
                    LineAnswer answer = ThreadLocalRandom.current().nextInt(10) == 0
                            ? ScriptedLines.status(400)
                            : ScriptedLines.ok("fine");
                    note(notes, "answered " + request.idempotencyKey());
                    return answer;
                });
                Node node = new Node(
                        Path.of(args[0]),
                        lines,
                        EngineOptions.DEFAULT
                                .withSpareBytes(0)
                                .withConcurrency(16)
                                .withChunkLines(100),
                        InstantSource.system())) {
            String id = args[2].equals("new") ? node.submit(Node.lines(Integer.parseInt(args[3]))) : args[2];
            node.await(
                    id, batch -> lines.sends.get() > 0 || batch.get("progress").intValue() == 100);
            System.out.println("batch " + id);
            JsonNode batch = node.awaitEnd(id);
            System.out.println("ended " + batch.get("status").stringValue());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(8));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void note(FileChannel notes, String text) {
        try {
            notes.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
