package dev.tidemill.batch.run;

import dev.tidemill.batch.file.FileStore;
import dev.tidemill.batch.job.BatchStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what nobody needs any more, in small slices: rows of ended batches, files whose time is up. */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final int FILES = 100;
    private static final long ROUND_SECONDS = 60;

    private final BatchStore batches;
    private final FileStore files;
    private final InstantSource clock;
    private final Semaphore calls = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    Janitor(BatchStore batches, FileStore files, InstantSource clock) {
        this.batches = batches;
        this.files = files;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("batch-janitor").start(this::work);
    }

    /** There is something to delete. */
    void call() {
        calls.release();
    }

    private void work() {
        while (!closed) {
            try {
                calls.drainPermits();
                while (!closed && batches.forgetLines()) {
                    // slice by slice, so that others get their turn at the store
                }
                while (!closed && files.deleteExpired(clock.instant(), FILES) == FILES) {
                    // likewise
                }
                if (!closed) {
                    calls.tryAcquire(ROUND_SECONDS, TimeUnit.SECONDS);
                }
            } catch (IOException e) {
                LOG.warn("batches: old rows or files not deleted; trying again", e);
                pause();
            } catch (InterruptedException e) {
                LOG.debug("interrupted: looking again", e); // only close() ends this thread
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            LOG.debug("interrupted: looking again", e);
        }
    }

    void close() throws InterruptedException {
        closed = true;
        call();
        thread.join(5_000);
    }
}
