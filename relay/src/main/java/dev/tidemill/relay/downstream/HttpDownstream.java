package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Exchange;
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
    private static final byte[] IDEMPOTENCY_KEY = "idempotency-key: ".getBytes(StandardCharsets.US_ASCII);

    private final HttpConnection connection;
    private final Reception reception;
    private final Credential credential = new Credential();
    private @Nullable String streamId;

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
        boolean another = running.asksForRest(); // under the same key the broken answer could come again
        boolean idempotent = another || protocol != Protocol.OPENAI || fixed.contains(Header.IDEMPOTENCY_KEY.lower());
        for (int i = 0; i < head.count(); i++) {
            Header known = head.known(i);
            boolean foreign = another && known == Header.IDEMPOTENCY_KEY;
            if (!foreign && forwarded(known, protocol) && (fixed.isEmpty() || !fixed.contains(known.lower()))) {
                versioned |= known == Header.ANTHROPIC_VERSION;
                idempotent |= known == Header.IDEMPOTENCY_KEY;
                to.writeBytes(head.bytes(), head.lineFrom(i), head.lineTo(i) - head.lineFrom(i));
            }
        }
        if (protocol == Protocol.ANTHROPIC && !versioned) {
            to.writeBytes(ANTHROPIC_VERSION);
        }
        if (!idempotent) { // the same for every attempt, so that a provider that knows it charges once
            to.writeBytes(IDEMPOTENCY_KEY);
            to.writeCharSequence(running.requestId(), StandardCharsets.US_ASCII);
            to.writeShort(0x0d0a);
        }
    }

    private static boolean forwarded(Header known, Protocol protocol) {
        return switch (known) {
            case CONTENT_TYPE, ACCEPT, USER_AGENT -> true;
            case OPENAI_BETA, IDEMPOTENCY_KEY -> protocol == Protocol.OPENAI;
            case ANTHROPIC_VERSION, ANTHROPIC_BETA -> protocol == Protocol.ANTHROPIC;
            case X_GOOG_API_CLIENT -> protocol == Protocol.GEMINI;
            default -> false;
        };
    }

    @Override
    public Clocks clocks(Clocks route) throws RequestException {
        return Timeouts.shorten(route, connection.head());
    }

    @Override
    public Priority priority() throws RequestException {
        Head head = connection.head();
        int at = head.find(Header.X_TIDEMILL_PRIORITY);
        if (at < 0) {
            return Priority.NORMAL;
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
        Duration wish = status >= 400 ? RetryAfter.wished(upstream, System.currentTimeMillis()) : null;
        if (wish != null) {
            to.header("retry-after", Long.toString(RetryAfter.told(wish).toSeconds()));
        }
        if (status >= 400) {
            to.header("x-should-retry", "false"); // if it leaves, our own attempts are spent
        }
        reception.name(to, running.requestId());
        answeredBy(to, running);
        limits(to, running);
        reception.cors(to);
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
        String target = running.targetName();
        if (target != null) {
            to.header("x-tidemill-target", target);
            to.header("x-tidemill-attempts", Integer.toString(running.attempts()));
        }
    }

    private void limits(AnswerWriter to, Exchange running) {
        Allowance allowance = running.allowance();
        if (allowance != null) {
            LimitHeaders.write(to, allowance, reception.spoken(), System.nanoTime(), System.currentTimeMillis());
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
        return connection.channel().isWritable();
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
        connection.finish();
    }

    @Override
    public String peer() {
        return connection.address();
    }
}
