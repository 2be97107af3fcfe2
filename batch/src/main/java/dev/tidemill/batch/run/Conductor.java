package dev.tidemill.batch.run;

import dev.tidemill.batch.StorageFullException;
import dev.tidemill.batch.file.Blob;
import dev.tidemill.batch.file.Blobs;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchStore;
import dev.tidemill.batch.job.Ending;
import dev.tidemill.batch.job.Intent;
import dev.tidemill.batch.job.LineResult;
import dev.tidemill.batch.run.Run.Phase;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.line.Lines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the lines of all batches: one thread that decides, and that alone touches {@link Run}s and {@link Line}s, so nothing
 * here is locked. What takes long goes elsewhere and comes back as an {@link Event}: lines to the Exchange's event loops,
 * steps to the store's writer, files to two workers.
 *
 * <p><b>One step at a time.</b> Each turn takes the events that have come, and makes of them one {@link Step}: the results
 * and withdrawals since the last step, and as many lines to start as there are free slots. While its commit is under way
 * more answers come and gather for the next. So a result costs a share of one commit, and a slot is free for a new line
 * about one commit after its answer came. At 64 lines in flight and a commit of a millisecond that is some ten thousand
 * lines a second at most, far from being what limits a batch.
 *
 * <p><b>Nothing is sent before its intent is durable, and nothing counts before its result is.</b> Lines are sent when the
 * step that holds their intents comes back, never earlier. If a step fails, its results stay here and go into the next one;
 * its intents do not, their lines go back to the ready ones, and no line starts until a step has succeeded again. What is
 * kept meanwhile is bounded, because only lines that were in flight can still answer. Also, while the disk's free space is
 * below a reserve, no line starts: what is in flight then finds room.
 *
 * <p><b>Waiting lines hold no slot.</b> A line that was turned away (429, 503 of ours) or met an error waits in its run's
 * queue; its intent is withdrawn, so it will not be called ambiguous after a crash. When most lines
 * are turned away, the run as a whole pauses as long as the provider asked for, and its {@link Share} of the concurrency
 * shrinks, so that a rate limit is met by fewer lines and not by the same ones more often.
 */
