package dev.tidemill.batch.run;

import dev.tidemill.batch.file.Blob;
import dev.tidemill.batch.intake.Plan;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.Ending;
import dev.tidemill.batch.job.Intent;
import dev.tidemill.batch.job.Lease;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One batch being worked on: the lines at hand and what is under way. Used by the conductor's thread alone.
 *
 * <p>A line of a leased chunk is at any moment in exactly one place: ready, waiting, in flight (its intent handed to the
 * store, or sent), or done (its result handed to the store). Counts are kept for the last two.
 */
final class Run {
    /** What is being done about the batch. */
    enum Phase {
        VALIDATING,
        RUNNING,
        FINALIZING
    }

    private final Batch batch;
    private final @Nullable Blob input;
    private final Share share;
    private final Deque<Line> ready = new ArrayDeque<>();
    private final Queue<Line> waiting = new PriorityQueue<>(Comparator.comparing((Line line) -> line.due));

    Phase phase;

    /** Intents and sends that have not ended. */
    int inFlight;

    /** Results handed to the store and not yet durable. */
    int unwritten;

    /** Set once no line may start any more; what is in flight may still answer until {@code endBy}. */
    @Nullable
    Ending ending;

    @Nullable
    Instant endBy;

    /** No line starts before: the provider turned some away. */
    Instant gate = Instant.MIN;

    /** A chunk has been asked for, or there was none; asked again at {@code leaseAgain}. */
    boolean leasing;

    boolean exhausted;
    Instant leaseAgain = Instant.MIN;

    /** The provider's account is spent, as far as the last answer tells. */
    boolean quota;

    /** Asked by the thread that validates: nobody wants to know any more. */
    volatile boolean stopped;

    Run(Batch batch, Phase phase, @Nullable Blob input, int concurrency) {
        this.batch = batch;
        this.phase = phase;
        this.input = input;
        this.share = new Share(concurrency);
    }

    Batch batch() {
        return batch;
    }

    long number() {
        return batch.number();
    }

    Share share() {
        return share;
    }

    void add(Lease lease) {
        Piece piece = new Piece(lease.chunk(), lease.firstLine(), new Plan(lease.plan()));
        int lines = piece.plan().lines();
        int[] tries = new int[lines];
        for (Intent intent : lease.ambiguous()) {
            tries[intent.line() - lease.firstLine()] = intent.tries();
        }
        for (int i = 0; i < lines; i++) {
            if (!lease.done().get(i)) {
                Line line = new Line(this, piece, i);
                line.tries = tries[i];
                ready.add(line);
            }
        }
    }

    /** Whether another chunk should be at hand soon. */
    boolean wantsLease(int concurrency, Instant now) {
        return phase == Phase.RUNNING
                && ending == null
                && !leasing
                && ready.size() < concurrency
                && waiting.size() < 2 * concurrency
                && !now.isBefore(leaseAgain);
    }

    /** The next line that may start; null: none now. Lines that were turned away go first. */
    @Nullable
    Line next(Instant now) {
        if (phase != Phase.RUNNING || ending != null || inFlight >= share.limit() || now.isBefore(gate)) {
            return null;
        }
        Line first = waiting.peek();
        if (first != null && !now.isBefore(first.due)) {
            return waiting.poll();
        }
        return waiting.size() < 2 * share.limit() + 16 ? ready.poll() : null;
    }

    /** The line was not sent after all. */
    void putBack(Line line) {
        ready.addFirst(line);
    }

    void await(Line line, Instant due) {
        line.due = due;
        waiting.add(line);
    }

    /** The chunk is somebody else's now: its lines are his to send. */
    void lose(int chunk) {
        ready.removeIf(line -> line.piece.chunk() == chunk);
        waiting.removeIf(line -> line.piece.chunk() == chunk);
        exhausted = false;
    }

    int waitingLines() {
        return waiting.size();
    }

    /** When a waiting line may go; null: none waits. */
    @Nullable
    Instant nextDue() {
        Line first = waiting.peek();
        if (first == null || ending != null) {
            return null;
        }
        return first.due.isAfter(gate) ? first.due : gate;
    }

    /** Whether nothing of this batch is in this process's hands any more. */
    boolean idle() {
        return ready.isEmpty() && waiting.isEmpty() && inFlight == 0 && unwritten == 0;
    }

    void end(Ending how, Instant by) {
        if (ending == null) {
            ending = how;
            endBy = by;
            ready.clear();
            waiting.clear();
        }
    }

    byte[] body(Line line) throws IOException {
        Plan plan = line.piece.plan();
        return input().bytes(plan.bodyOffset(line.index), plan.bodyLength(line.index));
    }

    /** The JSON string with its quotes, as it is in the input. */
    byte[] customId(Line line) throws IOException {
        Plan plan = line.piece.plan();
        return input().bytes(plan.idOffset(line.index), plan.idLength(line.index));
    }

    Blob input() throws IOException {
        if (input == null) {
            throw new IOException("batch " + batch.id() + ": no input file (expected: one, as it is running)");
        }
        return input;
    }

    void close() throws IOException {
        if (input != null) {
            input.close();
        }
    }

    static String lineId(Batch batch, int number) {
        return "batch_req_" + batch.id().substring("batch_".length()) + "_" + number;
    }
}
