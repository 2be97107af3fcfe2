package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Provider.StreamUsage;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.admission.Crossing;
import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.relay.meter.Spent;
import dev.tidemill.relay.meter.Spent.Known;
import dev.tidemill.relay.upstream.Pool;
import dev.tidemill.relay.upstream.Receiver;
import dev.tidemill.relay.upstream.UpstreamConnection;
import dev.tidemill.relay.upstream.Waiter;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.splice.Transcript;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One try at one target: its connection and its answer. All that belongs to the try and not to the exchange. */
final class Attempt implements Receiver, Waiter {
    private static final Edits NO_EDITS = new Edits();
    private static final int MAX_REQUEST_ID = 200;
    private static final byte[] NOTHING = {};

    private final Exchange exchange;
    private final Candidate chosen;
    private final Target target;
    private final int credential;
    private final Pool pool;
    private final Outcome outcome;
    /** What makes it ask for the rest of an answer that broke; null: it asks for all. */
    private final @Nullable Edits rest;

    private @Nullable UpstreamConnection connection;
    private @Nullable Answer answer;
    private @Nullable String upstreamRequestId;
    private final long begun;
    /** Began beside another attempt, and so outside of the phases. */
    private boolean sendsItself;
    /** Still beside another, whose head stands in the downstream. */
    private boolean beside;

    private byte @Nullable [] keptHead;
    private @Nullable CompletableFuture<?> remembered;
    private @Nullable ResponseRecord recorded;
    private boolean waiting;
    private boolean abandoned;
    private boolean replace;
    private boolean replaced;
    private boolean left;
    private long sentAt;
    private long firstContentAt;

    /**
     * @param ticket of its beginning at the target's health, which it ends
     * @param credential the index of the provider's key, below 0: none
     * @param crossing its room at the target, which it leaves
     * @param now when it begins, by {@link System#nanoTime}
     */
    Attempt(Exchange exchange, Candidate chosen, long ticket, int credential, Crossing crossing, long now) {
        this.exchange = exchange;
        this.chosen = chosen;
        this.target = chosen.target();
        this.credential = credential;
        this.begun = now;
        this.outcome = new Outcome(exchange, chosen, ticket, credential, crossing);
        this.pool = exchange.home().pools().of(target.provider());
        this.rest = exchange.isBroken() ? exchange.broken().rest(exchange, target) : null;
    }

    Target target() {
        return target;
    }

    int index() {
        return outcome.index();
    }

    /** What it says about its target. */
    Outcome outcome() {
        return outcome;
    }

    /** Nanoseconds since its beginning. */
    long age() {
        return System.nanoTime() - begun;
    }

    /** It has come to nothing, unless it was given up before. */
    void failed(Failure failure) {
        if (!abandoned) {
            exchange.attemptFailed(this, failure);
        }
    }

    String name() {
        return chosen.health().name();
    }

    // Connect

    @Nullable
    UpstreamConnection connection() {
        return connection;
    }

    /** Takes an idle connection, if there is one; not in place of one that had been closed, since others may be, too. */
    boolean takeConnection() {
        if (replace) {
            replace = false;
            return false;
        }
        connection = pool.take();
        return connection != null;
    }

    boolean waitsForConnection() {
        return waiting;
    }

    void waitForConnection() {
        waiting = true;
        pool.enqueue(this);
    }

    /** Our own want of connections, which is nothing against the provider. */
    @Nullable
    Failure exhausted() {
        return waiting ? pool.exhausted() : null;
    }

    @Override
    public void connected(UpstreamConnection got) {
        waiting = false;
        connection = got;
        try {
            chosen.host().connected();
            long now = System.nanoTime();
            if (!outcome.stillGoes(now)) {
                connection = null;
                got.giveBack();
                exchange.withdraw(this);
            } else if (sendsItself) {
                Send.write(exchange, this, now);
            } else {
                exchange.resume();
            }
        } catch (RuntimeException e) {
            broke(e);
        }
    }

    @Override
    public void connectFailed(Failure failure) {
        waiting = false;
        try {
            failed(failure);
        } catch (RuntimeException e) {
            broke(e);
        }
    }

    @Override
    public boolean live() {
        return exchange.downstream().live();
    }

    // Send

