package dev.tidemill.relay.replay;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.relay.loop.Loop;
import dev.tidemill.relay.replay.ReplayLog.End;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A client that wants to be able to come back: what its stream sends goes into a log first, and to the client as long as that
 * is there.
 *
 * <p><b>What is kept</b> is what was sent, byte for byte: events, numbered from 0, each in {@linkplain EventLines one form}, and
 * what ends the stream. Comments of the provider's are neither kept nor sent, our heartbeats sent and not kept. OpenAI's and
 * Anthropic's protocols show the number as {@code id:} line, Gemini's clients do not bear one.
 *
 * <p><b>When the client leaves</b> after it was told the stream's id, the exchange goes on as if it were there and took
 * everything at once: until its end, its clocks, or a wish to cancel it. If another attempt should be needed, the request is
 * there for it. Without a log, since there was no room or the stream outgrew it, nobody could come back, and the model's policy
 * says what becomes of it.
 *
 * <p>An answer that is no stream passes through untouched.
 */
public final class ResumableDownstream implements Downstream {
    private static final Failure CANCELLED = Failure.of(
            Kind.CANCELLED,
            "stream_cancelled",
            "the stream was cancelled by DELETE /v1/streams/{id}; what came before may have been billed");
    private static final byte[] NOTHING = {};

    private final Downstream client;
    private final ReplayLogs logs;
    private final Loop loop;
    private final SseReader reader = new SseReader(Integer.MAX_VALUE); // larger ones were refused where they came in
    private final Bytes out = new Bytes(1024);
    private @Nullable Exchange exchange;
    private @Nullable ReplayLog log;
    private @Nullable KeptRequest kept;
    private String contentType = "text/event-stream";
    private boolean numbered;
    private long number;
    private boolean left;

    public ResumableDownstream(Downstream client, ReplayLogs logs, Loop loop) {
        this.client = client;
        this.logs = logs;
        this.loop = loop;
    }

    // The log

    private void beginLog() {
        Exchange running = Objects.requireNonNull(exchange);
        Policy policy = running.model().policy();
        boolean ids = running.endpoint().protocol() != Protocol.GEMINI;
        byte[] heartbeat = running.dialect().answerStream(1).heartbeat();
        ReplayedStream stream = new ReplayedStream(
                "stream" + running.requestId().substring("req".length()),
                running.key().id(),
                contentType,
                ids,
                ids ? amidIds(heartbeat) : heartbeat,
                policy.heartbeat(),
                policy.resume());
        log = logs.begin(stream, () -> cancel(running));
        if (log != null) {
            numbered = ids;
            client.resumableAs(stream.id());
        }
    }

    private void cancel(Exchange running) {
        try {
            loop.execute(() -> running.fail(CANCELLED));
        } catch (RejectedExecutionException e) {
            return; // the relay is closed, and the stream with it
        }
    }

    /** A comment without its blank line, behind which a client that saw an id would look for an event. */
    private static byte[] amidIds(byte[] heartbeat) {
        return heartbeat.length > 0 && heartbeat[0] == ':' ? Arrays.copyOf(heartbeat, heartbeat.length - 1) : heartbeat;
    }

    /** Keeps the events in {@code a[from, to)} and leaves in {@link #out} how they are sent. */
    private void emit(ReplayLog into, byte[] a, int from, int to) {
        out.clear(64 << 10);
        reader.feed(a, from, to);
        try {
            while (reader.next()) {
                if (reader.hasData() || reader.hasError()) {
                    int start = out.length();
                    EventLines.write(
                            out, reader.raw(), reader.rawFrom(), reader.rawTo(), numbered ? number++ : EventLines.NONE);
                    into.append(Arrays.copyOfRange(out.array(), start, out.length()));
                }
            }
        } catch (SseException e) {
            throw new IllegalStateException("an event without a bound on its size", e);
        }
        if (left && !into.open()) {
            Objects.requireNonNull(exchange)
                    .fail(Failure.of(
                            Kind.CLIENT_GONE,
                            "stream_too_long",
                            "the client closed the connection, and the stream outgrew what is kept for its return"));
        }
    }

