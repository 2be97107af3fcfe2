package dev.tidemill.batch.run;

import dev.tidemill.batch.Ids;
import dev.tidemill.batch.StorageFullException;
import dev.tidemill.batch.file.Blobs;
import dev.tidemill.batch.file.FileStore;
import dev.tidemill.batch.intake.Validation;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchEvents;
import dev.tidemill.batch.job.BatchStore;
import dev.tidemill.batch.job.ModelCheck;
import dev.tidemill.relay.line.Lines;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches, from validation to their files. Started once over a store that no other process has open; whatever an
 * earlier one left unfinished, however it ended, goes on by itself.
 *
 * <p>Threads: {@code batch-conductor} decides, {@code batch-intake} and {@code batch-finalizer} go through whole files,
 * {@code batch-janitor} (virtual) deletes. Lines run on the event loops of {@link Lines}.
 */
public final class BatchEngine implements BatchEvents {
    private static final Logger LOG = LoggerFactory.getLogger(BatchEngine.class);

    private final BatchStore store;
    private final String holder;
    private final Janitor janitor;
    private final Workers workers;
    private final Conductor conductor;
    private final Thread thread;

    private BatchEngine(
            BatchStore store,
            FileStore files,
            Blobs blobs,
            Lines lines,
            ModelCheck models,
            Ids ids,
            EngineOptions options,
            InstantSource clock) {
        this.store = store;
        this.holder = ids.next("engine-");
        this.janitor = new Janitor(store, files, clock);
        this.workers = new Workers(
                new Intake(store, blobs, new Validation(options.limits(), options.chunkLines(), models), clock),
                new Finalizer(store, blobs, ids, clock),
                janitor::call);
        this.conductor = new Conductor(store, blobs, lines, workers, new Backoff(ids.random()), options, clock, holder);
        this.thread = Thread.ofPlatform().name("batch-conductor").daemon().unstarted(conductor::run);
    }

    /** Made and started. */
    public static BatchEngine start(
            BatchStore store,
            FileStore files,
            Blobs blobs,
            Lines lines,
            ModelCheck models,
            Ids ids,
            EngineOptions options,
            InstantSource clock)
            throws IOException {
        BatchEngine engine = of(store, files, blobs, lines, models, ids, options, clock);
        engine.start();
        return engine;
    }

    /**
     * Does nothing before {@link #start}: a process that fails on its way up, as one whose port is taken does, has sent no
     * line that the next one would have to send again.
     *
     * @param models asked once for each batch's model
     * @param clock deadlines and waits are counted on it; it is looked at ten times a second at least while there is work
     */
    public static BatchEngine of(
            BatchStore store,
            FileStore files,
            Blobs blobs,
            Lines lines,
            ModelCheck models,
            Ids ids,
            EngineOptions options,
            InstantSource clock)
            throws IOException {
        try {
            store.release(null); // whoever held leases is gone: the store is ours alone
        } catch (StorageFullException e) {
            LOG.warn("batches: old leases stay until they run out: {}", e.getMessage());
        }
        return new BatchEngine(store, files, blobs, lines, models, ids, options, clock);
    }

    /** Takes up what is unfinished, and then what comes. Once. */
    public void start() {
        thread.start();
    }

    @Override
    public void created(Batch batch) {
        conductor.post(new Event.Look());
    }

    @Override
    public void cancelled(Batch batch) {
        conductor.post(new Event.Cancelled(batch.number()));
    }

    @Override
    public @Nullable String pausedReason(long batch) {
        return conductor.pausedReason(batch);
    }

    public Gauges gauges() {
        return conductor.gauges();
    }

    /**
     * Starts no more lines, waits for those in flight, stores their results, and gives its leases back. Lines that have not
     * answered when {@code patience} is over are sent again at the next start, and then counted as possibly charged twice.
     */
    public void close(Duration patience) {
        conductor.close(System.nanoTime() + patience.toNanos());
        try {
            thread.join();
            workers.close();
            janitor.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            store.release(holder);
        } catch (IOException e) {
            LOG.warn("batches: leases stay until the next start", e);
        }
    }
}