    /** Whether it asks for the rest of an answer that broke. */
    boolean goesOn() {
        return rest != null;
    }

    /** The exchange's edits and this attempt's own: the model's name, the wish for usage, the words that the client has. */
    Edits edits() {
        Asked asked = exchange.asked();
        boolean named = asked.modelFrom() >= 0 || !asked.names().isEmpty();
        boolean rename = named && !chosen.model().equals(asked.model());
        Edits more = exchange.background()
                ? Objects.requireNonNull(asked.state()).withoutBackground()
                : asksUsage() ? asked.usageEdits() : null;
        if (!rename && rest == null) {
            return more == null ? NO_EDITS : more;
        }
        Edits edits = new Edits();
        if (rename && asked.modelFrom() >= 0) {
            edits.replace(asked.modelFrom(), asked.modelTo() - asked.modelFrom(), JsonText.quote(chosen.model()));
        }
        if (rename && !asked.names().isEmpty()) {
            byte[] name = JsonText.quote("models/" + chosen.model());
            asked.names().forEach(place -> edits.replace(place.from(), place.to() - place.from(), name));
        }
        if (more != null) {
            edits.addAll(more);
        }
        if (rest != null) {
            edits.addAll(rest);
        }
        return edits;
    }

    /** Whether usage is asked for that the client did not ask for, so that its chunk is to be taken out again. */
    private boolean asksUsage() {
        return exchange.streams()
                && exchange.asked().usageEdits() != null
                && target.provider().streamUsage() == StreamUsage.ASK;
    }

    /** What follows the provider's base URL. */
    String requestTarget() {
        return exchange.address().upstream(chosen.model());
    }

    RequestHead requestHead() {
        return exchange.home().requestHead(pool, credential);
    }

    /** Not for the rest of an answer: under the same key the broken one could come again. */
    void writeIdempotencyKey(ByteBuf request) {
        String key = goesOn() ? null : exchange.downstream().idempotencyKey(exchange);
        if (key != null) {
            IdempotencyKey.write(request, chosen.health().place(), key);
        }
    }

    void send(ByteBuf request, long now) {
        if (!sent()) {
            chosen.health().sent(now);
        }
        sentAt = now;
        exchange.passed(now);
        Objects.requireNonNull(connection).send(request, this);
    }

    boolean sent() {
        return sentAt != 0;
    }

    /** Whether its request went out and its answer is still wanted. */
    boolean running() {
        return sent() && !abandoned;
    }

    // The answer comes

    @Override
    public void answerHead(Head head) {
        chosen.host().connected();
        int requestIdAt = head.find(Header.X_REQUEST_ID);
        if (requestIdAt < 0) {
            requestIdAt = head.find(Header.REQUEST_ID);
        }
        upstreamRequestId = requestIdAt < 0 ? null : shortened(head.value(requestIdAt));
        outcome.answerHead(head);
        boolean stream = exchange.streams();
        AnswerHead read = AnswerHead.read(head, target.provider().name(), stream, exchange.endpoint());
        if (read.failure() != null) {
            failed(read.failure());
            return;
        }
        if (beside) {
            keptHead = text(head);
        } else {
            begin(read.status(), head);
        }
        answer = read.events() && stream && read.status() < 300
                ? new EventAnswer(exchange, this, read, asksUsage())
                : new WholeAnswer(exchange, this, read);
    }

    private void begin(int status, Head head) {
        if (!exchange.opened()) {
            exchange.downstream().begin(status, head, exchange);
        }
    }

    private static byte[] text(Head head) {
        Bytes text = new Bytes(1024).add("HTTP/1.1 " + head.status() + " -\r\n");
        for (int i = 0; i < head.count(); i++) {
            text.add(head.bytes(), head.lineFrom(i), head.lineTo(i));
        }
        return text.add("\r\n").copy();
    }

    // Beside another attempt

    /** Asks at once, though another attempt waits for its answer. */
    void askBeside() {
        sendsItself = true;
        beside = true;
        if (takeConnection()) {
            Send.write(exchange, this, System.nanoTime());
        } else {
            waitForConnection();
        }
    }

