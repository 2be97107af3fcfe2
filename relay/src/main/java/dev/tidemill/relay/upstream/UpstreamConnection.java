package dev.tidemill.relay.upstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.loop.Loop;
import dev.tidemill.relay.loop.Sender;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to a provider, one request at a time.
 *
 * <p>A read is copied once to the loop's scratch array and looked at there; the bytes that go on to the client are those of
 * the buffer that was read. A head that ends in a later read is put together in an array of its own. The connection is
 * used again when, and only when, the answer ended cleanly: framing complete, keep-alive, not one byte behind it, and the
 * request wholly written.
 */
public final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private static final int MAX_HEAD = 64 << 10;
    private static final int MAX_HEADERS = 256;
    private static final int MAX_INTERIM = 16;
    /** The way to the peer and back, with room to spare. */
    private static final long AT_ONCE = 1_000_000_000L;

    private final Pool pool;
    private final Loop loop;
    private final Channel channel;
    private final Sender sender;
    private final long opened = System.nanoTime();
    private final Head head = new Head(MAX_HEAD, MAX_HEADERS);
    private final BodyWalker walker = new BodyWalker();

    private @Nullable Receiver receiver;
    private byte @Nullable [] partialHead;
    private int partialLength;
    private boolean inBody;
    private boolean keepAlive;
    private boolean readAny;
    private boolean moreInRead;
    private boolean closed;
    private boolean unsent;
    private int interim;
    private int served;
    private long idleSince = opened;

    UpstreamConnection(Pool pool, Loop loop, Channel channel) {
        this.pool = pool;
        this.loop = loop;
        this.channel = channel;
        this.sender = new Sender(channel);
    }

    /** Sends a whole request; its answer goes to {@code receiver}. Takes over the buffer. */
    public void send(ByteBuf request, Receiver whoWaits) {
        receiver = whoWaits;
        inBody = false;
        readAny = false;
        interim = 0;
        served++;
        if (closed || !channel.isActive()) {
            unsent = true;
            request.release();
            loop.execute(() -> broken(cut("before the request was sent")));
            return;
        }
        sender.send(request);
    }

    /**
     * Whether the peer may have closed it before it could know of the request: it had been idle, and breaks at once, or is
     * closed already. Later than that the peer may have worked on the request.
     *
     * @param nanos since the send
     */
    public boolean mayBeStale(long nanos) {
        return unsent || (served > 1 && nanos < AT_ONCE);
    }

    /** Stops or goes on reading: the client is slower than the provider. */
    public void read(boolean on) {
        if (channel.config().isAutoRead() != on) {
            channel.config().setAutoRead(on);
        }
    }

    /** Whether it is read from, or waits for the client. */
    public boolean reading() {
        return channel.config().isAutoRead();
    }

    /** Gives the answer up: the connection is closed, which tells the provider to stop. */
    public void abandon() {
        receiver = null;
        close();
    }

    /** Nothing was sent on it; another may. A task of its own, since the next in line may not want it either. */
    public void giveBack() {
        loop.execute(() -> {
            if (!closed) {
                pool.release(this);
            }
        });
    }

    boolean usable(long now, Provider.Pool options) {
        return !closed
                && channel.isActive()
                && now - opened < options.age().toNanos()
                && now - idleSince < options.idle().toNanos();
    }

    boolean dead() {
        return closed;
    }

    void close() {
        if (!closed) {
            closed = true;
            channel.close();
            pool.closed(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf read = (ByteBuf) message;
        try {
            readAny = true;
            int readable = read.readableBytes(); // what is written on may be shorter before we are through
            for (int offset = 0; offset < readable && !closed; offset += Loop.READ) {
                int length = loop.copy(read, offset);
                take(loop.scratch(), length, read, offset, offset + length < readable);
            }
        } catch (HttpException e) {
            malformed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            bug(e);
        } finally {
            read.release();
        }
    }

    private void take(byte[] a, int length, ByteBuf read, int offset, boolean more) throws HttpException {
        moreInRead = more;
        int at = 0;
        if (receiver == null) {
            close(); // what nobody asked for, perhaps another request's answer
            return;
        }
        if (!inBody) {
            if (partialHead != null) {
                takePartialHead(a, length);
                return;
            }
            at = heads(a, 0, length);
            if (at < 0) {
                return;
            }
        }
        body(a, at, length, read, offset);
    }

    /** Parses heads until the final one; returns where the body starts, or -1 when more is needed. */
    private int heads(byte[] a, int from, int to) throws HttpException {
        int at = from;
        while (!closed) {
            int end = head.response(a, at, to, false);
            if (end == Head.INCOMPLETE) {
                partialLength = to - at;
                partialHead = Arrays.copyOf(Arrays.copyOfRange(a, at, to), Math.max(partialLength, 1024));
                head.rebase(partialHead, 0);
                return -1;
            }
            at = end;
            if (head.status() >= 200) {
                break;
            }
            if (head.status() == 101 || ++interim > MAX_INTERIM) {
                malformed("status " + head.status() + " (expected: a final one after at most " + MAX_INTERIM
                        + " of 1xx)");
                return -1;
            }
            head.clear();
        }
        Receiver waiting = receiver;
        if (closed || waiting == null) {
            return -1;
        }
        keepAlive = head.keepAlive();
        walker.begin(head.framing(), head.contentLength());
        inBody = true;
        waiting.answerHead(head);
        head.clear();
        return closed ? -1 : at;
    }

    private void takePartialHead(byte[] a, int length) throws HttpException {
        byte[] joined = java.util.Objects.requireNonNull(partialHead);
        if (partialLength + length > joined.length) {
            joined = Arrays.copyOf(joined, Math.max(partialLength + length, joined.length * 2));
            head.rebase(joined, 0);
        }
        System.arraycopy(a, 0, joined, partialLength, length);
        int total = partialLength + length;
        partialHead = null;
        int at = heads(joined, 0, total);
        if (at >= 0) {
            body(joined, at, total, null, 0);
        }
    }

    private void body(byte[] a, int from, int to, @Nullable ByteBuf source, int offset) throws HttpException {
        Receiver waiting = receiver;
        if (waiting == null) {
            return;
        }
        waiting.answerBody(walker, a, from, to, source, offset + from);
        if (walker.ended() && receiver == waiting) {
            ended(waiting, moreInRead || (walker.position() < to && from < to));
        }
    }

    private void ended(Receiver waiting, boolean bytesBehind) {
        receiver = null;
        inBody = false;
        idleSince = System.nanoTime();
        read(true);
        if (bytesBehind
                || !keepAlive
                || !channel.isActive()
                || channel.unsafe().outboundBuffer() == null
                || channel.unsafe().outboundBuffer().totalPendingWriteBytes() > 0) {
            close();
        } else {
            pool.release(this);
        }
        try {
            waiting.answerEnded();
        } catch (RuntimeException e) {
            waiting.broke(e); // nobody else would tell it any more
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Receiver waiting = receiver;
        if (waiting != null) {
            try {
                waiting.answerReadComplete();
            } catch (RuntimeException e) {
                bug(e);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Receiver waiting = receiver;
        if (waiting != null && inBody) {
            try {
                walker.eof();
                keepAlive = false;
                ended(waiting, false);
                return;
            } catch (HttpException e) {
                broken(cut("before its answer was whole").withDetail(e.getMessage()));
                return;
            }
        }
        broken(cut(readAny || partialHead != null ? "within its answer's head" : "before it answered"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken(cut(inBody ? "before its answer was whole" : "before it answered")
                .withDetail(cause.toString()));
    }

    private void malformed(String detail) {
        broken(Failure.of(
                        Kind.UPSTREAM_PROTOCOL,
                        "upstream_malformed",
                        "provider " + pool.provider().name()
                                + " sent a malformed HTTP answer; it was not passed on. Try again")
                .withDetail(detail));
    }

    private Failure cut(String when) {
        return Failure.of(
                Kind.UPSTREAM_BROKEN,
                "upstream_connection_closed",
                "provider " + pool.provider().name() + " closed the connection " + when
                        + "; what came before may have been billed. Try again");
    }

    private void broken(Failure failure) {
        Receiver waiting = receiver;
        receiver = null;
        close();
        if (waiting != null) {
            try {
                waiting.answerBroken(failure, !readAny);
            } catch (RuntimeException e) {
                waiting.broke(e);
            }
        }
    }

    private void bug(RuntimeException e) {
        Receiver waiting = receiver;
        abandon();
        if (waiting != null) {
            waiting.broke(e);
        }
    }
}
