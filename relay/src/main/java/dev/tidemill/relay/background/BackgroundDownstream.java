package dev.tidemill.relay.background;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Policy;
import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.relay.replay.ReplayLog;
import dev.tidemill.relay.replay.ReplayLog.End;
import dev.tidemill.relay.replay.ReplayLogs;
import dev.tidemill.relay.replay.ReplayedStream;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.openai.ResponseObject;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A caller who asked for {@code background: true}. The provider streams; each event goes into the response's log, and from
 * there to whoever asks for the response by its id. The caller gets the events too, if it asked for a stream, and otherwise
 * the response as soon as there is one; from then on the exchange goes on without it, until its end, its clocks, or a wish to
 * cancel it.
 *
 * <p>The response's id is the provider's own. So the answer commits with the event that tells it, not with its first content:
 * what fails afterwards is told in the response and not tried elsewhere, where the id would be another one.
 */
final class BackgroundDownstream implements Downstream {
    private static final Failure CANCELLED = Failure.of(
            Kind.CANCELLED, "response_cancelled", "the response was cancelled; what came before may be billed");
    private static final byte[] NOTHING = {};

    private final Exchange exchange;
    private final Downstream client;
    private final ReplayLogs logs;
    private final boolean streams;
    private final String peer;
    private final int bodyLength;
    private final SseReader reader = new SseReader(Integer.MAX_VALUE); // larger ones were refused where they came in
    private final ResponseEventText text = new ResponseEventText();
    private final LatestResponse latest = new LatestResponse();
    private final Bytes out = new Bytes(1024);
    private @Nullable ReplayLog log;
    /** The caller has what it asked for, or has gone: nothing more goes there. */
    private boolean left;

    BackgroundDownstream(Exchange exchange, ReplayLogs logs, boolean streams) {
        this.exchange = exchange;
        this.client = exchange.downstream();
        this.logs = logs;
        this.streams = streams;
        this.peer = client.peer();
        this.bodyLength = client.bodyTo() - client.bodyFrom();
    }

    // The log

    private void beginLog(String id) {
        Key key = exchange.key();
        Policy policy = exchange.model().policy();
        String owner = Backgrounds.owner(key.organization(), key.project());
        log = logs.begin(
                new ReplayedStream(
                        Backgrounds.name(owner, id),
                        owner,
                        "text/event-stream",
                        false,
                        exchange.dialect().answerStream(1).heartbeat(),
                        policy.heartbeat(),
                        policy.resume()),
                this::cancel);
    }

    private void cancel() {
        try {
            exchange.home().loop().execute(() -> exchange.fail(CANCELLED));
        } catch (RejectedExecutionException e) {
            return; // the relay is closed, and the exchange with it
        }
    }

    /** Keeps the events in {@code a[from, to)} and leaves in {@link #out} how they are sent. */
    private void emit(byte[] a, int from, int to) {
        out.clear(64 << 10);
        reader.feed(a, from, to);
        try {
            while (reader.next()) {
                if (reader.hasData()) {
                    int start = out.length();
                    text.write(out, reader);
                    ResponseObject response = latest.look(text.data());
                    if (log == null && response != null && response.id() != null) {
                        beginLog(response.id());
                    }
                    if (log != null) {
                        log.append(Arrays.copyOfRange(out.array(), start, out.length()));
                    }
                }
            }
        } catch (SseException e) {
            throw new IllegalStateException("an event without a bound on its size", e);
        }
    }

    private void close(End how) {
        if (log != null) {
            log.close(how);
        }
    }

    // The answer

    private boolean streaming() {
        return streams && !left;
    }

    /** Gives a caller who does not want a stream the response, once there is one. */
    private void answer() {
        if (!streams && !left && latest.seen()) {
            left = true;
            client.answerJson(exchange, latest.json());
            try {
                exchange.home().loop().execute(client::done); // not at once: another request may begin with it
            } catch (RejectedExecutionException e) {
                return; // the relay is closed
            }
        }
    }

    @Override
    public boolean takesFrames() {
        return false;
    }

    @Override
    public void open(Exchange running) {
        client.open(running);
    }

    @Override
    public void begin(int status, Head upstream, Exchange running) {
        boolean refusal = status >= 300;
        if (streams || refusal) {
            client.begin(status, upstream, running);
        }
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
    public void commit(long length, @Nullable String contentType) {
        if (streams || !exchange.streaming()) {
            client.commit(length, contentType);
        }
    }

    @Override
    public void send(byte[] a, int from, int to) {
        if (!exchange.streaming()) {
            client.send(a, from, to); // the provider's refusal
            return;
        }
        emit(a, from, to);
        if (streaming()) {
            client.send(out.array(), 0, out.length());
        }
        answer();
    }

    @Override
    public void beat(byte[] heartbeat) {
        if (streaming()) {
            client.beat(heartbeat);
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
        if (streaming() || !exchange.streaming()) {
            client.end();
        } else if (!left) {
            client.fail(
                    Failure.of(
                            Kind.UPSTREAM_PROTOCOL,
                            "upstream_without_response",
                            "the provider ended its stream without a response in it. It may have been billed. Try again"),
                    exchange);
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
        byte[] told = failure.kind() == Kind.CANCELLED && latest.seen() ? cancelled() : event;
        emit(told, 0, told.length);
        close(End.ENDED);
        if (streaming()) {
            client.failStream(failure, out.copy());
        } else if (!left) {
            client.fail(failure, exchange);
        }
    }

    /** The response as the last event, given up on request. */
    private byte[] cancelled() {
        Bytes event = new Bytes(1024)
                .add("event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":" + text.next()
                        + ",\"response\":");
        return event.add(latest.json("cancelled"))
                .add("}\n\n".getBytes(StandardCharsets.US_ASCII))
                .copy();
    }

    // The caller

    @Override
    public boolean detach() {
        if (left) {
            return true;
        }
        if (log == null || !log.open()) {
            return false; // it was never told the id
        }
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
    }

    @Override
    public Credential credential() {
        return client.credential();
    }

    @Override
    public boolean readBody() {
        return true;
    }

    @Override
    public byte[] body() {
        return left ? NOTHING : client.body();
    }

    @Override
    public int bodyFrom() {
        return left ? 0 : client.bodyFrom();
    }

    /** What the body's length was, for the record; once the caller has left, the body itself is no more. */
    @Override
    public int bodyTo() {
        return bodyFrom() + bodyLength;
    }

    @Override
    public void forwardHeaders(ByteBuf to, Exchange running, Set<String> fixed) {
        client.forwardHeaders(to, running, fixed);
    }

    @Override
    public @Nullable String idempotencyKey(Exchange running) {
        return client.idempotencyKey(running);
    }

    /** The route's own: nobody waits. */
    @Override
    public Clocks clocks(Clocks route) throws RequestException {
        return streams ? client.clocks(route) : route;
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
        return peer;
    }
}
