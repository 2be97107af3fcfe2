package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Framing;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's HTTP/1.1 connection: what comes in, in order, and when it has come too slowly. Who answers is the {@link
 * Reception}'s to say.
 *
 * <p>Reads are copied once, into one array that holds the request from its head to its body's end; head and body are used
 * where they lie. An idle connection holds no array.
 *
 * <p><b>In order.</b> Every read goes behind those that wait; {@link #process} takes from their front when there is use for
 * more. While a request is answered nothing is taken, and reading stops beyond {@link #MAX_AHEAD} bytes. The next request
 * is not looked at before the client has taken most of the answers before it, so one that only asks cannot pile them up.
 *
 * <p>What comes too slowly, or is taken too slowly, is for the {@link Watch}.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final int MAX_AHEAD = 64 << 10;
    private static final int MAX_LINGER = 4 << 20;
    private static final int MOST_OF_A_PATH = 1 << 10;
    private static final byte[] EMPTY = {};

    private enum State {
        /** Between requests, or within a head. */
        HEAD,
        /** A request is being answered whose body is not whole yet. */
        BODY,
        /** A request is being answered whose body is whole. */
        BUSY,
        /** The last answer is out; what still comes is thrown away, so that the answer is not lost to a reset. */
        LINGER,
        CLOSED
    }

    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private final Port port;
    private final ExchangeLoop home;
    private final String address;
    private final Head head;
    private final BodyWalker walker = new BodyWalker();
    private final Reception reception;
    private final Watch watch;
    private final ArrayDeque<ByteBuf> ahead = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext context;
    private @Nullable AnswerWriter writer;
    private @Nullable Backlog backlog;

    private State state = State.HEAD;
    private byte[] in = EMPTY;
    private int start;
    private int end;
    private int aheadBytes;
    private int lingered;
    private boolean processing;

    private boolean bodyWanted;
    private boolean bodyWhole;
    /** The request has failed: what still comes of it is not looked at. */
    private boolean deaf;

    private boolean pipeFull;
    private int bodyFrom;
    private int bodyTo;
    private int position;
    private boolean keepAlive;

    private @Nullable Exchange exchange;
    private @Nullable ServiceCall call;

    HttpConnection(Port port, ExchangeLoop home, String address) {
        this.port = port;
        this.home = home;
        this.address = address;
        this.reception = new Reception(this, port, home);
        this.watch = new Watch(this, port.limits());
        this.head = new Head(port.limits().headBytes(), Head.DEFAULT_MAX_HEADERS);
    }

    // The channel

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        writer = new AnswerWriter(added.channel(), home.loop());
        backlog = new Backlog(added.channel(), home.loop().memory());
        home.loop().deadlines().add(watch);
        home.meters().connections(1);
        port.add(this);
        watch.connected();
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        state = State.CLOSED;
        home.loop().deadlines().remove(watch);
        home.meters().connections(-1);
        port.remove(this);
        writer().drop();
        backlog().drop();
        Exchange running = exchange;
        if (running != null) {
            running.clientGone();
        }
        ServiceCall served = call;
        if (served != null) {
            served.clientGone();
        }
        releaseInput();
        releaseAhead();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext at, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("connection of {} failed", address, cause);
        }
        at.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext at, Object message) {
        ByteBuf read = (ByteBuf) message;
        switch (state) {
            case HEAD, BODY, BUSY -> {
                if (deaf) {
                    read.release();
                    return;
                }
                ahead.add(read);
                aheadBytes += read.readableBytes();
                process();
                reading();
            }
            case LINGER -> {
                lingered += read.readableBytes();
                read.release();
                if (lingered > MAX_LINGER) {
                    at.close();
                }
            }
            case CLOSED -> read.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext at) {
        backlog().look();
        if (!at.channel().isWritable()) {
            flushed();
            return;
        }
        Exchange running = exchange;
        if (running != null) {
            running.downstreamWritable();
        }
        if (state == State.HEAD) {
            process();
            reading();
        }
    }

    // Reading

    /** Reads as long as there is use for it. */
    private void reading() {
        boolean on = switch (state) {
            case HEAD -> channel().isWritable();
            case BODY -> !pipeFull && (bodyWanted || aheadBytes <= MAX_AHEAD);
            case BUSY -> aheadBytes <= MAX_AHEAD;
            case LINGER, CLOSED -> true;
        };
        if (channel().config().isAutoRead() != on) {
            channel().config().setAutoRead(on);
        }
    }

    /** Takes over the next read that waits, if there is one and memory for it. */
    private boolean takeAhead() {
        ByteBuf next = deaf ? null : ahead.poll();
        if (next == null) {
            return false;
        }
        int length = next.readableBytes();
        aheadBytes -= length;
        try {
            if (in.length - end < length && !makeRoom(length)) {
                keepAlive = false;
                failRequest(Failure.overloaded(
                        "the relay's memory for request bodies is used up. Try again in a moment",
                        Duration.ofSeconds(1)));
                return false;
            }
            next.readBytes(in, end, length);
            end += length;
            return true;
        } finally {
            next.release();
        }
    }

    private boolean makeRoom(int more) {
        if (state == State.HEAD && start > 0) {
            System.arraycopy(in, start, in, 0, end - start);
            head.rebase(in, 0);
            end -= start;
            start = 0;
        }
        if (in.length - end >= more) {
            return true;
        }
        int wanted = Math.max(end + more, Math.min(in.length * 2, in.length + (4 << 20)));
        if (state == State.BODY && call == null && head.contentLength() > 0) {
            long whole = bodyFrom + Math.min(head.contentLength(), reception.bodyLimit()) + 1;
            wanted = (int) Math.max(end + more, Math.min(whole, Math.max(wanted, 1 << 20)));
        }
        byte[] larger = home.loop().blocks().take(wanted);
        if (larger == null) {
            return false;
        }
        System.arraycopy(in, 0, larger, 0, end);
        if (in.length > 0) {
            home.loop().blocks().give(in);
        }
        in = larger;
        head.rebase(in, start);
        return true;
    }

    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        boolean more = true;
        while (more) {
            more = switch (state) {
                case HEAD -> readHead();
                case BODY -> goOnWithBody();
                case BUSY, LINGER, CLOSED -> false;
            };
        }
        processing = false;
    }

    private boolean readHead() {
        if (!channel().isWritable()) {
            return false; // it has not taken the answers before
        }
        if (start == end && !takeAhead()) {
            if (state == State.HEAD) {
                releaseInput();
            }
            return false;
        }
        try {
            int behind = head.request(in, start, end);
            if (behind == Head.INCOMPLETE) {
                if (takeAhead()) {
                    return true;
                }
                if (state == State.HEAD) {
                    watch.head();
                }
                return false;
            }
            bodyFrom = behind;
        } catch (HttpException e) {
            reception.refuseHead(Reception.malformed(e));
            return false;
        }
        bodyTo = bodyFrom;
        position = bodyFrom;
        pipeFull = false;
        bodyWanted = false;
        bodyWhole = false;
        watch.off();
        state = State.BODY;
        keepAlive = head.keepAlive() && !port.draining();
        walker.begin(head.framing(), head.contentLength());
        reception.receive();
        return true;
    }

    private boolean goOnWithBody() {
        if (!bodyWanted) {
            return false;
        }
        takeBodyAhead();
        if (bodyWhole && exchange != null) {
            exchange.resume();
        }
        return state != State.BODY;
    }

    private void takeBodyAhead() {
        takeBody();
        while (state == State.BODY && !pipeFull && takeAhead()) {
            takeBody();
        }
    }

    private void takeBody() {
        try {
            while (walker.next(in, position, end)) {
                position = walker.position();
                if (!takeRun(walker.payloadFrom(), walker.payloadTo())) {
                    return;
                }
            }
            position = walker.position();
        } catch (HttpException e) {
            keepAlive = false;
            failRequest(Reception.malformed(e));
            return;
        }
        if (walker.ended()) {
            bodyWhole = true;
            state = State.BUSY;
            start = position;
            watch.off();
            if (call != null) {
                call.bodyEnded();
            }
        } else {
            watch.body();
            if (call != null) {
                end = 0; // all was handed over, and the head was copied
                start = 0;
                position = 0;
            }
        }
    }

    private boolean takeRun(int from, int to) {
        watch.bodyCame(to - from);
        ServiceCall served = call;
        if (served != null) {
            pipeFull |= !served.body(in, from, to);
            return true;
        }
        if (bodyTo - bodyFrom + (to - from) > reception.bodyLimit()) {
            failRequest(reception.tooLarge(-1));
            return false;
        }
        if (bodyTo != from) {
            System.arraycopy(in, from, in, bodyTo, to - from);
        }
        bodyTo += to - from;
        return true;
    }

    /** The path of the request of which no more than this was understood; empty: not even that. */
    String pathSoFar() {
        int from = start;
        while (from < end && (in[from] == '\r' || in[from] == '\n')) {
            from++;
        }
        while (from < end && in[from] > ' ') {
            from++; // the method
        }
        from = Math.min(from + 1, end);
        int to = from;
        while (to < end && to - from < MOST_OF_A_PATH && in[to] > ' ' && in[to] != '?') {
            to++;
        }
        return new String(in, from, to - from, StandardCharsets.US_ASCII);
    }

    void failRequest(Failure failure) {
        deaf = true;
        Exchange running = exchange;
        ServiceCall served = call;
        if (running != null) {
            running.fail(failure);
        } else if (served != null) {
            served.bodyFailed(failure);
        } else {
            reception.refuseHead(failure);
        }
    }

    /** A service has read what waited. */
    void readOn(ServiceCall served) {
        if (call != served) {
            return;
        }
        pipeFull = false;
        if (state == State.BODY) {
            watch.bodyWanted();
            process();
            reading();
        }
    }

    /** The answer is written: flush, then the next request or the end. */
    void finish() {
        exchange = null;
        call = null;
        deaf = false;
        pipeFull = false;
        writer().flush();
        if (state == State.CLOSED) {
            return;
        }
        if (!keepAlive || !(bodyWhole || noBody()) || port.draining()) {
            linger();
            return;
        }
        state = State.HEAD;
        start = bodyWhole ? position : bodyFrom;
        head.clear();
        watch.idle();
        flushed();
        process();
        reading();
    }

    /** No more requests: once the client has taken all, it is told so, and has a moment to read it before the close. */
    private void linger() {
        state = State.LINGER;
        releaseInput();
        releaseAhead();
        reading();
        watch.off();
        flushed();
        Objects.requireNonNull(context).writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> {
            if (state == State.LINGER) {
                watch.closing();
                ((SocketChannel) channel()).shutdownOutput();
            }
        });
    }

    private void releaseAhead() {
        ahead.forEach(ByteBuf::release);
        ahead.clear();
        aheadBytes = 0;
    }

    private void releaseInput() {
        if (in.length > 0) {
            home.loop().blocks().give(in);
            in = EMPTY;
        }
        start = 0;
        end = 0;
    }

    /** Ends the connection when nothing runs on it; else the current answer is its last. */
    void drain() {
        if (state == State.HEAD && start == end && ahead.isEmpty()) {
            linger();
        } else {
            keepAlive = false;
        }
    }

    // For the reception, the exchange's downstream and a service's call

    void run(Exchange begun) {
        exchange = begun;
        begun.start();
    }

    void run(ServiceCall begun) {
        call = begun;
        port.callBegan();
        port.services().execute(() -> {
            try {
                begun.run();
            } finally {
                port.callEnded();
            }
        });
        readBody();
    }

    /** Asks for the body; returns whether it is whole. */
    boolean readBody() {
        if (!bodyWanted) {
            bodyWanted = true;
            watch.bodyWanted();
            if (head.expectContinue() && position == end && ahead.isEmpty()) {
                writer().interim();
            }
            takeBodyAhead();
            reading();
        }
        return bodyWhole;
    }

    private boolean noBody() {
        return head.framing() == Framing.NONE || head.contentLength() == 0;
    }

    /** Ends the head of an answer; a request that was not read to its end makes it the last. */
    void commitHead(long length) {
        keepAlive = writer().commit(length, keepAlive && (bodyWhole || noBody()) && !port.draining());
    }

    /** After this answer the connection ends. */
    void lastAnswer() {
        keepAlive = false;
    }

    void flush() {
        if (state != State.CLOSED && writer().committed()) {
            writer().flush();
            flushed();
        }
    }

    /** Whatever did not leave at once has to leave in time. */
    private void flushed() {
        if (state != State.CLOSED && writer().behind() && backlog().bytes() > 0) {
            backlog().look();
            watch.taking();
        }
    }

    /** Cuts the answer off so that it cannot look whole. */
    void abort() {
        writer().drop();
        keepAlive = false;
        if (writer().endsByClosing()) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0); // a proper close would look like the answer's end
        }
        channel().close();
    }

    Head head() {
        return head;
    }

    /** The array that holds the request. */
    byte[] input() {
        return in;
    }

    int bodyFrom() {
        return bodyFrom;
    }

    int bodyTo() {
        return bodyTo;
    }

    String address() {
        return address;
    }

    Channel channel() {
        return Objects.requireNonNull(context).channel();
    }

    AnswerWriter writer() {
        return Objects.requireNonNull(writer);
    }

    Backlog backlog() {
        return Objects.requireNonNull(backlog);
    }

    ExchangeLoop home() {
        return home;
    }

    /** Sends a piece of a service's answer; {@code left} tells when the client's side has taken it. */
    void sendPiece(byte[] a, ChannelPromise left) {
        writer().payload(a, 0, a.length);
        writer().flush();
        Objects.requireNonNull(context).writeAndFlush(Unpooled.EMPTY_BUFFER, left);
        flushed();
    }

    boolean gone() {
        return state == State.CLOSED;
    }

    /** Whether it is the service that does not read on. */
    boolean pipeFull() {
        return pipeFull;
    }

    /** What came is no head, or did not become one in time. */
    void refuseHead(Failure failure) {
        reception.refuseHead(failure);
    }

    /** The client is no longer behind: back to what its state waits for. */
    void taken() {
        switch (state) {
            case HEAD -> watch.idle();
            case BODY -> watch.body();
            case BUSY, CLOSED -> watch.off();
            case LINGER -> watch.closing();
        }
    }
}
