package dev.tidemill.bench.proof;

import dev.tidemill.bench.caller.BatchState;
import dev.tidemill.bench.caller.Caller;
import dev.tidemill.bench.caller.InputFile;
import dev.tidemill.bench.caller.Refused;
import dev.tidemill.bench.process.Child;
import dev.tidemill.bench.process.Scratch;
import dev.tidemill.bench.process.Site;
import dev.tidemill.simulator.Behaviour;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A batch runs on a small file system of its own until that is full. The relay must stay up, say what is wrong, lose nothing
 * it acknowledged, and go on by itself once there is room.
 */
final class DiskFull {
    private static final Pattern LINE = Pattern.compile("full-\\d{6}");
    private static final String SIZE = "96m";
    private static final Duration FULL = Duration.ofSeconds(5);
    private static final Duration END = Duration.ofMinutes(3);

    private final int lines;
    private final int pace;
    private final Verdict verdict;

    DiskFull(int lines, int pace, long seed) {
        this.lines = lines;
        this.pace = pace;
        this.verdict = new Verdict("batch-kill --disk-full", "a full disk loses nothing that was acknowledged", seed);
    }

    int run() throws IOException, InterruptedException {
        try (Scratch scratch = Scratch.create("disk-full")) {
            Path disk = Files.createDirectory(scratch.file("disk"));
            if (!command(scratch, "mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tidemill", disk.toString())) {
                System.out.println("SKIPPED: a file system of " + SIZE + " could not be mounted (needs root)");
                return 0;
            }
            Thread unmount = new Thread(() -> unmount(scratch, disk));
            Runtime.getRuntime().addShutdownHook(unmount);
            try {
                prove(scratch, disk);
            } finally {
                unmount(scratch, disk);
                Runtime.getRuntime().removeShutdownHook(unmount);
            }
        }
        return verdict.close();
    }

    private void prove(Scratch scratch, Path disk) throws IOException, InterruptedException {
        try (Site site = Site.open(scratch, disk.resolve("data"));
                var serving = site.serve(Map.of());
                Caller caller = site.caller();
                LineWatch watch = new LineWatch(site.simulator(), LINE)) {
            site.simulator().behave(Behaviour.of("tokens=300+ttft=" + pace + "ms"));
            InputFile input = new InputFile(scratch.file("input.jsonl"), "full", lines, "sim", 2000).write();
            String file = caller.upload(input.path());
            BatchState batch = caller.createBatch(file, "full");
            batch = awaitResults(caller, batch, lines / 10);
            Path filler = disk.resolve("filler");
            fill(filler);
            verdict.figure("results when the disk was filled", Long.toString(batch.completed()));
            long acknowledged = whileFull(serving.child(), caller, input, batch);
            Files.delete(filler);
            long freed = System.nanoTime();
            batch = awaitEnd(caller, batch, acknowledged);
            verdict.figure("status", batch.status());
            verdict.figure("space freed to the end", "%.1f s".formatted((System.nanoTime() - freed) / 1e9));
            verdict.figure("results", "%d completed, %d failed".formatted(batch.completed(), batch.failed()));
            verdict.faults(
                    "results",
                    new PatientClient(caller).results(batch, scratch.file("")).faults(input, batch));
            long repeated =
                    watch.asked().values().stream().filter(times -> times > 1).count();
            verdict.figure("lines asked for more than once", Long.toString(repeated));
            verdict.figure("lines_possibly_charged_twice", Long.toString(batch.chargedTwice()));
            if (repeated > batch.chargedTwice()) {
                verdict.fault("%d lines were repeated (expected: <= the %d that the batch admits)"
                        .formatted(repeated, batch.chargedTwice()));
            }
            if (watch.gap()) {
                verdict.fault("the provider was asked faster than this proof could count");
            }
        }
    }

    /** Looks at the relay while nothing can be written; returns the most results it told of. */
    private long whileFull(Child relay, Caller caller, InputFile input, BatchState batch) throws InterruptedException {
        long most = batch.completed() + batch.failed();
        String upload = "accepted";
        try {
            caller.upload(input.path());
            verdict.fault("an upload was accepted on a full disk");
        } catch (Refused refused) {
            upload = String.valueOf(refused.getMessage());
            if (refused.status() < 500) {
                verdict.fault("an upload on a full disk: %s (expected: a 5xx that says so)".formatted(upload));
            }
        } catch (IOException e) {
            upload = e.toString();
            verdict.fault("an upload on a full disk was cut off: %s (expected: a 5xx that says so)".formatted(e));
        }
        verdict.figure("an upload on the full disk", upload.strip());
        String chat = "answered";
        try {
            caller.post(
                    "/v1/chat/completions",
                    Map.of("model", "sim", "messages", List.of(Map.of("role", "user", "content", "hi"))));
        } catch (Refused refused) {
            chat = String.valueOf(refused.getMessage());
        } catch (IOException e) {
            chat = e.toString();
            verdict.fault("a live request on a full disk got no answer: " + e);
        }
        verdict.figure("a live request on the full disk", chat.strip());
        long until = System.nanoTime() + FULL.toNanos();
        while (System.nanoTime() < until) {
            try {
                BatchState now = caller.batch(batch.id());
                most = Math.max(most, now.completed() + now.failed());
                verdict.figure("status while full", now.status());
            } catch (IOException | Refused e) {
                verdict.fault("the batch cannot be read on a full disk: " + e.getMessage());
                break;
            }
            Thread.sleep(100);
        }
        if (!relay.alive()) {
            verdict.fault("the relay ended on a full disk:\n" + relay.tail());
        }
        return most;
    }

    private static BatchState awaitResults(Caller caller, BatchState batch, long results)
            throws IOException, InterruptedException {
        BatchState now = batch;
        long deadline = System.nanoTime() + END.toNanos();
        while (now.completed() < results && !now.ended() && System.nanoTime() < deadline) {
            Thread.sleep(10);
            now = caller.batch(batch.id());
        }
        return now;
    }

    private BatchState awaitEnd(Caller caller, BatchState batch, long acknowledged)
            throws IOException, InterruptedException {
        BatchState now = caller.batch(batch.id());
        long deadline = System.nanoTime() + END.toNanos();
        while (!now.ended()) {
            if (now.completed() + now.failed() < acknowledged) {
                verdict.fault("%d results were acknowledged, now there are %d"
                        .formatted(acknowledged, now.completed() + now.failed()));
                return now;
            }
            if (System.nanoTime() > deadline) {
                verdict.fault("not done %s after there was room again: %s".formatted(END, now));
                return now;
            }
            Thread.sleep(50);
            now = caller.batch(batch.id());
        }
        return now;
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int size = block.length; size > 0; ) {
                try {
                    out.write(block, 0, size);
                } catch (IOException full) {
                    size /= 2;
                }
            }
        }
    }

    private static void unmount(Scratch scratch, Path disk) {
        try {
            command(scratch, "umount", "--lazy", disk.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean command(Scratch scratch, String... words) throws InterruptedException {
        try (Child child = Child.start(words[0], scratch.file(words[0] + ".log"), List.of(words), Map.of())) {
            return child.await(Duration.ofSeconds(20)) == 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