    /** The other one is gone: from now on this is the attempt. */
    void takesOver() {
        beside = false;
        byte[] kept = keptHead;
        keptHead = null;
        if (kept == null) {
            return;
        }
        try {
            Head head = new Head(kept.length, kept.length);
            head.response(kept, 0, kept.length, false);
            begin(status(), head);
        } catch (HttpException e) {
            throw new IllegalStateException("a head that was read can be read again", e);
        }
    }

    // What the provider keeps of it

    /** The record of where its answer is stored; null: it is not, or does not say. */
    @Nullable
    ResponseRecord stored() {
        String id = answer == null ? null : answer.storedId();
        Key key = exchange.key();
        return id == null
                ? null
                : new ResponseRecord(
                        key.organization(),
                        key.project(),
                        id,
                        exchange.asked().model(),
                        target.provider().name(),
                        chosen.model(),
                        chosen.credentials().fingerprint(credential),
                        exchange.home().clock().instant());
    }

    /** What {@link Remember} waits for; null: nothing yet. */
    @Nullable
    CompletableFuture<?> remembered() {
        return remembered;
    }

    void remembered(CompletableFuture<?> durable) {
        remembered = durable;
    }

    /** What that is, of an answer that the provider keeps from now on. */
    void recorded(ResponseRecord what) {
        recorded = what;
    }

    ResponseRecord recorded() {
        return Objects.requireNonNull(recorded);
    }

    /** Another was faster: so long at least the first content would have taken. */
    void lost() {
        if (firstContentAt == 0 && sentAt != 0) {
            exchange.choice().hedging().firstContent(System.nanoTime() - sentAt);
        }
    }

    long sentAt() {
        return sentAt;
    }

    private static String shortened(String id) {
        return id.length() <= MAX_REQUEST_ID ? id : id.substring(0, MAX_REQUEST_ID);
    }

    @Override
    public void answerBody(BodyWalker walker, byte[] a, int from, int to, @Nullable ByteBuf source, int sourceOffset)
            throws HttpException {
        Answer now = answer;
        if (now != null && !abandoned) {
            now.body(walker, a, from, to, source, sourceOffset);
        }
    }

    @Override
    public void answerReadComplete() {
        if (committed()) {
            exchange.downstream().flush();
        }
    }

    @Override
    public void answerEnded() {
        connection = null;
        Answer now = answer;
        if (now != null && !abandoned) {
            now.ended();
            exchange.downstream().flush();
        }
        if (!left) {
            leave(System.nanoTime());
        }
    }

    @Override
    public void answerBroken(Failure failure, boolean nothingRead) {
        UpstreamConnection broken = connection;
        connection = null;
        if (abandoned) {
            return;
        }
        boolean stale = nothingRead
                && broken != null
                && broken.mayBeStale(System.nanoTime() - sentAt); // closed while idle; nobody looked at the request
        if (stale && exchange.gone()) {
            exchange.giveUp();
            return;
        }
        if (stale && !replaced && !sendsItself) {
            replaced = true;
            replace = true;
            exchange.resume();
            return;
        }
        if (answer != null && answer.last()) {
            finish();
            return;
        }
        failed(failure);
    }

    @Override
    public void broke(RuntimeException bug) {
        if (!abandoned) {
            exchange.broke(bug);
        }
    }

    boolean replacesConnection() {
        return replace;
    }

    /** Noted by the answer: the first content event is here. */
    void content() {
        if (firstContentAt == 0) {
            firstContentAt = System.nanoTime();
            outcome.firstContent(streams(), firstContentAt, firstContentAt - sentAt);
            if (exchange.streams() && exchange.model().policy().hedge() != null) {
                exchange.choice().hedging().firstContent(firstContentAt - sentAt);
            }
        }
    }

    /** Noted by the answer: an event more that is no ping. */
    void comes() {
        if (outcome.watched() && firstContentAt != 0) {
            long now = System.nanoTime();
            outcome.comes(now, now - firstContentAt);
        }
    }

    /** The answer is whole. */
    void succeeded(long now) {
        leave(now);
        outcome.succeeded(now, now - sentAt);
    }

    private void leave(long now) {
        if (!left) {
            left = true;
            outcome.leave(now, used());
        }
    }

    /** Tokens, as far as anybody knows: none when nothing was sent, or the provider refused it; -1: not known. */
    private long used() {
        Usage known = usage();
        if (known != null) {
            return known.total();
        }
        return !sent() || status() >= 400 || exchange.endpoint().byId() ? 0 : -1;
    }

