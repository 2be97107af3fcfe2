package dev.tidemill.batch.run;

import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.Ending;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two platform threads for whole files: one validates, one finalizes, so that neither waits for the other and no more than
 * one file of each kind is being read at a time.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final Intake intake;
    private final Finalizer finalizer;
    private final Runnable whenEnded;
    private final ExecutorService validating = thread("batch-intake");
    private final ExecutorService finalizing = thread("batch-finalizer");
    private volatile boolean closed;

    /** @param whenEnded called when a batch has ended */
    Workers(Intake intake, Finalizer finalizer, Runnable whenEnded) {
        this.intake = intake;
        this.finalizer = finalizer;
        this.whenEnded = whenEnded;
    }

    private static ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    /** @param then told what went wrong, null: nothing; it may also have been stopped */
    void validate(Run run, Consumer<@Nullable Throwable> then) {
        validating.execute(() -> report(then, () -> intake.run(run.batch(), () -> closed || run.stopped)));
    }

    void finish(Run run, Ending ending, Consumer<@Nullable Throwable> then) {
        finalizing.execute(() -> report(then, () -> {
            Batch ended = finalizer.run(run.batch(), ending, () -> closed);
            LOG.info(
                    "batch {}: {}, {} of {} lines succeeded, {} failed",
                    ended.id(),
                    ended.status().word(),
                    ended.tally().completed(),
                    ended.tally().total(),
                    ended.tally().failed());
            whenEnded.run();
        }));
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static void report(Consumer<@Nullable Throwable> then, Work work) {
        try {
            work.run();
        } catch (IOException | RuntimeException | Error e) {
            then.accept(e);
            return;
        }
        then.accept(null);
    }

    /** Stops what is being done at the next line or chunk; it is done again after the next start. */
    void close() throws InterruptedException {
        closed = true;
        validating.shutdown();
        finalizing.shutdown();
        for (ExecutorService each : new ExecutorService[] {validating, finalizing}) {
            if (!each.awaitTermination(5, TimeUnit.SECONDS)) {
                each.shutdownNow();
                each.awaitTermination(1, TimeUnit.SECONDS);
            }
        }
    }
}
