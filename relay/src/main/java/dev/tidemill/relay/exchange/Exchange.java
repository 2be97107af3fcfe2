package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy.ClientGone;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.splice.Transcript;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model call from the caller's first byte to the record of it: the only path there is, for live requests and batch
 * lines alike.
 *
 * <p>{@link #LIFE} is the story. Each phase is one file with one method that says {@link Step#NEXT}, {@link Step#WAIT},
 * {@link Step#AGAIN} or {@link Step#FAIL}; {@link #run} walks the list until one waits, and {@link #resume} walks on from
 * there. A phase that need not wait is a method call: no task, no future, no allocation. Everything happens on the event
 * loop of whoever asked, so nothing here is locked or volatile; only {@code resume} may be called from elsewhere, and it
 * hops onto the loop. Running a waiting phase once too often is harmless, because it looks at what it waits for.
 *
 * <p>A failure can come at any moment: from a phase, from the upstream, from a clock, from a client that leaves. The first
 * one counts. It gives up the attempt, tells the caller whatever can still be told, and goes to the last phase.
 */
public final class Exchange implements Runnable {
    /** The life of an exchange, in order. What is still to come has its line here and its file beside this one. */
    public static final List<Phase> LIFE = List.of(
            new Authenticate(), // whose key is it
            new Read(), //         the whole body, looked at once
            new Background(), //   whether anybody listens
            new Locate(), //       who holds what it goes on from
            new Route(), //        the model asked for, and its targets
            new Admit(), //        as far as limits and load allow, or after a wait
            new Pick(), //         a target that may answer          ← an attempt begins
            new Connect(), //      a connection to it
            new Send(), //         the request, edited by splicing
            new Await(), //        until the first content, or a whole answer
            new Remember(), //     who holds this answer, on disk    ← nothing has left yet
            new Deliver(), //      to the caller, event by event
            new Record()); //      access log and metrics

    private static final String LEFT = "the client had left";
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final ExchangeLoop home;
    private Downstream downstream;
    private final Address address;
    private final String requestId;
    private final long begun;
    private final long[] phaseNanos;

    private int at;
    private long entered;
    private long restless;
    private boolean waited;
    private boolean inRun;
    private boolean resumed;
    private boolean over;
    private boolean scanning;
    int place;

    private @Nullable Failure failure;
    private @Nullable Key key;
    private @Nullable Asked asked;
    private @Nullable Model model;
    private @Nullable Choice choice;
    private @Nullable CompletableFuture<@Nullable ResponseRecord> lookup;
    private @Nullable ResponseRecord record;
    private @Nullable CompletableFuture<?> forgetting;
    private @Nullable Pin pin;
    private boolean background;
    private long affinity;
    private final Claims claims = new Claims(this);
    private final Watch watch = new Watch(this);
    private @Nullable Attempt attempt;
    private int attempts;
    private @Nullable Tries tries;
    private @Nullable Hedge hedge;
    private boolean again;
    private @Nullable Broken broken;

    private boolean opened;
    private boolean gone;

    /** @param begun by {@link System#nanoTime} */
    public Exchange(ExchangeLoop home, Downstream downstream, Address address, String requestId, long begun) {
        this.begun = begun;
        this.entered = begun;
        this.restless = begun;
        this.home = home;
        this.downstream = downstream;
        this.address = address;
        this.requestId = requestId;
        this.phaseNanos = new long[home.phases().length];
    }

    /** Begins; on the loop. */
    public void start() {
        home.started(this);
        home.meters().started(downstream.live());
        home.loop().deadlines().add(watch);
        run();
    }

    /** Walks on, as far as it goes. */
    @Override
    public void run() {
        if (inRun || over) {
            resumed = true;
            return;
        }
        inRun = true;
        do {
            resumed = false;
            Phase[] phases = home.phases();
            boolean waiting = false;
            while (!waiting && at < phases.length) {
                switch (step(phases[at])) {
                    case NEXT -> enter(at + 1);
                    case AGAIN -> enter(indexOf(Pick.class));
                    case FAIL -> enter(phases.length - 1);
                    case WAIT -> waiting = waited = true;
                }
            }
            over = at == phases.length;
        } while (resumed && !over);
        inRun = false;
    }

    private Step step(Phase phase) {
        if (at < phaseNanos.length - 1) {
            if (failure != null) {
                return Step.FAIL;
            }
            if (again) {
                again = false;
                return Step.AGAIN;
            }
        }
        try {
            return phase.run(this);
        } catch (RuntimeException e) {
            broke(phase, e);
            return at < phaseNanos.length - 1 ? Step.FAIL : Step.NEXT;
        }
    }

    /** A bug of ours: it ends this exchange and no other. */
    void broke(Phase phase, RuntimeException e) {
        LOG.error("request {} failed in {}", requestId, phase.phaseName(), e);
        fail(Failure.of(
                        Kind.OURS,
                        "internal_error",
                        "an error of the relay's own; the log has it under request id " + requestId)
                .withDetail(e.toString()));
    }

    /** The same outside of the phases, where nobody else would end it. */
    void broke(RuntimeException e) {
        Phase[] phases = home.phases();
        broke(phases[Math.min(at, phases.length - 1)], e);
    }

    private void enter(int next) {
        if (waited || next == phaseNanos.length - 1) {
            passed(System.nanoTime());
            restless = waited ? entered : restless;
            waited = false;
        }
        at = next;
    }

    /** What was done since this was last told counts for the present phase. */
    void passed(long now) {
        phaseNanos[at] += now - entered;
        entered = now;
    }

    private int indexOf(Class<? extends Phase> phase) {
        Phase[] phases = home.phases();
        for (int i = 0; i < phases.length; i++) {
            if (phase.isInstance(phases[i])) {
                return i;
            }
        }
        throw new IllegalStateException("no " + phase.getSimpleName() + " in this life");
    }

    /** What the current phase waits for may have come. From any thread. */
    public void resume() {
        if (home.loop().inLoop()) {
            run();
        } else {
            home.loop().execute(this);
        }
    }

    /** Ends the exchange with a failure, unless it has one or is over; on the loop. */
    public void fail(Failure reason) {
        if (failure != null || over || at == phaseNanos.length - 1) {
            return;
        }
        failure = gone && reason.kind() != Kind.CLIENT_GONE ? unheard(reason) : reason;
        Attempt last = attempt;
        boolean streaming = last != null && last.committed();
        dropHedge();
        if (last != null) {
            last.abandon();
        }
        if (gone || reason.kind() == Kind.CLIENT_GONE) {
            downstream.reset();
        } else if (!streaming && opened) {
            downstream.failStream(
                    reason, dialect().answerStream(asked().choices()).error(reason.text(requestId)));
        } else if (!streaming) {
            downstream.reset();
            downstream.fail(reason, this);
        } else if (last != null && last.delivered()) {
            LOG.debug("request {} failed after its answer: {}", requestId, reason.code());
        } else if (last != null && last.streams()) {
            downstream.failStream(reason, last.errorEvent(reason.text(requestId)));
        } else {
            downstream.abort();
        }
        run();
    }

    private static Failure unheard(Failure reason) {
        String detail = reason.detail();
        return reason.withDetail(detail == null ? LEFT : detail + "; " + LEFT);
    }

    /** The present attempt has come to nothing: another one, if there may be one, or the end. */
    void attemptFailed(Attempt which, Failure reason) {
        if (failure == null && !over && !triesAgain(which, reason)) {
            which.outcome().failed(reason);
            fail(reason);
        }
    }

    /** Gives the present attempt up for another one, if what has left for the caller can be gone on with and the table says so. */
    boolean triesAgain(Attempt which, Failure reason) {
        Hedge two = hedge;
        if (two != null && two.both() && failure == null && !attempt().committed()) {
            if (!Recovery.stops(this, reason)) {
                two.oneIsLeft(which, reason);
                return true;
            }
            two.decidedBy(which);
        }
        Attempt last = attempt();
        Transcript client = last.committed() ? last.transcript() : null;
        if (failure != null || again || gone || (last.committed() && client == null)) {
            return again;
        }
        Tries all = failed(last, reason);
        if (!follows(last, all, reason)) {
            return false;
        }
        if (client != null) {
            breaks(last, client, reason);
        }
        last.abandon();
        downstream.reset();
        watch.pause();
        again = true;
        run();
        return true;
    }

    /** The attempt's target went down before it was asked: another is picked, as if this one had not begun, unless one is asked already. */
    void withdraw(Attempt which) {
        attempts--;
        if (hedge != null && hedge.withdraws(which)) {
            return;
        }
        attempt = null;
        which.abandon();
        watch.pause();
        again = true;
        run();
    }

    private boolean follows(Attempt last, Tries all, Failure reason) {
        if (last.goesOn() && broken().refused(reason)) {
            return Recovery.repeat(this, all) || Recovery.plan(this, all, broken().why());
        }
        return !Broken.isDifference(reason) && Recovery.plan(this, all, reason);
    }

    /** What has left for the caller stays; the next answer goes behind it. */
    private void breaks(Attempt last, Transcript client, Failure reason) {
        Broken now = broken;
        if (now == null) {
            broken = now = new Broken(this, last, client, reason);
            opened = true;
        }
        now.add(last);
    }

    Tries failed(Attempt which, Failure reason) {
        Tries all = tries;
        if (all == null) {
            all = tries = new Tries(model().targets().size());
        }
        all.failed(which, reason);
        which.outcome().failed(reason);
        return all;
    }

    /** How it may be hedged; null: not. */
    @Nullable
    Hedge hedge() {
        return hedge;
    }

    /** No second target is asked any more. */
    void dropHedge() {
        if (hedge != null) {
            hedge.drop();
        }
    }

    /** Another attempt goes on in place of the present one. */
    void replaceAttempt(Attempt winner) {
        attempt().abandon();
        downstream.reset();
        attempt = winner;
    }

    /** One attempt more has begun. */
    void began() {
        attempts++;
    }

    /** The caller has left. */
    public void clientGone() {
        if (failure == null && !over && downstream.detach()) {
            downstreamWritable();
            return;
        }
        Attempt last = attempt;
        if (last == null || !last.running() || failure != null || over) {
            giveUp();
            return;
        }
        Failure told = last.told();
        if (told != null) {
            gone = true;
            last.outcome().failed(told);
            fail(told); // which may be why the client has left
        } else if (model().policy().clientGone() != ClientGone.CANCEL) {
            readOn();
        } else {
            giveUp();
        }
    }

    void giveUp() {
        fail(Failure.of(Kind.CLIENT_GONE, "client_gone", "the client closed the connection"));
    }

    /** The answer is read to its end for nobody, so that what it cost is known. */
    private void readOn() {
        boolean bounded = model().policy().clientGone() == ClientGone.DRAIN;
        Downstream left = downstream;
        dropHedge();
        downstream = new Gone(this, left, bounded ? Gone.MOST : Long.MAX_VALUE);
        gone = true;
        left.done();
        watch.clientGone(bounded);
        attempt().read(true);
    }

    /** Whether the client has left and the answer is read on without it. */
    boolean gone() {
        return gone;
    }

    /** The caller reads again. */
    public void downstreamWritable() {
        Attempt now = attempt;
        if (now != null) {
            now.read(true);
            watch.progress(true);
        }
    }

    /** Nothing has left for a while; the first time, if the route says so, that opens the stream. */
    void beat() {
        if (failure != null || over) {
            return;
        }
        Attempt last = attempt;
        boolean committed = last != null && last.committed();
        if (!opened && !committed) {
            opened = true;
            downstream.open(this);
            startHeartbeat();
        }
        if (downstream.writable()) {
            downstream.beat(
                    committed
                            ? Objects.requireNonNull(last).heartbeat()
                            : dialect().answerStream(asked().choices()).heartbeat());
            downstream.flush();
        }
    }

    /** From now on the client is shown now and then that we live, when nothing else shows it. */
    void startHeartbeat() {
        watch.startHeartbeat(downstream.live() ? model().policy().heartbeat() : null);
    }

    /** Whether a stream was begun that is not the present attempt's: a failure can only be told as an event. */
    boolean opened() {
        return opened;
    }

    // What phases leave for those after them.

    void authenticated(Key who) {
        key = who;
        downstream = downstream.authenticated(this);
    }

    void asked(Asked what) {
        asked = what;
        scanning = false;
    }

    /** Whether the body is being looked at on another thread; true from the second call on. */
    boolean scanning() {
        boolean was = scanning;
        scanning = true;
        return was;
    }

    @Nullable
    CompletableFuture<@Nullable ResponseRecord> lookup() {
        return lookup;
    }

    void lookup(CompletableFuture<@Nullable ResponseRecord> begun) {
        lookup = begun;
    }

    /** The request goes on from, or is about, what is stored there. */
    void located(ResponseRecord found) {
        record = found;
        if (endpoint().byId()) {
            asked = asked().at(found.model(), address.streamAsked());
        }
    }

    /** The stored answer that it goes on from or is about; null: none. */
    @Nullable
    ResponseRecord record() {
        return record;
    }

    /** The end of taking back what was recorded of an answer that broke before it left; null: there is none. */
    @Nullable
    CompletableFuture<?> forgetting() {
        return forgetting;
    }

    void forgetting(CompletableFuture<?> begun) {
        forgetting = begun;
    }

    /** From now on the provider streams, and {@code keeper} sees to who gets what of it. */
    void intoBackground(Downstream keeper) {
        background = true;
        downstream = keeper;
        asked = asked().streamed();
    }

    /** Whether the answer is made whoever listens. */
    boolean background() {
        return background;
    }

    void pinned(Pin to) {
        pin = to;
    }

    /** The one target that may answer; null: any may. */
    @Nullable
    Pin pin() {
        return pin;
    }

    /** Fixes the model, of one generation of the configuration, that this exchange lives by to its end. */
    void routed(Model to, Choice among, long affine, Clocks shortened) {
        model = to;
        choice = among;
        affinity = affine;
        watch.routed(shortened);
        if (Hedge.allowed(this)) {
            hedge = new Hedge(this, Objects.requireNonNull(to.policy().hedge()));
        }
        Duration early = to.policy().openEarly();
        boolean events = streams() && endpoint() != Endpoint.STREAM_GENERATE_ARRAY;
        if (early != null && events && downstream.live() && !background) {
            watch.openAfter(early);
        }
    }

    void attempt(Attempt next) {
        if (attempt != null) {
            home.meters().attempts().again(attempt.index() == next.index());
        }
        attempt = next;
        began();
    }

    /** What has failed so far; null: nothing. */
    @Nullable
    Tries tries() {
        return tries;
    }

    /** Whether an answer broke after some of it had left. */
    boolean isBroken() {
        return broken != null;
    }

    /** The answer that broke after some of it had left. */
    Broken broken() {
        return Objects.requireNonNull(broken);
    }

    public Key key() {
        return Objects.requireNonNull(key);
    }

    @Nullable
    Key keyOrNull() {
        return key;
    }

    Asked asked() {
        return Objects.requireNonNull(asked);
    }

    /** Whether a stream is asked for. */
    boolean streams() {
        return asked().stream() && address.endpoint().streams();
    }

    @Nullable
    Asked askedOrNull() {
        return asked;
    }

    public Model model() {
        return Objects.requireNonNull(model);
    }

    Choice choice() {
        return Objects.requireNonNull(choice);
    }

    /** What it has in common with requests that should meet the same provider's cache, 0: nothing. */
    long affinity() {
        return affinity;
    }

    /** What it holds of what is limited. */
    Claims claims() {
        return claims;
    }

    /** What its key has left; null: it has no limits, or it is not known yet. */
    public @Nullable Allowance allowance() {
        Entrance entrance = claims.entrance();
        return entrance == null ? null : entrance.allowance();
    }

    /** The key for an attempt at this target, as {@link dev.tidemill.core.health.CredentialHealth#choose} says it. */
    int credential(Candidate at, long now, long excluded) {
        Pin only = pin;
        return only == null
                ? at.credentials().choose(now, affinity, excluded)
                : at.credentials().chooseThis(only.credential(), now);
    }

    Attempt attempt() {
        return Objects.requireNonNull(attempt);
    }

    @Nullable
    Attempt attemptOrNull() {
        return attempt;
    }

    /** The time it has. */
    Watch watch() {
        return watch;
    }

    // What everybody may know.

    public ExchangeLoop home() {
        return home;
    }

    public Downstream downstream() {
        return downstream;
    }

    public Endpoint endpoint() {
        return address.endpoint();
    }

    Address address() {
        return address;
    }

    /** The language of the caller. */
    public Dialect dialect() {
        return address.dialect();
    }

    public String requestId() {
        return requestId;
    }

    /** How many tries were made, 0 before the first. */
    public int attempts() {
        return attempts;
    }

    /** {@code provider/model} of the latest attempt, null before the first. */
    public @Nullable String targetName() {
        return attempt == null ? null : attempt.name();
    }

    public @Nullable Failure failure() {
        return failure;
    }

    /** Whether what leaves is a stream of events. */
    public boolean streaming() {
        return broken != null || (attempt != null && attempt.streams());
    }

    /** What the answer said it cost; null: it did not say, or there is none. */
    public @Nullable Usage usage() {
        return attempt == null ? null : attempt.usage();
    }

    /** Bytes of payload that left, of all attempts. */
    long bytesOut() {
        return attempt == null ? 0 : broken == null ? attempt.bytesOut() : broken.bytesOut(attempt);
    }

    int droppedEvents() {
        return attempt == null ? 0 : broken == null ? attempt.droppedEvents() : broken.droppedEvents(attempt);
    }

    /** From the send to the first content that left, 0 when none did. */
    long firstContentNanos() {
        return broken != null ? broken.firstContentNanos() : attempt == null ? 0 : attempt.firstContentNanos();
    }

    /** Whether the request may have reached a provider. */
    public boolean sent() {
        return attempt != null && attempt.sent();
    }

    public boolean over() {
        return over;
    }

    long begun() {
        return begun;
    }

    /** Since when it has been worked on without a wait. */
    long restless() {
        return restless;
    }

    /** When the present phase was entered, if time was told since. */
    long entered() {
        return entered;
    }

    long[] phaseNanos() {
        return phaseNanos;
    }
}