    TargetHealth health() {
        return chosen.health();
    }

    // Await and Deliver

    /** Whether the commit point is reached. */
    boolean ready() {
        return answer != null && answer.ready();
    }

    void commit() {
        Objects.requireNonNull(answer).commit();
    }

    boolean committed() {
        return answer != null && answer.committed();
    }

    /** What the client has of it, if another answer can take its place; null: none can. */
    @Nullable
    Transcript transcript() {
        return answer instanceof EventAnswer events ? events.transcript() : null;
    }

    /** Whether events are coming, so that an error can be told as one. */
    boolean streams() {
        return answer instanceof EventAnswer;
    }

    /** An error of ours as the last event of the stream that was begun. */
    byte[] errorEvent(ErrorText error) {
        return ((EventAnswer) Objects.requireNonNull(answer)).error(error);
    }

    byte[] heartbeat() {
        return answer instanceof EventAnswer events ? events.heartbeat() : NOTHING;
    }

    boolean delivered() {
        return answer != null && answer.delivered();
    }

    /** The provider's own error within its answer; null: none so far. */
    @Nullable
    Failure told() {
        return answer instanceof EventAnswer events ? events.told() : null;
    }

    /** Whether everything that makes an answer whole was read, though its connection has not ended properly. */
    boolean answeredWholly() {
        return answer != null && answer.whole();
    }

    /** Takes a whole answer for ended. */
    void finish() {
        closeConnection();
        Objects.requireNonNull(answer).ended();
        exchange.downstream().flush();
    }

    /** The clock that says how long the provider may be silent, where this one runs. */
    Clock inForce(Clock clock) {
        return clock == Clock.GAP && answer != null && answer.toolOpen() ? Clock.TOOL_GAP : clock;
    }

    void read(boolean on) {
        if (connection != null) {
            connection.read(on);
        }
    }

    /** Whether it is not the provider who is slow: the client does not read, or a phase has the answer's beginning. */
    boolean heldUp() {
        return (ready() && !committed()) || (connection != null && !connection.reading());
    }

    /** Gives the try up; the provider is told by closing. */
    void abandon() {
        abandoned = true;
        long now = System.nanoTime();
        outcome.gaveUp(now);
        leave(now);
        if (waiting) {
            waiting = false;
            pool.giveUp(this);
        }
        closeConnection();
        if (recorded != null && remembered != null && !committed()) {
            Remember.undo(exchange, recorded, remembered);
        }
        if (answer != null) {
            answer.release();
        }
    }

    private void closeConnection() {
        UpstreamConnection open = connection;
        connection = null;
        if (open != null) {
            open.abandon();
        }
    }

    // For the record

    int status() {
        return answer == null ? 0 : answer.status();
    }

    @Nullable
    Usage usage() {
        return answer == null || exchange.endpoint().byId() ? null : answer.usage();
    }

    /** What it cost, as far as anybody can tell when it has come to its end; null: nothing. */
    @Nullable
    Spent spent() {
        Answer came = answer;
        if (!sent() || !exchange.endpoint().spends()) {
            return null;
        }
        long input = exchange.claims().input(index());
        if (came == null) {
            return new Spent(new Usage(input, 0, 0, 0, 0, 0), Known.MAYBE);
        }
        Usage stated = came.usage();
        if (stated == null) {
            return came.refused() ? null : new Spent(new Usage(input, 0, 0, 0, came.textTokens(), 0), Known.ESTIMATED);
        }
        return came.whole() || came.textTokens() <= stated.output()
                ? new Spent(stated, Known.STATED)
                : new Spent(stated.withOutput(came.textTokens()), Known.ESTIMATED);
    }

    @Nullable
    String upstreamRequestId() {
        return upstreamRequestId;
    }

    int droppedEvents() {
        return answer == null ? 0 : answer.droppedEvents();
    }

    long bytesOut() {
        return answer == null ? 0 : answer.bytesOut();
    }

    /** From the send to the first content, 0 when none came. */
    long firstContentNanos() {
        return firstContentAt == 0 ? 0 : firstContentAt - sentAt;
    }

    Provider provider() {
        return target.provider();
    }
}
