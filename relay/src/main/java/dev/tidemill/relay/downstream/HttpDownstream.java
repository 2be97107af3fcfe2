package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Endpoint;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.IdempotencyKey;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.ratelimit.RetryAfter;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client's connection as the downstream of the exchange that runs on it. */
final class HttpDownstream implements Downstream {
    private static final byte[] ANTHROPIC_VERSION =
            "anthropic-version: 2023-06-01\r\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpConnection connection;
    private final Reception reception;
    private final Credential credential = new Credential();
    private @Nullable String streamId;
    private @Nullable Exchange answering;

    HttpDownstream(HttpConnection connection, Reception reception) {
        this.connection = connection;
        this.reception = reception;
    }

    @Override
    public Credential credential() {
        return Credentials.find(connection.head(), credential);
    }

    @Override
    public boolean readBody() {
        return connection.readBody();
    }

    @Override
    public byte[] body() {
        return connection.input();
    }

    @Override
    public int bodyFrom() {
        return connection.bodyFrom();
    }

    @Override
    public int bodyTo() {
        return connection.bodyTo();
    }

    @Override
    public void forwardHeaders(ByteBuf to, Exchange running, Set<String> fixed) {
        Head head = connection.head();
        Protocol protocol = running.endpoint().protocol();
        boolean versioned = fixed.contains(Header.ANTHROPIC_VERSION.lower());
        for (int i = 0; i < head.count(); i++) {
            Header known = head.known(i);
            if (forwarded(known, protocol) && (fixed.isEmpty() || !fixed.contains(known.lower()))) {
                versioned |= known == Header.ANTHROPIC_VERSION;
                to.writeBytes(head.bytes(), head.lineFrom(i), head.lineTo(i) - head.lineFrom(i));
            }
        }
        if (protocol == Protocol.ANTHROPIC && !versioned) {
            to.writeBytes(ANTHROPIC_VERSION);
        }
    }

    @Override
    public @Nullable String idempotencyKey(Exchange running) {
        if (running.endpoint().protocol() != Protocol.OPENAI) {
            return null;
        }
        int at = connection.head().find(Header.IDEMPOTENCY_KEY);
        return at < 0
                ? running.requestId()
                : IdempotencyKey.of(running.key(), connection.head().value(at));
    }

    private static boolean forwarded(Header known, Protocol protocol) {
        return switch (known) {
            case CONTENT_TYPE, ACCEPT, USER_AGENT -> true;
            case OPENAI_BETA -> protocol == Protocol.OPENAI;
            case ANTHROPIC_VERSION, ANTHROPIC_BETA -> protocol == Protocol.ANTHROPIC;
            case X_GOOG_API_CLIENT -> protocol == Protocol.GEMINI;
            default -> false;
        };
    }

    @Override
    public Clocks clocks(Clocks route) throws RequestException {
        return Timeouts.shorten(route, connection.head());
    }

    /** With a replay log, if its key has one for all its streams and the request does not say otherwise. */
    @Override
    public Downstream authenticated(Exchange exchange) {
        return exchange.key().resumable()
                        && exchange.endpoint() != Endpoint.STREAM_GENERATE_ARRAY
                        && connection.head().find(Header.X_TIDEMILL_RESUMABLE) < 0
                ? reception.resumable(this)
                : this;
    }

