package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.wire.http.Head;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** In place of a client that has left, while the answer is read to its end for what it says it cost: takes all, keeps nothing. */
final class Gone implements Downstream {
    /** Bytes of an answer that are read for nobody, where only the end is of interest. */
    static final long MOST = 8 << 20;

    private static final byte[] NOTHING = {};

    private final Exchange exchange;
    private final String peer;
    private final long most;
    private final int bodyLength;
    private long taken;

    Gone(Exchange exchange, Downstream left, long most) {
        this.exchange = exchange;
        this.most = most;
        this.peer = left.peer();
        this.bodyLength = left.bodyTo() - left.bodyFrom();
    }

    @Override
    public Credential credential() {
        return new Credential().none();
    }

    @Override
    public boolean readBody() {
        return true;
    }

    @Override
    public byte[] body() {
        return NOTHING;
    }

    @Override
    public int bodyFrom() {
        return 0;
    }

    /** What the body's length was, for the record; the body itself is no more. */
    @Override
    public int bodyTo() {
        return bodyLength;
    }

    @Override
    public void forwardHeaders(ByteBuf to, Exchange running, Set<String> fixed) {}

    /** No attempt begins any more. */
    @Override
    public @Nullable String idempotencyKey(Exchange running) {
        return null;
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public boolean takesFrames() {
        return false;
    }

    @Override
    public void begin(int status, Head upstream, Exchange running) {}

    @Override
    public void reset() {}

    @Override
    public void commit(long length, @Nullable String contentType) {}

    @Override
    public void send(byte[] a, int from, int to) {
        taken += to - from;
        if (taken > most) {
            exchange.giveUp();
        }
    }

    @Override
    public void sendFrames(ByteBuf read, int offset, int length) {
        throw new IllegalStateException("nobody takes frames");
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
    public void abort() {}

    @Override
    public void fail(Failure failure, Exchange running) {}

    @Override
    public void failStream(Failure failure, byte[] event) {}

    @Override
    public void done() {}

    @Override
    public String peer() {
        return peer;
    }
}
