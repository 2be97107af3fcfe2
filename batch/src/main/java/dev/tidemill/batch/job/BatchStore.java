package dev.tidemill.batch.job;

import dev.tidemill.batch.Cursor;
import dev.tidemill.batch.Owner;
import dev.tidemill.batch.file.StoredFile;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where batches and the state of their lines are kept. Blocking unless it answers a future; what a call changed is durable
 * when it returns, or when the future completes. A full disk is a {@link dev.tidemill.batch.StorageFullException}.
 *
 * <h2>Leases, intents, results</h2>
 *
 * A line costs money when it is sent, so two things must not happen, even if the process is killed at any instruction: a
 * result that was received is lost, or a line that has a result is sent again. And one thing cannot be avoided: after a
 * kill, a line that was sent and not yet answered may or may not have been processed upstream. So:
 *
 * <ul>
 *   <li>A chunk of lines is <em>leased</em>: owner, until when, renewed by heartbeat. Only the holder may send its lines.
 *   <li>An <em>intent</em> is durable before its line is sent, and is refused when the lease is no longer the caller's.
 *       What has neither intent nor result was certainly not sent.
 *   <li>A <em>result</em> is durable before it counts, in the same transaction that removes the intent and moves the
 *       counters. It is taken from anyone, lease or not: the first result of a line wins and a second is dropped, because
 *       an answer that was paid for is worth more than the order of the house.
 *   <li>Who leases a chunk finds the intents that a dead holder left. These lines, and no others, are ambiguous: they are
 *       sent again under the same idempotency key and counted, once each, as possibly charged twice.
 * </ul>
 */
public interface BatchStore {
    /**
     * Stores a new batch in state validating, and pins the blob of its input file if the owner has that file, with
     * purpose {@code batch}, at this moment.
     *
     * @return the batch with its number and blob
     */
    Batch create(Batch batch) throws IOException;

    /** Null: there is none of this id, or it is another owner's. */
    @Nullable
    Batch find(Owner owner, String id) throws IOException;

    @Nullable
    Batch find(long number) throws IOException;

    /** Newest first. */
    List<Batch> list(Owner owner, @Nullable Cursor after, int limit) throws IOException;

    /** Batches that have not ended, by deadline. */
    List<Batch> unfinished(int limit) throws IOException;

    /**
     * Marks the batch as cancelling if it can still be.
     *
     * @return the batch as it is then; null as in {@link #find(Owner, String)}
     */
    @Nullable
    Batch cancel(Owner owner, String id, Instant at) throws IOException;

    /**
     * The file was refused.
     *
     * @return false: the batch was not validating any more
     */
    boolean fail(long batch, List<Fault> faults, Instant at) throws IOException;

    /**
     * The file was accepted: stores its chunks and starts the batch.
     *
     * @return false: the batch was not validating any more
     */
    boolean start(long batch, String model, List<PlannedChunk> chunks, Instant at) throws IOException;

    /** Leases the first chunk with open lines that nobody holds at {@code now}; empty: there is none. */
    CompletableFuture<Optional<Lease>> lease(long batch, String holder, Instant now, Instant until);

    /** Heartbeat: extends all leases of this holder. */
    CompletableFuture<Void> renew(String holder, Instant until);

    /**
     * Gives back leases.
     *
     * @param holder whose; null: everyone's, for a store that only one process can have open, at its start
     */
    void release(@Nullable String holder) throws IOException;

    /**
     * Takes one step.
     *
     * @return the intents that were refused, because {@code holder} does not hold their chunk or the line has a result
     */
    CompletableFuture<List<Intent>> advance(String holder, Advance step);

    /** Whether every line has a result. */
    boolean complete(long batch) throws IOException;

    /** No line starts any more. A batch that is being cancelled stays so. */
    void finalizing(long batch, Instant at) throws IOException;

    /** The plan, chunk by chunk from this one on. */
    List<PlannedChunk> chunks(long batch, int from, int limit) throws IOException;

    /** Results of lines {@code from} (included) to {@code to} (not included) in order, one at a time. */
    void results(long batch, int from, int to, ResultReader reader) throws IOException;

    /** Takes one stored result; whatever it throws ends the reading. */
    @FunctionalInterface
    interface ResultReader {
        void accept(int line, boolean ok, byte[] entry) throws IOException;
    }

    /**
     * The end, in one transaction: lists the files (null: none), sets the state and unpins the input. A batch that was
     * asked to cancel in the meantime ends cancelled.
     */
    Batch finish(long batch, Ending ending, @Nullable StoredFile output, @Nullable StoredFile errors, Instant at)
            throws IOException;

    /**
     * Deletes line rows of ended batches and gives room back to the disk, a bounded slice of it.
     *
     * @return whether there may be more
     */
    boolean forgetLines() throws IOException;
}
