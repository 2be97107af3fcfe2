package dev.tidemill.bench.proof;

import dev.tidemill.bench.caller.BatchState;
import dev.tidemill.bench.caller.Caller;
import dev.tidemill.bench.caller.InputFile;
import dev.tidemill.bench.caller.Refused;
import dev.tidemill.bench.caller.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A client as it should be: it tries again when it got no answer or one that says later, and before it creates a batch
 * again it looks whether the first time worked after all.
 */
final class PatientClient {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PAUSE_MILLIS = 25;

    private final Caller caller;

    PatientClient(Caller caller) {
        this.caller = caller;
    }

    private interface Call<T> {
        T run() throws IOException, InterruptedException;
    }

    String upload(InputFile input) throws InterruptedException {
        return insist("upload", () -> caller.upload(input.path()));
    }

    boolean hasFile(String id) throws InterruptedException {
        return insist("get file", () -> caller.hasFile(id));
    }

    BatchState create(String file, String mark) throws InterruptedException {
        return insist("create batch", () -> {
            List<BatchState> already = caller.marked(mark);
            return already.isEmpty() ? caller.createBatch(file, mark) : already.getFirst();
        });
    }

    /** How many batches there are with this mark. */
    int count(String mark) throws InterruptedException {
        return insist("list batches", () -> caller.marked(mark)).size();
    }

    BatchState batch(String id) throws InterruptedException {
        return insist("get batch", () -> caller.batch(id));
    }

    Results results(BatchState batch, Path folder) throws InterruptedException {
        return insist("get results", () -> Results.of(caller, batch, folder));
    }

    private static <T> T insist(String what, Call<T> call) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return call.run();
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("%s: no answer for %s: %s".formatted(what, PATIENCE, e), e);
                }
            } catch (Refused refused) {
                if (refused.status() < 500 || System.nanoTime() > deadline) {
                    throw refused;
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