    private void close(End how) {
        if (log != null) {
            log.close(how);
        }
    }

    // The answer

    @Override
    public boolean takesFrames() {
        return false;
    }

    @Override
    public void open(Exchange running) {
        exchange = running;
        beginLog();
        client.open(running);
    }

    @Override
    public void begin(int status, Head upstream, Exchange running) {
        exchange = running;
        int type = upstream.find(Header.CONTENT_TYPE);
        contentType = type < 0 ? "text/event-stream" : upstream.value(type);
        client.begin(status, upstream, running);
    }

    @Override
    public void pause(@Nullable Duration wish) {
        client.pause(wish);
    }

    @Override
    public void reset() {
        if (!left) {
            client.reset();
        }
    }

    @Override
    public void commit(long length, @Nullable String type) {
        if (Objects.requireNonNull(exchange).streaming()) {
            beginLog();
        }
        client.commit(length, type);
    }

    @Override
    public void send(byte[] a, int from, int to) {
        ReplayLog into = log;
        if (into == null) {
            client.send(a, from, to);
            return;
        }
        emit(into, a, from, to);
        if (!left && out.length() > 0) {
            client.send(out.array(), 0, out.length());
        }
    }

    @Override
    public void answerJson(Exchange running, byte[] body) {
        client.answerJson(running, body);
    }

    @Override
    public void beat(byte[] heartbeat) {
        if (!left) {
            client.beat(numbered ? amidIds(heartbeat) : heartbeat);
        }
    }

    @Override
    public void sendFrames(ByteBuf read, int offset, int length) {
        throw new IllegalStateException("a stream that is kept takes no frames");
    }

    @Override
    public void flush() {
        if (!left) {
            client.flush();
        }
    }

    @Override
    public boolean writable() {
        return left || client.writable();
    }

    @Override
    public void end() {
        close(End.ENDED);
        if (!left) {
            client.end();
        }
    }

    @Override
    public void abort() {
        close(End.CUT);
        if (!left) {
            client.abort();
        }
    }

    @Override
    public void fail(Failure failure, Exchange running) {
        if (!left) {
            client.fail(failure, running);
        }
    }

    @Override
    public void failStream(Failure failure, byte[] event) {
        ReplayLog into = log;
        if (into == null) {
            client.failStream(failure, event);
            return;
        }
        emit(into, event, 0, event.length);
        into.close(End.ENDED);
        if (!left) {
            client.failStream(failure, out.copy());
        }
    }

    // The client

    @Override
    public Downstream unkept() {
        return client;
    }

    @Override
    public boolean detach() {
        ReplayLog its = log;
        if (left || its == null || !its.open()) {
            return false;
        }
        kept = new KeptRequest(client, Objects.requireNonNull(exchange), loop.memory());
        left = true;
        client.done();
        return true;
    }

    @Override
    public void done() {
        close(End.CUT); // unless it has ended otherwise
        if (!left) {
            client.done();
        }
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }

    @Override
    public Credential credential() {
        return client.credential();
    }

    @Override
    public boolean readBody() {
        return left || client.readBody();
    }

    @Override
    public byte[] body() {
        return left ? kept == null ? NOTHING : kept.body() : client.body();
    }

    @Override
    public int bodyFrom() {
        return left ? 0 : client.bodyFrom();
    }

    @Override
    public int bodyTo() {
        return left ? body().length : client.bodyTo();
    }

    @Override
    public void forwardHeaders(ByteBuf to, Exchange running, Set<String> fixed) {
        if (kept == null) {
            client.forwardHeaders(to, running, fixed);
        } else {
            kept.forwardHeaders(to, fixed);
        }
    }

    @Override
    public @Nullable String idempotencyKey(Exchange running) {
        return kept == null ? client.idempotencyKey(running) : kept.idempotencyKey();
    }

    @Override
    public Clocks clocks(Clocks route) throws RequestException {
        return client.clocks(route);
    }

    @Override
    public @Nullable Priority priority() throws RequestException {
        return client.priority();
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public String peer() {
        return client.peer();
    }
}
