package dev.tidemill.relay.line;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.ratelimit.RetryAfter;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A batch line as a downstream: the body is there from the start, the answer is collected, up to {@link #MAX_ANSWER}. */
final class LineDownstream implements Downstream {
    static final int MAX_ANSWER = 16 << 20;

    private static final byte[] JSON = "content-type: application/json\r\n".getBytes(StandardCharsets.US_ASCII);

    private final LineRequest line;
    private final Consumer<LineAnswer> whenDone;
    private final Credential credential = new Credential();
    private final Bytes answer = new Bytes(1024);
    private int status;
    private @Nullable Duration retryAfter;
    private @Nullable Failure failure;
    private @Nullable Exchange exchange;

    LineDownstream(LineRequest line, Consumer<LineAnswer> whenDone) {
        this.line = line;
        this.whenDone = whenDone;
    }

    void run(Exchange own) {
        exchange = own;
        own.start();
    }

    @Override
    public Credential credential() {
        return credential.owner(line.keyId());
    }

    @Override
    public boolean readBody() {
        return true;
    }

    @Override
    public byte[] body() {
        return line.body();
    }

    @Override
    public int bodyFrom() {
        return 0;
    }

    @Override
    public int bodyTo() {
        return line.body().length;
    }

    @Override
    public void forwardHeaders(ByteBuf to, Exchange running, Set<String> fixed) {
        to.writeBytes(JSON);
    }

    @Override
    public String idempotencyKey(Exchange running) {
        return line.idempotencyKey();
    }

    @Override
    public boolean live() {
        return false;
    }

    @Override
    public boolean takesFrames() {
        return false;
    }

    @Override
    public void begin(int statusNow, Head upstream, Exchange running) {
        status = statusNow;
        retryAfter = null;
    }

    @Override
    public void pause(@Nullable Duration wish) {
        retryAfter = wish == null ? null : RetryAfter.told(wish);
    }

    @Override
    public void reset() {
        status = 0;
        answer.clear(1024);
    }

    @Override
    public void commit(long length, @Nullable String contentType) {}

    @Override
    public void send(byte[] a, int from, int to) {
        if (answer.length() + (to - from) > MAX_ANSWER) {
            Exchange running = exchange;
            if (running != null) {
                running.fail(Failure.of(
                        Failure.Kind.UPSTREAM_UNUSABLE,
                        "answer_too_large",
                        "the answer has more than " + MAX_ANSWER + " bytes (expected: at most that for a batch line)"));
            }
            return;
        }
        answer.add(a, from, to);
    }

    @Override
    public void sendFrames(ByteBuf read, int offset, int length) {
        throw new IllegalStateException("a line takes no frames");
    }

    @Override
    public void flush() {}

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void end() {}

    @Override
    public void abort() {
        // The exchange has the failure; done() tells it.
    }

    @Override
    public void fail(Failure why, Exchange running) {
        failure = why;
    }

    @Override
    public void failStream(Failure why, byte[] event) {
        failure = why;
    }

    @Override
    public void done() {
        Exchange running = java.util.Objects.requireNonNull(exchange);
        Failure why = failure != null ? failure : running.failure();
        whenDone.accept(
                why != null
                        ? LineAnswer.failed(why, running.requestId(), running.sent())
                        : new LineAnswer(
                                status,
                                running.requestId(),
                                answer.copy(),
                                running.usage(),
                                null,
                                retryAfter,
                                running.sent()));
    }

    @Override
    public String peer() {
        return "batch";
    }
}
