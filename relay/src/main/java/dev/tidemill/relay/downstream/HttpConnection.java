package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.exchange.Authenticate;
import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Endpoint;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.relay.loop.Timed;
import dev.tidemill.relay.service.Routing;
import dev.tidemill.relay.upstream.RetryAfter;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.http.Method;
import dev.tidemill.wire.openai.OpenAiError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client's HTTP/1.1 connection, and the downstream of the exchange that runs on it.
 *
 * <p>Reads are copied once, into one array that holds the request from its head to its body's end; head and body are used
 * where they lie. An idle connection holds no array. While a request is answered, what the client sends ahead waits as it
 * was read, at most {@link #MAX_AHEAD} bytes of it before reading stops.
 *
 * <p>One {@link Watch deadline} stands for all: a head that does not end, a body that stalls, an idle connection, a client
 * that does not take its answer, and one that does not close when told so.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements Downstream {
    private static final int MAX_AHEAD = 64 << 10;
    private static final int MAX_LINGER = 4 << 20;
    private static final Duration LINGER = Duration.ofSeconds(2);
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

    private final Port port;
    private final ExchangeLoop home;
    private final String address;
    private final Head head;
    private final BodyWalker walker = new BodyWalker();
    private final Credential credential = new Credential();
    private final Watch watch = new Watch();
    private final ArrayDeque<ByteBuf> ahead = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext context;
    private @Nullable AnswerWriter writer;

    private State state = State.HEAD;
    private byte[] in = EMPTY;
    private int start;
    private int end;
    private int aheadBytes;
    private int lingered;
    private boolean processing;

    private boolean bodyWanted;
    private boolean bodyWhole;
    private int bodyFrom;
    private int bodyTo;
    private int position;
    private long bodyLimit;
    private boolean keepAlive;
    private String origin = "";

    private @Nullable Exchange exchange;
    private @Nullable ServiceCall call;

    HttpConnection(Port port, ExchangeLoop home, String address) {
        this.port = port;
        this.home = home;
        this.address = address;
        this.head = new Head(port.limits().headBytes(), Head.DEFAULT_MAX_HEADERS);
    }

    // The channel

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        writer = new AnswerWriter(added);
        home.loop().deadlines().add(watch);
        home.meters().connections(1);
        port.add(this);
        watch.in(port.limits().headerTime());
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        state = State.CLOSED;
        home.loop().deadlines().remove(watch);
        home.meters().connections(-1);
        port.remove(this);
        writer().drop();
        Exchange running = exchange;
        if (running != null) {
            running.clientGone();
        }
        ServiceCall served = call;
        if (served != null) {
            served.clientGone();
        }
        releaseInput();
        ahead.forEach(ByteBuf::release);
        ahead.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext at, Throwable cause) {
        at.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext at, Object message) {
        ByteBuf read = (ByteBuf) message;
        switch (state) {
            case HEAD, BODY -> {
                try {
                    if (append(read)) {
                        process();
                    }
                } finally {
                    read.release();
                }
            }
            case BUSY -> {
                ahead.add(read);
                aheadBytes += read.readableBytes();
                if (aheadBytes > MAX_AHEAD) {
                    channel().config().setAutoRead(false);
                }
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
        if (at.channel().isWritable()) {
            watch.off();
            Exchange running = exchange;
            if (running != null) {
                running.downstreamWritable();
            }
        } else {
            watch.stalls();
        }
    }

    // Reading

    private boolean append(ByteBuf read) {
        int length = read.readableBytes();
        if (in.length - end < length && !makeRoom(length)) {
            refuse(Failure.overloaded(
                    "the relay's memory for request bodies is used up. Try again in a moment", Duration.ofSeconds(1)));
            return false;
        }
        read.readBytes(in, end, length);
        end += length;
        return true;
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
            long whole = bodyFrom + Math.min(head.contentLength(), bodyLimit) + 1;
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
        while (start == end && !ahead.isEmpty()) {
            ByteBuf next = ahead.poll();
            aheadBytes -= next.readableBytes();
            boolean room = append(next);
            next.release();
            if (!room) {
                return false;
            }
        }
        if (start == end) {
            releaseInput();
            return false;
        }
        try {
            int behind = head.request(in, start, end);
            if (behind == Head.INCOMPLETE) {
                watch.once(port.limits().headerTime());
                return false;
            }
            bodyFrom = behind;
        } catch (HttpException e) {
            keepAlive = false;
            writer().expect(false, false);
            refuse(new Failure(
                    kind(e.status()), null, e.code(), e.getMessage() + " (the connection is closed)", null, null));
            return false;
        }
        bodyTo = bodyFrom;
        position = bodyFrom;
        bodyWanted = false;
        bodyWhole = false;
        watch.off();
        begin();
        return true;
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 413 -> Kind.TOO_LARGE;
            case 414 -> Kind.URI_TOO_LONG;
            case 417 -> Kind.EXPECTATION;
            case 431 -> Kind.HEADERS_TOO_LARGE;
            case 501 -> Kind.NOT_IMPLEMENTED;
            case 505 -> Kind.HTTP_VERSION;
            default -> Kind.INVALID_REQUEST;
        };
    }

    /** A head is whole: what is asked? */
    private void begin() {
        state = State.BODY;
        keepAlive = head.keepAlive() && !port.draining();
        bodyLimit = port.limits().bodyBytes();
        int originAt = head.find(Header.ORIGIN);
        origin = originAt < 0 ? "" : head.value(originAt);
        writer().expect(head.method() == Method.HEAD, head.minorVersion() == 0);
        walker.begin(head.framing(), head.contentLength());
        String path = head.path();
        while (path.startsWith("/v1/v1/")) {
            path = path.substring(3); // many hand-written clients double it
        }
        Endpoint endpoint = port.relays() ? Endpoint.at(path) : null;
        if (port.draining()) {
            refuse(new Failure(
                    Kind.DRAINING,
                    null,
                    "draining",
                    "this relay is shutting down. Try again at once; another one, or the next start, will answer",
                    Duration.ofSeconds(1),
                    null));
        } else if (head.method() == Method.OPTIONS) {
            options(path, endpoint);
        } else if (encoded()) {
            refuse(Failure.of(
                    Kind.UNSUPPORTED_MEDIA,
                    "unsupported_content_encoding",
                    "the request body is compressed (expected: a body without Content-Encoding). Send it as it is"));
        } else if (endpoint == null) {
            serve(path);
        } else if (head.method() != Method.POST) {
            refuseMethod("POST");
        } else if (head.contentLength() > bodyLimit) {
            refuse(tooLarge(head.contentLength()));
        } else {
            Exchange begun = new Exchange(home, this, endpoint, RequestIds.next(home.loop()));
            exchange = begun;
            begun.start();
        }
    }

    private boolean encoded() {
        int at = head.find(Header.CONTENT_ENCODING);
        return at >= 0 && !head.valueIs(at, "identity");
    }

    private void serve(String path) {
        Routing.Match match = port.routing().find(method(), path);
        if (match == null) {
            var methods = port.routing().methods(path);
            if (methods.isEmpty()) {
                refuse(NotFound.path(path, port));
            } else {
                refuseMethod(String.join(", ", methods));
            }
            return;
        }
        Key key = null;
        if (!match.route().open()) {
            key = Authenticate.key(home, credential());
            if (key == null) {
                refuse(Authenticate.refusal(credential()));
                return;
            }
        }
        bodyLimit = match.route().maxBody();
        if (head.contentLength() > bodyLimit) {
            refuse(tooLarge(head.contentLength()));
            return;
        }
        ServiceCall begun = new ServiceCall(this, match, head, path, key, RequestIds.next(home.loop()));
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

    private String method() {
        return new String(
                in, head.methodFrom(), head.methodTo() - head.methodFrom(), java.nio.charset.StandardCharsets.US_ASCII);
    }

    private Failure tooLarge(long length) {
        return Failure.of(
                Kind.TOO_LARGE,
                "request_too_large",
                "the request body has " + (length < 0 ? "more than " + bodyLimit : length)
                        + " bytes (expected: at most " + bodyLimit
                        + "). Send less, or ask the operator to raise the limit");
    }

    private void options(String path, @Nullable Endpoint endpoint) {
        String allowed =
                endpoint != null ? "POST" : String.join(", ", port.routing().methods(path));
        if (allowed.isEmpty()) {
            refuse(NotFound.path(path, port));
            return;
        }
        AnswerWriter to = writer();
        to.status(204);
        to.header("allow", allowed + ", OPTIONS");
        if (cors(to)) {
            to.header("access-control-allow-methods", allowed + ", OPTIONS");
            int wanted = head.find(Header.ACCESS_CONTROL_REQUEST_HEADERS);
            to.header(
                    "access-control-allow-headers",
                    wanted < 0 ? "authorization, content-type, x-api-key" : head.value(wanted));
            to.header("access-control-max-age", "600");
        }
        keepAlive = to.commit(0, keepAlive && noBody());
        finish();
    }

    private boolean noBody() {
        return head.framing() == dev.tidemill.wire.http.Framing.NONE || head.contentLength() == 0;
    }

    private boolean cors(AnswerWriter to) {
        if (origin.isEmpty() || !port.limits().allows(origin)) {
            return false;
        }
        to.header("access-control-allow-origin", origin);
        to.header("vary", "origin");
        to.header("access-control-expose-headers", "x-request-id, x-tidemill-target, x-tidemill-attempts, retry-after");
        return true;
    }

    private boolean goOnWithBody() {
        if (!bodyWanted) {
            return false;
        }
        takeBody();
        if (bodyWhole && exchange != null) {
            exchange.resume();
        }
        return bodyWhole;
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
            failRequest(Failure.invalid(null, e.code(), e.getMessage() + " (the connection is closed)"));
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
            watch.in(port.limits().bodyStall());
            if (call != null) {
                end = 0; // all was handed over, and the head was copied
                start = 0;
                position = 0;
            }
        }
    }

    private boolean takeRun(int from, int to) {
        ServiceCall served = call;
        if (served != null) {
            if (!served.body(in, from, to)) {
                channel().config().setAutoRead(false);
            }
            return true;
        }
        if (bodyTo - bodyFrom + (to - from) > bodyLimit) {
            failRequest(tooLarge(-1));
            return false;
        }
        if (bodyTo != from) {
            System.arraycopy(in, from, in, bodyTo, to - from);
        }
        bodyTo += to - from;
        return true;
    }

    private void failRequest(Failure failure) {
        Exchange running = exchange;
        ServiceCall served = call;
        if (running != null) {
            running.fail(failure);
        } else if (served != null) {
            served.bodyFailed(failure);
        } else {
            refuse(failure);
        }
    }

    /** The service has read what waited. */
    void readOn() {
        if (state == State.BODY || state == State.HEAD) {
            channel().config().setAutoRead(true);
        }
    }

    // Answers that need neither exchange nor service

    private void refuseMethod(String allowed) {
        writer().status(405);
        writer().header("allow", allowed + ", OPTIONS");
        refuseWith(
                Failure.of(
                        Kind.METHOD_NOT_ALLOWED,
                        "method_not_allowed",
                        "method " + method() + " is not allowed here (expected: " + allowed + ")"),
                RequestIds.next(home.loop()));
    }

    private void refuse(Failure failure) {
        writer().drop();
        writer().status(failure.status());
        refuseWith(failure, RequestIds.next(home.loop()));
    }

    private void refuseWith(Failure failure, String requestId) {
        writeError(failure, requestId);
        finish();
    }

    void writeError(Failure failure, String requestId) {
        AnswerWriter to = writer();
        byte[] body = OpenAiError.body(failure.message(), failure.kind().type(), failure.param(), failure.code());
        Duration pause = failure.retryAfter();
        if (pause != null) {
            to.header(
                    "retry-after",
                    Long.toString(Math.clamp(pause.plusMillis(999).toSeconds(), 1, 60)));
        }
        if (failure.kind() == Kind.UNAUTHORIZED) {
            to.header("www-authenticate", "Bearer");
        }
        to.header("x-request-id", requestId);
        cors(to);
        to.contentType("application/json");
        keepAlive = to.commit(body.length, keepAlive && (bodyWhole || noBody()));
        to.payload(body, 0, body.length);
        to.end();
    }

    /** The answer is written: flush, then the next request or the end. */
    void finish() {
        exchange = null;
        call = null;
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
        watch.idle(port.limits().idle());
        if (!channel().config().isAutoRead()) {
            channel().config().setAutoRead(true);
        }
        if (start == end && ahead.isEmpty()) {
            releaseInput();
        } else if (!processing) {
            process();
        }
    }

    private void linger() {
        state = State.LINGER;
        releaseInput();
        ahead.forEach(ByteBuf::release);
        ahead.clear();
        channel().config().setAutoRead(true);
        watch.stalls();
        // Shutting down earlier would throw away what the client has not taken yet.
        Objects.requireNonNull(context).writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel() instanceof SocketChannel socket) {
                socket.shutdownOutput();
            }
            watch.in(LINGER);
        });
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
        if (state == State.HEAD && start == end) {
            channel().close();
        } else {
            keepAlive = false;
        }
    }

    // As the downstream of an exchange

    @Override
    public Credential credential() {
        return Credentials.find(head, credential);
    }

    @Override
    public boolean readBody() {
        if (!bodyWanted) {
            bodyWanted = true;
            if (head.expectContinue() && position == end) {
                writer().interim();
            }
            takeBody();
        }
        return bodyWhole;
    }

    @Override
    public byte[] body() {
        return in;
    }

    @Override
    public int bodyFrom() {
        return bodyFrom;
    }

    @Override
    public int bodyTo() {
        return bodyTo;
    }

    @Override
    public void forwardHeaders(ByteBuf to, Set<String> fixed) {
        for (int i = 0; i < head.count(); i++) {
            Header known = head.known(i);
            boolean allowed = known == Header.CONTENT_TYPE
                    || known == Header.ACCEPT
                    || known == Header.USER_AGENT
                    || known == Header.OPENAI_BETA;
            if (allowed && (fixed.isEmpty() || !fixed.contains(known.lower()))) {
                to.writeBytes(in, head.lineFrom(i), head.lineTo(i) - head.lineFrom(i));
            }
        }
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public boolean takesFrames() {
        return writer().chunked();
    }

    @Override
    public void begin(int status, Head upstream, Exchange running) {
        AnswerWriter to = writer();
        to.status(status);
        to.headers(upstream);
        int retry = status >= 400 ? upstream.find(Header.RETRY_AFTER) : -1;
        Duration pause = retry < 0 ? null : RetryAfter.parse(upstream.value(retry));
        if (pause != null) {
            to.header("retry-after", Long.toString(pause.toSeconds()));
        }
        ours(to, running);
    }

    private void ours(AnswerWriter to, Exchange running) {
        to.header("x-request-id", running.requestId());
        String target = running.targetName();
        if (target != null) {
            to.header("x-tidemill-target", target);
            to.header("x-tidemill-attempts", Integer.toString(running.attempts()));
        }
        if (!origin.isEmpty()) {
            cors(to);
        }
    }

    @Override
    public void reset() {
        if (!writer().committed()) {
            writer().drop();
        }
    }

    @Override
    public void commit(long length, @Nullable String contentType) {
        AnswerWriter to = writer();
        if (contentType != null && !to.typed()) {
            to.contentType(contentType);
        }
        keepAlive = to.commit(length, keepAlive && !port.draining());
    }

    @Override
    public void send(byte[] a, int from, int to) {
        writer().payload(a, from, to);
    }

    @Override
    public void sendFrames(ByteBuf read, int offset, int length, boolean last) {
        writer().frames(read, offset, length);
    }

    @Override
    public void flush() {
        if (state != State.CLOSED) {
            writer().flush();
        }
    }

    @Override
    public boolean writable() {
        return channel().isWritable();
    }

    @Override
    public void end() {
        writer().end();
    }

    @Override
    public void abort() {
        writer().drop();
        keepAlive = false;
        channel().close();
    }

    @Override
    public void fail(Failure failure, Exchange running) {
        AnswerWriter to = writer();
        to.status(failure.status());
        String target = running.targetName();
        if (target != null) {
            to.header("x-tidemill-target", target);
            to.header("x-tidemill-attempts", Integer.toString(running.attempts()));
        }
        writeError(failure, running.requestId());
    }

    @Override
    public void failStream(Failure failure) {
        byte[] event = OpenAiError.event(failure.message(), failure.kind().type(), failure.param(), failure.code());
        writer().payload(event, 0, event.length);
        writer().end();
    }

    @Override
    public void done() {
        finish();
    }

    @Override
    public String peer() {
        return address;
    }

    // Small things

    Channel channel() {
        return Objects.requireNonNull(context).channel();
    }

    AnswerWriter writer() {
        return Objects.requireNonNull(writer);
    }

    ExchangeLoop home() {
        return home;
    }

    boolean corsHeaders(AnswerWriter to) {
        return cors(to);
    }

    /** Ends the head of a service's answer. */
    void commitService(long length) {
        keepAlive = writer().commit(length, keepAlive && (bodyWhole || noBody()) && !port.draining());
    }

    private long pending() {
        ChannelOutboundBuffer buffer = channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** The connection's one deadline. */
    private final class Watch extends Timed {
        private long pending;
        private boolean idle = true;

        void in(Duration time) {
            deadline = System.nanoTime() + time.toNanos();
        }

        /** Starts only what is not running: a dripping head gains no time by it. */
        void once(Duration time) {
            if (state == State.HEAD && (deadline == NEVER || idle)) {
                idle = false;
                in(time);
            }
        }

        /** Watches a client that is behind. */
        void stalls() {
            pending = HttpConnection.this.pending();
            in(port.limits().writeStall());
        }

        void idle(Duration time) {
            idle = true;
            in(time);
        }

        void off() {
            deadline = NEVER;
            idle = false;
        }

        @Override
        protected void expired(long now) {
            long left = state == State.BODY ? 0 : HttpConnection.this.pending();
            if (left > 0) {
                if (left < pending) {
                    stalls();
                } else {
                    channel().close(); // it takes nothing more: nobody is there to be told
                }
                return;
            }
            switch (state) {
                case HEAD -> {
                    if (start == end) {
                        channel().close();
                    } else {
                        deadline = NEVER;
                        keepAlive = false;
                        writer().expect(false, false);
                        refuse(Failure.of(
                                Kind.REQUEST_TIMEOUT,
                                "request_timeout",
                                "the request's head was not whole within "
                                        + port.limits().headerTime().toSeconds() + " s (the connection is closed)"));
                    }
                }
                case BODY -> {
                    if (!channel().config().isAutoRead()) {
                        in(port.limits().bodyStall()); // we are the slow ones
                        return;
                    }
                    deadline = NEVER;
                    keepAlive = false;
                    failRequest(Failure.of(
                            Kind.REQUEST_TIMEOUT,
                            "request_timeout",
                            "nothing of the request's body came for "
                                    + port.limits().bodyStall().toSeconds() + " s (the connection is closed)"));
                }
                case LINGER -> channel().close();
                case BUSY, CLOSED -> deadline = NEVER;
            }
        }
    }
}
