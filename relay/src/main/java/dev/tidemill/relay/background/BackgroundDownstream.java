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
 *
 * <p>When the events outgrow their log, another takes its place that has the response alone, as it is shown by now: it can
 * still be asked for and cancelled. Without any, since there is no room, the exchange goes on as long as the caller is there.
 * A response whose id is not known before its first content is not kept, and given when it is made.
 */
final class BackgroundDownstream implements Downstream {
    private static final Failure CANCELLED = Failure.of(
            Kind.CANCELLED, "response_cancelled", "the response was cancelled; what came before may be billed");
    private static final Failure TOO_LONG = Failure.of(
            Kind.CLIENT_GONE,
            "response_too_long",
            "the client closed the connection, and the response outgrew what is kept for its return");
    private static final String FAILED = "the provider ended the stream with an error, which is among the events";
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
    private String id = "";
    private @Nullable ReplayLog log;
    /** Whether the log has events, and not the response alone. */
    private boolean events = true;
    /** The caller has what it asked for, or has gone: nothing more goes there. */
    private boolean left;

    BackgroundDownstream(Exchange exchange, ReplayLogs logs, boolean streams) {
        this.exchange = exchange;
        this.client = exchange.downstream().unkept();
        this.logs = logs;
        this.streams = streams;
        this.peer = client.peer();
        this.bodyLength = client.bodyTo() - client.bodyFrom();
    }

    // The log

    @Override
    public boolean keep(String told) {
        id = told;
        log = beginLog(Backgrounds.EVENTS);
        return log != null;
    }

    private @Nullable ReplayLog beginLog(String contentType) {
        Key key = exchange.key();
        Policy policy = exchange.model().policy();
        String owner = Backgrounds.owner(key.organization(), key.project());
        return logs.begin(
                new ReplayedStream(
                        Backgrounds.name(owner, id),
                        owner,
                        contentType,
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

    /**
     * Keeps the events in {@code a[from, to)} and leaves in {@link #out} how they are sent.
     *
     * @param ours whether they are not the provider's
     */
    private void emit(byte[] a, int from, int to, boolean ours) {
        out.clear(64 << 10);
        reader.feed(a, from, to);
        try {
            while (reader.next()) {
                if (reader.hasData() || reader.hasError()) {
                    int start = out.length();
                    text.write(out, reader, ours);
                    boolean shown = latest.look(text.data());
                    append(start, shown);
                }
            }
        } catch (SseException e) {
            throw new IllegalStateException("an event without a bound on its size", e);
        }
    }

    /** Keeps the event that was written from {@code start} on, or the response if it {@code shows} that. */
    private void append(int start, boolean shows) {
        ReplayLog into = log;
        if (into == null) {
            return;
        }
        boolean wanted = shows;
        if (events) {
            if (into.append(Arrays.copyOfRange(out.array(), start, out.length()))) {
                return;
            }
            events = false;
            wanted = true;
            log = into = beginLog(Backgrounds.OBJECTS);
        }
        if (wanted && into != null) {
            into.append(latest.json());
        }
    }

    /** Whether somebody can come back for what is made. */
    private boolean kept() {
        return log != null && log.open();
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

    /** Gives a caller who does not want a stream the response, once there is one to come back for. */
    private void answer() {
        if (!streams && !left && latest.seen() && kept()) {
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
        emit(a, from, to, false);
        sendOn();
        answer();
        if (left && !kept()) {
            exchange.fail(TOO_LONG);
        }
    }

    private void sendOn() {
        if (streaming()) {
            client.send(out.array(), 0, out.length());
        }
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
        if (latest.seen() && !latest.ended()) { // the provider told an error, and left it at that
            byte[] failed = failed(ResponseObject.failed(latest.json(), FAILED));
            emit(failed, 0, failed.length, true);
            sendOn();
        }
        close(End.ENDED);
        if (streaming() || !exchange.streaming()) {
            client.end();
        } else if (!left && latest.seen()) {
            client.answerJson(exchange, latest.json());
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
        byte[] told = failure.kind() == Kind.CANCELLED && latest.seen()
                ? failed(ResponseObject.withStatus(latest.json(), "cancelled"))
                : event;
        emit(told, 0, told.length, true);
        close(End.ENDED);
        if (streaming()) {
            client.failStream(failure, out.copy());
        } else if (!left) {
            client.fail(failure, exchange);
        }
    }

    /** An event that ends the response, and shows it so; it is numbered where it is written. */
    private static byte[] failed(byte[] response) {
        byte[] line = response.clone();
        for (int i = 0; i < line.length; i++) {
            line[i] = line[i] == '\n' ? (byte) ' ' : line[i]; // between tokens: within a string it is escaped
        }
        return new Bytes(line.length + 128)
                .add("event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":0,\"response\":")
                .add(line)
                .add("}\n\n")
                .copy();
    }

    // The caller

    @Override
    public boolean detach() {
        if (left) {
            return true;
        }
        if (!kept()) {
            return false;
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
