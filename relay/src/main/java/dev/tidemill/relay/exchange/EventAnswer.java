package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.limit.TokenEstimate;
import dev.tidemill.core.route.Policy.BadEvent;
import dev.tidemill.core.route.Policy.OnBreak;
import dev.tidemill.relay.exchange.Inflation.Coding;
import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.Verdict;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.splice.Splice;
import dev.tidemill.wire.splice.Transcript;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events on its way through.
 *
 * <p><b>Whole events only.</b> Each read is taken apart into events. Those that are whole go out together in one write; the
 * tail of one that is not stays in the reader and is dropped if the stream breaks, so a client never sees half an event.
 *
 * <p><b>The same bytes.</b> When a read begins and ends between two chunk frames and between two events, and nothing in it
 * is to be cut, the very buffer that was read is written on, frames and all: the usual case of a paced stream. Otherwise
 * its events are put into one frame of ours.
 *
 * <p><b>The commit point.</b> Until the first content, events are held beside the status (at most {@link #MAX_HELD}
 * bytes). A finish without content commits too.
 *
 * <p><b>The end.</b> When the protocol says that the answer is whole, a terminator that is missing is supplied, also when
 * the connection breaks or falls silent there. A stream that ends before that, however cleanly, was cut: the client gets an
 * error event and never a terminator. An error event of the provider's own goes through as it is, with whatever follows,
 * and is in the record.
 *
 * <p><b>A break.</b> Where the route says that a broken stream is to be mended, what leaves is noted down, and an error of
 * the provider's own is a break like any other. The answer that follows a broken one goes through a {@link Splice}.
 */
final class EventAnswer implements Answer {
    static final int MAX_HELD = 64 << 10;
    /** Events whose text is measured: the first ones, and then one of each sixteen. */
    private static final int FIRST_MEASURED = 8;

    private static final int MEASURED = 15;
    /** Held of an answer that is to leave only when it is whole; beyond that it leaves. */
    static final int MAX_BUFFERED = 8 << 20;

    private final Exchange exchange;
    private final Attempt attempt;
    private final int status;
    private final boolean cutUsage;
    private final boolean buffers;
    /** It leaves as soon as its id is known. */
    private final boolean eager;

    private final boolean chunked;
    private final @Nullable Inflation inflation;
    private final EventReader reader;
    private final AnswerStream stream;
    /** What the client has, if that is wanted. */
    private final @Nullable Transcript transcript;
    /** Between this answer and the client, who has the beginning of another. */
    private final @Nullable Splice splice;

    private @Nullable Bytes held;
    private boolean content;
    private boolean finish;
    private boolean done;
    /** The provider's own error, once it came. */
    private @Nullable Failure told;
    /** Found while a read is worked off, told at its end. */
    private @Nullable Failure pending;

    private boolean ready;
    private boolean committed;
    private boolean ended;
    private boolean delivered;
    private boolean lastFrameSent;
    private boolean cut;
    private int dropped;
    private int charged;
    private boolean refused;
    private int texts;
    private int measured;
    private long measuredBytes;
    private long bytesOut;

    /** @param cutUsage whether the usage chunk is ours alone and is taken out */
    EventAnswer(Exchange exchange, Attempt attempt, AnswerHead head, boolean cutUsage) {
        this.exchange = exchange;
        this.attempt = attempt;
        this.status = head.status();
        this.cutUsage = cutUsage;
        this.eager = exchange.background();
        this.buffers = !eager && exchange.model().policy().onBreak() == OnBreak.BUFFER;
        this.reader = exchange.dialect().eventReader();
        this.stream = exchange.dialect().answerStream(exchange.asked().choices());
        this.splice = exchange.isBroken() ? exchange.broken().splice(attempt) : null;
        this.transcript = splice != null ? exchange.broken().transcript() : Broken.transcript(exchange);
        this.chunked = head.chunked();
        this.inflation = head.coding() == Coding.NONE ? null : new Inflation(head.coding());
    }

    @Override
    public void body(BodyWalker walker, byte[] a, int from, int to, @Nullable ByteBuf source, int sourceOffset)
            throws HttpException {
        Bytes out = exchange.home().out();
        boolean asRead = committed
                && chunked
                && inflation == null
                && walker.aligned()
                && reader.tail() == 0
                && exchange.downstream().takesFrames();
        cut = false;
        HttpException malformed = null;
        try {
            for (int at = from; pending == null && walker.next(a, at, to); at = walker.position()) {
                take(a, walker.payloadFrom(), walker.payloadTo(), out);
            }
        } catch (HttpException e) {
            malformed = e;
            cut = true;
        }
        // What came whole before a fault is handed on before the fault is told, however the reads were cut.
        if (committed) {
            handOn(out, asRead, walker, from, source, sourceOffset);
        } else if (pending == null || content) {
            hold(out);
        }
        charge(reader.tail() + (held == null ? 0 : held.length()) + noted());
        if (pending != null) {
            attempt.failed(pending);
        } else if (malformed != null) {
            throw malformed;
        } else if (done && committed && !walker.ended()) {
            exchange.watch().allCame();
        }
    }

    private void handOn(
            Bytes out, boolean asRead, BodyWalker walker, int from, @Nullable ByteBuf source, int sourceOffset) {
        if (asRead
                && source != null
                && !cut
                && walker.aligned()
                && walker.verbatim()
                && reader.tail() == 0
                && (done || !walker.ended())) {
            lastFrameSent = walker.ended();
            bytesOut += out.length();
            exchange.downstream().sendFrames(source, sourceOffset, walker.position() - from);
        } else {
            send(out);
        }
        if (!exchange.downstream().writable()) {
            attempt.read(false);
        }
    }

    private int noted() {
        return transcript == null ? 0 : transcript.size();
    }

    /** Counts an event that has become large, and what is noted, against the memory of all. */
    private void charge(int bytes) {
        int now = bytes > MAX_HELD ? bytes : 0;
        if (now > charged && !exchange.home().loop().memory().take(now - charged)) {
            if (noted() > 0) {
                int without = bytes - noted();
                Objects.requireNonNull(transcript).forget();
                charge(without);
                return;
            }
            exchange.fail(Failure.overloaded(
                    "the relay's memory for answers is used up. Try again in a moment",
                    java.time.Duration.ofSeconds(1)));
            return;
        }
        if (now < charged) {
            exchange.home().loop().memory().give(charged - now);
        }
        charged = now;
    }

    private void take(byte[] a, int from, int to, Bytes out) {
        try {
            if (inflation == null) {
                events(a, from, to, out);
            } else {
                inflation.inflate(a, from, to, (b, start, end) -> {
                    try {
                        events(b, start, end, out);
                    } catch (SseException e) {
                        pending = tooLarge(e);
                    }
                });
            }
        } catch (SseException e) {
            pending = tooLarge(e);
        } catch (DataFormatException e) {
            pending = failure("upstream_encoding", "sent a compressed stream that cannot be read")
                    .withDetail(e.getMessage());
        }
    }

    private void events(byte[] a, int from, int to, Bytes out) throws SseException {
        reader.feed(a, from, to);
        while (pending == null && reader.next()) {
            if (!pass()) {
                cut = true;
            } else if (splice != null) {
                through(splice, out);
            } else {
                if (transcript != null) {
                    transcript.take(reader);
                }
                out.add(reader.raw(), reader.rawFrom(), reader.rawTo());
            }
        }
    }

    /** Lets of an event leave what the client has not. */
    private void through(Splice between, Bytes out) {
        Splice.Fate fate = between.take(reader);
        if (fate == Splice.Fate.DIVERGED) {
            attempt.outcome().drop(System.nanoTime()); // it did nothing wrong
            pending = exchange.broken().differs(attempt);
        } else if (fate != Splice.Fate.SWALLOW) {
            out.add(between.out(), between.from(), between.to());
        }
        cut |= fate != Splice.Fate.PASS || between.to() - between.from() != reader.rawTo() - reader.rawFrom();
    }

    /** Looks at one event and says whether it goes to the client. */
    private boolean pass() {
        if (done && told != null) {
            return true; // whatever follows the provider's own error
        }
        if (done) {
            dropped++;
            return false; // behind [DONE]
        }
        if (!reader.hasData()) {
            return reader.hasError()
                    ? error(reader.raw(), reader.errorFrom(), reader.errorTo())
                    : !bareError(reader.raw(), reader.rawFrom(), reader.rawTo());
        }
        int meaning = stream.look(reader);
        if ((meaning & Meaning.BAD) != 0) {
            dropped++;
            boolean array = exchange.endpoint() == Endpoint.STREAM_GENERATE_ARRAY; // nothing can be taken out of it
            if (array || exchange.model().policy().badEvent() == BadEvent.BREAK) {
                pending = failure("upstream_bad_event", "sent an event that cannot be parsed");
            }
            return false;
        }
        if ((meaning & Meaning.PING) == 0) {
            exchange.watch().progress(splice == null || splice.through());
            attempt.comes();
        }
        if (cutUsage && (meaning & Meaning.USAGE_ONLY) != 0) {
            return false;
        }
        if ((meaning & Meaning.ERROR) != 0 && !error(reader.data(), reader.dataFrom(), reader.dataTo())) {
            return false;
        }
        if ((meaning & Meaning.CONTENT) != 0 && !content) {
            content = true;
            attempt.content();
            if (buffers || (eager && committed)) {
                exchange.watch().start(Clock.GAP);
            }
        }
        if (content) {
            measure();
        }
        finish |= (meaning & Meaning.FINISH) != 0;
        done |= (meaning & Meaning.LAST) != 0;
        return true;
    }

    /** Notes how much text there is, in case the provider does not come to say what it cost. */
    private void measure() {
        if (texts < FIRST_MEASURED || (texts & MEASURED) == 0) {
            measured++;
            measuredBytes += stream.textLength(reader);
        }
        texts++;
    }

    @Override
    public long textTokens() {
        return measured == 0 ? 0 : TokenEstimate.input(measuredBytes * texts / measured);
    }

    @Override
    public boolean refused() {
        return refused;
    }

    /**
     * The provider's own error: passed on as it is once content has left, a failure with a status before, and a break
     * where one is to be mended. Answers whether it is passed on.
     */
    private boolean error(byte[] a, int from, int to) {
        Failure its = ProviderRefusal.failure(200, exchange.dialect().error(a, from, to), attempt.provider(), null);
        refused = !content;
        if (transcript() != null || (buffers && !ready)) {
            pending = its;
            return false;
        }
        told = its;
        if (!content && !ready) {
            pending = its;
        }
        return true;
    }

    /** Takes note of an error that came without {@code data:}. No client reads it there, so it is told as one of ours. */
    private boolean bareError(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        if (start == to || a[start] != '{' || exchange.dialect().judge(a, start, to) != Verdict.ERROR) {
            return false;
        }
        refused = !content;
        pending = ProviderRefusal.failure(200, exchange.dialect().error(a, start, to), attempt.provider(), null);
        return true;
    }

    /** The provider's own error; null: none so far. */
    @Nullable
    Failure told() {
        return told;
    }

    /** What the client has, if another answer can take this one's place; null: none can. */
    @Nullable
    Transcript transcript() {
        return transcript != null && transcript.resumable() ? transcript : null;
    }

    private void hold(Bytes out) {
        if (exchange.failure() != null) {
            return;
        }
        Bytes waiting = held;
        if (waiting == null) {
            held = waiting = new Bytes(Math.max(1024, out.length()));
        }
        waiting.add(out.array(), 0, out.length());
        boolean enough = buffers
                ? done || waiting.length() > MAX_BUFFERED
                : content || finish || done || waiting.length() > MAX_HELD || (eager && stream.storedId() != null);
        if (!ready && enough) {
            ready = true;
            exchange.resume();
        }
        if (!committed && ready) {
            attempt.read(false); // until whoever holds it up lets it go
        }
    }

    @Override
    public void ended() {
        if (ended || exchange.failure() != null) {
            return;
        }
        ended = true;
        if (inflation != null && !inflation.whole() && !whole()) {
            attempt.failed(failure("upstream_truncated", "ended a compressed stream too early"));
        } else if (!whole()) {
            attempt.failed(unfinished());
        } else if (!ready) {
            ready = true;
            exchange.resume();
        } else if (committed) {
            close();
        }
    }

    /** Why the stream has ended before the answer was whole. */
    private Failure unfinished() {
        boolean begun = ready || reader.tail() > 0 || (held != null && held.length() > 0);
        if (reader instanceof SseReader sse && sse.finish() && bareError(sse.raw(), sse.rawFrom(), sse.rawTo())) {
            return Objects.requireNonNull(pending);
        }
        return begun
                ? failure("upstream_truncated", "ended the stream before the answer was finished")
                : failure("upstream_empty_answer", "answered with an empty stream");
    }

    @Override
    public void commit() {
        if (committed) {
            return;
        }
        committed = true;
        if (eager && !content) {
            exchange.watch().start(Clock.FIRST_CONTENT, attempt.sentAt());
        } else {
            exchange.watch().start(Clock.GAP);
        }
        if (!exchange.opened()) {
            exchange.downstream().commit(-1, null);
            exchange.startHeartbeat();
        }
        Bytes waiting = held;
        held = null;
        if (waiting != null) {
            send(waiting);
            charge(reader.tail() + noted());
        }
        attempt.read(exchange.downstream().writable());
        if (ended) {
            close();
            return; // it leaves once it is recorded
        }
        exchange.downstream().flush();
    }

    /** The last bytes, when all is well. */
    private void close() {
        byte[] end = told == null ? stream.terminator() : stream.closing();
        exchange.downstream().send(end, 0, end.length);
        if (!lastFrameSent) {
            exchange.downstream().end();
        }
        delivered = true;
        release();
        if (told == null) {
            exchange.resume();
        } else {
            attempt.outcome().failed(told);
            exchange.fail(told); // for the record; the client has read it
        }
    }

    private void send(Bytes out) {
        if (out.length() > 0) {
            bytesOut += out.length();
            exchange.downstream().send(out.array(), 0, out.length());
        }
    }

    byte[] heartbeat() {
        return stream.heartbeat();
    }

    byte[] error(ErrorText error) {
        return stream.error(error);
    }

    private Failure tooLarge(SseException e) {
        return failure("upstream_event_too_large", "sent an event that is too large")
                .withDetail(e.getMessage());
    }

    private Failure failure(String code, String what) {
        return Failure.of(
                code.equals("upstream_event_too_large") || code.equals("upstream_encoding")
                        ? Kind.UPSTREAM_UNUSABLE
                        : Kind.UPSTREAM_BROKEN,
                code,
                "provider " + attempt.provider().name() + " " + what
                        + "; what came before may have been billed. Try again");
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public boolean delivered() {
        return delivered;
    }

    @Override
    public boolean whole() {
        return told != null || stream.whole();
    }

    @Override
    public boolean last() {
        return done || told != null;
    }

    @Override
    public boolean toolOpen() {
        return stream.silent();
    }

    @Override
    public void release() {
        exchange.home().loop().memory().give(charged);
        charged = 0;
        if (inflation != null) {
            inflation.close();
        }
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable String storedId() {
        return stream.storedId();
    }

    @Override
    public @Nullable Usage usage() {
        return stream.usage();
    }

    @Override
    public int droppedEvents() {
        return dropped;
    }

    @Override
    public long bytesOut() {
        return bytesOut;
    }
}