    @Override
    public @Nullable Priority priority() throws RequestException {
        Head head = connection.head();
        int at = head.find(Header.X_TIDEMILL_PRIORITY);
        if (at < 0) {
            return null;
        }
        Priority priority = Priority.parse(head.value(at));
        if (priority == null) {
            throw new RequestException(
                    "X-Tidemill-Priority: '" + NotFound.shortened(head.value(at)) + "' (expected: high, normal or low)",
                    "X-Tidemill-Priority",
                    "invalid_value");
        }
        return priority;
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public boolean takesFrames() {
        return connection.writer().chunked();
    }

    @Override
    public void begin(int status, Head upstream, Exchange running) {
        AnswerWriter to = connection.writer();
        to.status(status);
        to.headers(upstream);
        reception.name(to, running.requestId());
        target(to, running);
        limits(to, running);
        reception.cors(to);
        answering = running;
    }

    @Override
    public void pause(@Nullable Duration wish) {
        AnswerWriter to = connection.writer();
        if (wish != null) {
            to.header("retry-after", Long.toString(RetryAfter.told(wish).toSeconds()));
        }
        to.header("x-should-retry", "false"); // if it leaves, our own attempts are spent
    }

    @Override
    public void open(Exchange running) {
        AnswerWriter to = connection.writer();
        to.drop(); // the head of an attempt that has begun to answer, and is not committed
        to.status(200);
        reception.name(to, running.requestId());
        limits(to, running);
        reception.cors(to);
        to.contentType("text/event-stream");
        resumable(to);
        connection.commitHead(-1);
    }

    @Override
    public void answerJson(Exchange running, byte[] body) {
        AnswerWriter to = connection.writer();
        to.status(200);
        reception.name(to, running.requestId());
        answeredBy(to, running);
        limits(to, running);
        reception.cors(to);
        to.contentType("application/json");
        connection.commitHead(body.length);
        to.payload(body, 0, body.length);
        to.end();
        connection.flush();
    }

    @Override
    public void resumableAs(String id) {
        streamId = id;
    }

    private void resumable(AnswerWriter to) {
        if (streamId != null) {
            to.header("x-tidemill-stream", streamId);
            streamId = null;
        }
    }

    private static void answeredBy(AnswerWriter to, Exchange running) {
        if (target(to, running)) {
            attempts(to, running);
        }
    }

    private static boolean target(AnswerWriter to, Exchange running) {
        String target = running.targetName();
        if (target != null) {
            to.header("x-tidemill-target", target);
        }
        return target != null;
    }

    private static void attempts(AnswerWriter to, Exchange running) {
        to.header("x-tidemill-attempts", Integer.toString(running.attempts()));
    }

    private void limits(AnswerWriter to, Exchange running) {
        Allowance allowance = running.allowance();
        if (allowance != null) {
            LimitHeaders.write(to, allowance, reception.spoken(), System.nanoTime());
        }
    }

    @Override
    public void reset() {
        if (!connection.writer().committed()) {
            connection.writer().drop();
        }
    }

    @Override
    public void commit(long length, @Nullable String contentType) {
        AnswerWriter to = connection.writer();
        if (contentType != null && !to.typed()) {
            to.contentType(contentType);
        }
        if (answering != null) {
            attempts(to, answering); // more may have begun than when this one's head came
        }
        resumable(to);
        connection.commitHead(length);
    }

    @Override
    public void send(byte[] a, int from, int to) {
        connection.writer().payload(a, from, to);
    }

    @Override
    public void sendFrames(ByteBuf read, int offset, int length) {
        connection.writer().frames(read, offset, length);
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public boolean writable() {
        return connection.writer().writable();
    }

    @Override
    public void end() {
        connection.writer().end();
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public void fail(Failure failure, Exchange running) {
        AnswerWriter to = connection.writer();
        to.status(failure.status());
        answeredBy(to, running);
        limits(to, running);
        boolean upstream = failure.kind().upstream() || failure.kind() == Failure.Kind.UNRECORDED;
        boolean worthwhile =
                running.attempts() == 0 && failure.retryAfter() != null; // the caller's is the first attempt
        if (upstream && !worthwhile) {
            to.header("x-should-retry", "false");
        }
        reception.writeError(failure, running.requestId());
    }

    @Override
    public void failStream(Failure failure, byte[] event) {
        connection.writer().payload(event, 0, event.length);
        connection.writer().end();
    }

    @Override
    public void done() {
        answering = null; // the connection may be idle for long
        connection.finish();
    }

    @Override
    public String peer() {
        return connection.address();
    }
}