final class Conductor {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);
    private static final Duration STORAGE_AGAIN = Duration.ofSeconds(1);
    private static final Duration LEASE_AGAIN = Duration.ofSeconds(1);
    private static final Duration QUOTA_AGAIN = Duration.ofSeconds(60);
    private static final Duration SPACE_CHECK = Duration.ofSeconds(1);
    private static final long IDLE_MS = 1_000;
    private static final long BUSY_MS = 100; // also how soon a clock that is moved by hand is noticed
    private static final long HEADROOM_MS = 20;
    private static final int LISTED = 4; // open batches looked at, per active one
    private static final long UNWRITTEN_BYTES = 32L << 20;

    private final BatchStore store;
    private final Blobs blobs;
    private final Lines lines;
    private final Workers workers;
    private final Backoff backoff;
    private final EngineOptions options;
    private final InstantSource clock;
    private final String holder;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<Long, String> reasons = new ConcurrentHashMap<>();

    private final Map<Long, Run> runs = new HashMap<>();
    private final Map<Long, Instant> stalled = new HashMap<>();
    private final List<Step.Done> results = new ArrayList<>();
    private final List<Line> withdrawn = new ArrayList<>();
    private long resultBytes;
    private boolean look = true;
    private boolean stepping;
    private boolean noHeadroom;
    private boolean lowSpace;
    private boolean storageFailing;
    private boolean storageFull;
    private Instant storageAgain = Instant.MIN;
    private Instant spaceChecked = Instant.MIN;
    private Instant renewed;
    private int inFlight;
    private long bytesInFlight;
    private volatile Gauges gauges = Gauges.NONE;
    private volatile boolean closing;
    private volatile long closeBy;

    Conductor(
            BatchStore store,
            Blobs blobs,
            Lines lines,
            Workers workers,
            Backoff backoff,
            EngineOptions options,
            InstantSource clock,
            String holder) {
        this.store = store;
        this.blobs = blobs;
        this.lines = lines;
        this.workers = workers;
        this.backoff = backoff;
        this.options = options;
        this.clock = clock;
        this.holder = holder;
        this.renewed = clock.instant();
    }

    void post(Event event) {
        events.add(event);
    }

    Gauges gauges() {
        return gauges;
    }

    @Nullable
    String pausedReason(long batch) {
        return reasons.get(batch);
    }

    /** No line starts any more; {@link #run} returns when none is in flight, or at this {@code System.nanoTime()}. */
    void close(long deadline) {
        closeBy = deadline;
        closing = true;
        post(new Event.Look());
    }

    /** The thread's life. */
    void run() {
        List<Event> turn = new ArrayList<>();
        while (!closing || (!quiet() && System.nanoTime() - closeBy < 0)) {
            try {
                Event first = events.poll(patience(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    turn.add(first);
                    events.drainTo(turn);
                }
                turn.forEach(this::guarded);
                advance();
            } catch (InterruptedException e) {
                LOG.debug("interrupted: looking again", e); // only close() ends this thread
            } catch (RuntimeException e) {
                LOG.error("batches: an unexpected failure; going on", e);
            }
            turn.clear();
        }
        runs.values().forEach(this::closeInput);
    }

    /** One event that goes wrong must not take the others of its turn along. */
    private void guarded(Event event) {
        try {
            handle(event);
        } catch (RuntimeException e) {
            LOG.error(
                    "batches: an unexpected failure at {}; going on",
                    event.getClass().getSimpleName(),
                    e);
        }
    }

    private boolean quiet() {
        return inFlight == 0 && !stepping && results.isEmpty() && withdrawn.isEmpty() && events.isEmpty();
    }

    private void handle(Event event) {
        switch (event) {
            case Event.Look look -> this.look = true;
            case Event.Cancelled cancelled -> cancelled(cancelled.batch());
            case Event.Answered answered -> answered(answered.line(), answered.answer());
            case Event.Stepped stepped -> stepped(stepped);
            case Event.Leased leased -> leased(leased);
            case Event.Worked worked -> worked(worked.run(), worked.failure());
        }
    }

    /** What is due, whatever has happened. */
    private void advance() {
        Instant now = clock.instant();
        if (!closing) {
            wakeStalled(now);
            if (look && !now.isBefore(storageAgain)) {
                look = false;
                lookForBatches(now);
            }
            heartbeat(now);
            checkSpace(now);
            for (Run run : List.copyOf(runs.values())) {
                settle(run, now);
            }
        }
        if (!stepping && !now.isBefore(storageAgain)) {
            step(now);
        }
        report(now);
    }

    // ---- which batches

    private void lookForBatches(Instant now) {
        try {
            for (Batch batch : store.unfinished(options.active() * LISTED)) {
                if (!runs.containsKey(batch.number()) && !stalled.containsKey(batch.number())) {
                    take(batch, now);
                }
            }
        } catch (IOException e) {
            storageFailed(e);
            look = true;
        }
    }

    private void take(Batch batch, Instant now) {
        try {
            switch (batch.status()) {
                case VALIDATING -> {
                    Run run = new Run(batch, Phase.VALIDATING, null, 1);
                    runs.put(batch.number(), run);
                    workers.validate(run, failure -> post(new Event.Worked(run, failure)));
                }
                case IN_PROGRESS -> {
                    if (count(Phase.RUNNING) < options.active()) {
                        Run run = new Run(batch, Phase.RUNNING, open(batch), options.concurrency());
                        runs.put(batch.number(), run);
                        LOG.info(
                                "batch {}: running {} lines",
                                batch.id(),
                                batch.tally().total());
                    }
                }
                case FINALIZING -> {
                    boolean complete = store.complete(batch.number());
                    finish(new Run(batch, Phase.FINALIZING, null, 1), complete ? Ending.COMPLETED : Ending.EXPIRED);
                }
                case CANCELLING -> finish(new Run(batch, Phase.FINALIZING, null, 1), Ending.CANCELLED);
                case FAILED, COMPLETED, EXPIRED, CANCELLED -> {}
            }
        } catch (IOException e) {
            stall(batch, e, now);
        }
    }

    private Blob open(Batch batch) throws IOException {
        String blob = batch.inputBlob();
        if (blob == null) {
            throw new IOException("no input file (expected: one, as it is running)");
        }
        return blobs.open(blob);
    }

    private void cancelled(long number) {
        Run run = runs.get(number);
        if (run == null) {
            look = true;
            try {
                Batch batch = store.find(number);
                if (batch != null) {
                    take(batch, clock.instant());
                }
            } catch (IOException e) {
                LOG.warn("batch {}: cannot be read to cancel it; trying again", number, e);
            }
            return;
        }
        run.stopped = true;
        if (run.phase == Phase.RUNNING) {
            run.end(Ending.CANCELLED, clock.instant().plus(options.lastAnswers()));
        }
    }

    /** A batch whose work failed as a whole is left alone for a while. */
    private void stall(Batch batch, Throwable failure, Instant now) {
        boolean full = failure instanceof StorageFullException;
        if (!closing) {
            LOG.warn(
                    "batch {}: {}; trying again",
                    batch.id(),
                    full ? failure.getMessage() : "failed",
                    full ? null : failure);
        }
        reasons.put(batch.number(), full ? "storage_full" : "storage_error");
        stalled.put(batch.number(), now.plus(STORAGE_AGAIN));
    }

    private void wakeStalled(Instant now) {
        if (stalled.values().removeIf(again -> !now.isBefore(again))) {
            look = true;
        }
    }

    private void worked(Run run, @Nullable Throwable failure) {
        runs.remove(run.number());
        closeInput(run);
        if (failure != null) {
            stall(run.batch(), failure, clock.instant());
        } else {
            reasons.remove(run.number());
        }
        look = true;
    }

    private void closeInput(Run run) {
        try {
            run.close();
        } catch (IOException e) {
            LOG.debug("batch {}: input not closed", run.batch().id(), e);
        }
    }

    // ---- one batch

    private void settle(Run run, Instant now) {
        if (run.phase != Phase.RUNNING) {
            return;
        }
        if (!now.isBefore(run.batch().stamps().expires())) {
            run.end(Ending.EXPIRED, now.plus(options.lastAnswers()));
        }
        Ending ending = run.ending;
        if (ending != null) {
            boolean waited = run.endBy != null && !now.isBefore(run.endBy);
            if (run.unwritten == 0 && (run.inFlight == 0 || waited)) {
                finish(run, ending);
            }
        } else if (run.exhausted && run.idle()) {
            finishIfComplete(run, now);
        } else if (run.wantsLease(options.concurrency(), now)) {
            lease(run, now);
        }
    }

    private void finishIfComplete(Run run, Instant now) {
        try {
            if (store.complete(run.number())) {
                finish(run, Ending.COMPLETED);
                return;
            }
        } catch (IOException e) {
            LOG.warn(
                    "batch {}: cannot count its results; trying again",
                    run.batch().id(),
                    e);
        }
        run.exhausted = false;
        run.leaseAgain = now.plus(LEASE_AGAIN);
    }

    private void finish(Run run, Ending ending) {
        run.phase = Phase.FINALIZING;
        runs.put(run.number(), run);
        workers.finish(run, ending, failure -> post(new Event.Worked(run, failure)));
    }

    private void lease(Run run, Instant now) {
        run.leasing = true;
        store.lease(run.number(), holder, now, now.plus(options.lease()))
                .whenComplete((lease, failure) ->
                        post(new Event.Leased(run, failure == null ? lease : Optional.empty(), cause(failure))));
    }

    private void leased(Event.Leased leased) {
        Run run = leased.run();
        run.leasing = false;
        if (leased.failure() != null) {
            storageFailed(leased.failure());
            run.leaseAgain = clock.instant().plus(LEASE_AGAIN);
        } else if (leased.lease().isEmpty()) {
            run.exhausted = true;
            run.leaseAgain = clock.instant().plus(LEASE_AGAIN);
        } else if (run.ending == null) {
            run.add(leased.lease().get());
        }
    }

    private void heartbeat(Instant now) {
        if (count(Phase.RUNNING) > 0
                && !now.isBefore(renewed.plus(options.lease().dividedBy(3)))) {
            renewed = now;
            store.renew(holder, now.plus(options.lease())).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn("batches: leases not renewed", failure);
                }
            });
        }
    }

    private void checkSpace(Instant now) {
        if (count(Phase.RUNNING) == 0 || now.isBefore(spaceChecked.plus(SPACE_CHECK))) {
            return;
        }
        spaceChecked = now;
        try {
            long free = blobs.usableBytes();
            boolean low = free < options.spareBytes();
            if (low && !lowSpace) {
                LOG.warn(
                        "batches: {} bytes free (expected: >= {}); no line starts until there are",
                        free,
                        options.spareBytes());
            }
            lowSpace = low;
        } catch (IOException e) {
            LOG.warn("batches: free space unknown", e);
        }
    }

    // ---- steps

    private void step(Instant now) {
        List<Line> starting = choose(now);
        if (results.isEmpty() && withdrawn.isEmpty() && starting.isEmpty()) {
            return;
        }
        Step step = new Step(results, withdrawn, starting);
        results.clear();
        withdrawn.clear();
        resultBytes = 0;
        stepping = true;
        store.advance(holder, step.advance())
                .whenComplete((refused, failure) ->
                        post(new Event.Stepped(step, failure == null ? refused : List.of(), cause(failure))));
    }

    /** Lines to start, one of each batch in turn, the batch with the nearest deadline first. */
    private List<Line> choose(Instant now) {
        List<Line> chosen = new ArrayList<>();
        noHeadroom = false;
        if (closing || lowSpace || (storageFailing && !results.isEmpty()) || resultBytes > UNWRITTEN_BYTES) {
            return chosen;
        }
        List<Run> turn = new ArrayList<>(runs.values());
        turn.removeIf(run -> run.phase != Phase.RUNNING || run.ending != null);
        turn.sort(Comparator.comparing((Run run) -> run.batch().stamps().expires())
                .thenComparingLong(Run::number));
        while (!turn.isEmpty()) {
            for (Run run : List.copyOf(turn)) {
                if (inFlight >= options.concurrency()) {
                    return chosen;
                }
                Line line = startable(run, now);
                if (line == null) {
                    turn.remove(run);
                    continue;
                }
                run.inFlight++;
                inFlight++;
                bytesInFlight += line.bodyLength();
                chosen.add(line);
            }
        }
        return chosen;
    }

    private @Nullable Line startable(Run run, Instant now) {
        String model = run.batch().model();
        if (model != null && !lines.headroom(model)) {
            noHeadroom = true;
            return null;
        }
        Line line = run.next(now);
        if (line != null && inFlight > 0 && bytesInFlight + line.bodyLength() > options.bytesInFlight()) {
            run.putBack(line);
            return null;
        }
        return line;
    }

    private void stepped(Event.Stepped stepped) {
        stepping = false;
        Step step = stepped.step();
        if (stepped.failure() != null) {
            storageFailed(stepped.failure());
            results.addAll(0, step.results());
            step.results().forEach(done -> resultBytes += done.result().entry().length);
            withdrawn.addAll(0, step.withdrawn());
            for (Line line : step.starting().reversed()) {
                ended(line);
                if (line.run.ending == null) {
                    line.run.putBack(line);
                }
            }
            return;
        }
        if (storageFailing) {
            storageFailing = false;
            LOG.info("batches: the store writes again");
        }
        step.results().forEach(done -> done.line().run.unwritten--);
        Set<Intent> refused = new HashSet<>(stepped.refused());
        for (Line line : step.starting()) {
            if (refused.contains(line.intent())) {
                ended(line);
                line.run.lose(line.piece.chunk());
            } else {
                send(line);
            }
        }
    }

    private void storageFailed(Throwable failure) {
        storageFull = failure instanceof StorageFullException;
        if (!storageFailing) {
            LOG.warn(
                    "batches: nothing can be written, so nothing is sent: {}",
                    failure.getMessage(),
                    storageFull ? null : failure);
        }
        storageFailing = true;
        storageAgain = clock.instant().plus(STORAGE_AGAIN);
    }

    /** The line holds no slot any more. */
    private void ended(Line line) {
        line.run.inFlight--;
        inFlight--;
        bytesInFlight -= line.bodyLength();
    }

    // ---- lines

    private void send(Line line) {
        Run run = line.run;
        if (closing || run.ending != null) {
            ended(line);
            withdrawn.add(line);
            return;
        }
        LineRequest request;
        try {
            line.customId = run.customId(line);
            request =
                    new LineRequest(run.batch().keyId(), run.batch().endpoint(), run.body(line), line.idempotencyKey());
        } catch (IOException e) {
            LOG.error(
                    "batch {}: line {} cannot be read; trying again",
                    run.batch().id(),
                    line.physical(),
                    e);
            ended(line);
            withdrawn.add(line);
            run.await(line, clock.instant().plus(STORAGE_AGAIN));
            return;
        }
        try {
            lines.run(request, answer -> post(new Event.Answered(line, answer)));
        } catch (RuntimeException e) {
            LOG.error("batch {}: line {} could not be started", run.batch().id(), line.physical(), e);
            post(new Event.Answered(line, notStarted()));
        }
    }

    private static LineAnswer notStarted() {
        Failure failure = Failure.of(Failure.Kind.OURS, "internal_error", "The line could not be started.");
        byte[] body =
                "{\"error\":{\"message\":\"The line could not be started.\",\"type\":\"server_error\",\"param\":null,\"code\":\"internal_error\"}}"
                        .getBytes(StandardCharsets.US_ASCII);
        return new LineAnswer(500, "", body, null, failure, null, false);
    }

    private void answered(Line line, LineAnswer answer) {
        Run run = line.run;
        ended(line);
        if (run.phase != Phase.RUNNING) {
            LOG.warn(
                    "batch {}: line {} answered after its batch had ended; dropped",
                    run.batch().id(),
                    line.physical());
            return;
        }
        switch (Outcome.of(answer)) {
            case SUCCESS -> done(line, answer, true);
            case REFUSED -> done(line, answer, false);
            case RETRY -> {
                line.tries++;
                if (line.tries >= options.tries()) {
                    done(line, answer, false);
                } else {
                    run.share().answered();
                    again(line, backoff.next(line.tries - 1, answer.retryAfter()), false);
                }
            }
            case WAIT -> {
                boolean all = run.share().turnedAway();
                again(line, backoff.next(line.waits++, answer.retryAfter()), all);
            }
            case QUOTA -> {
                run.share().turnedAway();
                run.quota = true;
                again(line, backoff.next(line.waits++, QUOTA_AGAIN), true);
            }
        }
    }

    private void done(Line line, LineAnswer answer, boolean ok) {
        Run run = line.run;
        run.share().answered();
        run.quota = false;
        byte[] entry = Entry.answered(Run.lineId(run.batch(), line.number()), line.customId, answer);
        resultBytes += entry.length;
        run.unwritten++;
        results.add(new Step.Done(
                line, new LineResult(run.number(), line.piece.chunk(), line.number(), ok, entry, answer.usage())));
    }

    /** @param all whether the whole batch waits with it */
    private void again(Line line, Duration delay, boolean all) {
        Run run = line.run;
        withdrawn.add(line);
        if (run.ending != null) {
            return; // it will be written as unanswered
        }
        Instant due = clock.instant().plus(delay);
        if (all && due.isAfter(run.gate)) {
            run.gate = due;
        }
        run.await(line, due);
    }

    // ---- telling and waiting

    private void report(Instant now) {
        int waiting = 0;
        for (Run run : runs.values()) {
            waiting += run.waitingLines();
            if (run.phase == Phase.RUNNING) {
                String reason = reason(run, now);
                if (reason == null) {
                    reasons.remove(run.number());
                } else {
                    reasons.put(run.number(), reason);
                }
            }
        }
        gauges = new Gauges(count(Phase.VALIDATING), count(Phase.RUNNING), count(Phase.FINALIZING), inFlight, waiting);
    }

    private @Nullable String reason(Run run, Instant now) {
        if (lowSpace || storageFailing) {
            return lowSpace || storageFull ? "storage_full" : "storage_error";
        }
        if (run.inFlight > 0 || !now.isBefore(run.gate)) {
            return null;
        }
        return run.quota ? "provider_quota" : "rate_limited";
    }

    private int count(Phase phase) {
        int count = 0;
        for (Run run : runs.values()) {
            if (run.phase == phase) {
                count++;
            }
        }
        return count;
    }

    /** How long nothing will be due, in milliseconds. */
    private long patience() {
        if (look && !closing) {
            return 50;
        }
        if (runs.isEmpty() && stalled.isEmpty() && !closing) {
            return IDLE_MS;
        }
        long millis = noHeadroom ? HEADROOM_MS : BUSY_MS;
        Instant now = clock.instant();
        for (Run run : runs.values()) {
            Instant due = run.nextDue();
            if (due != null && due.isAfter(now)) { // else it waits for a slot, and so for an event
                millis = Math.min(millis, Math.max(1, Duration.between(now, due).toMillis()));
            }
        }
        return millis;
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
