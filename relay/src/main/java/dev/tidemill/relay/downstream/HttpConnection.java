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
import dev.tidemill.relay.meter.AccessLine;
import dev.tidemill.relay.service.Routing;
import dev.tidemill.relay.upstream.RetryAfter;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Framing;
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
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's HTTP/1.1 connection, and the downstream of the exchange that runs on it.
 *
 * <p>Reads are copied once, into one array that holds the request from its head to its body's end; head and body are used
 * where they lie. An idle connection holds no array.
 *
 * <p><b>In order.</b> Every read goes behind those that wait; {@link #process} takes from their front when there is use for
 * more. While a request is answered nothing is taken, and reading stops beyond {@link #MAX_AHEAD} bytes. The next request
 * is not looked at before the client has taken most of the answers before it, so one that only asks cannot pile them up.
 *
 * <p><b>One deadline</b> ({@link Watch}) stands for all: a head that does not end, a body that stalls or drips, an idle
 * connection, a client that does not take its answer, and one that does not close when told so.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements Downstream {
    private static final int MAX_AHEAD = 64 << 10;
    private static final int MAX_LINGER = 4 << 20;
    private static final Duration LINGER_TIME = Duration.ofSeconds(2);
    /** A body that comes more slowly than this is given up, however steadily it drips. */
    private static final long LEAST_BYTES_A_SECOND = 1024;

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

    /** What the deadline is for. */
    private enum Wait {
        NOTHING,
        IDLE,
        HEAD,
        BODY,
        /** That the client takes what it was sent. */
        TAKING,
        CLOSING
    }

    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

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
    private @Nullable Backlog backlog;

    private State state = State.HEAD;
    private byte[] in = EMPTY;
    private int start;
    private int end;
    private int aheadBytes;
    private int lingered;
    private boolean processing;

    private long asked;
    private boolean headWhole;
    private boolean bodyWanted;
    private boolean bodyWhole;
    /** The request has failed: what still comes of it is not looked at. */
    private boolean deaf;

    private boolean pipeFull;
    private long bodySince;
    private long bodyBytes;
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
        backlog = new Backlog(added.channel(), home.loop().memory());
        home.loop().deadlines().add(watch);
        home.meters().connections(1);
        port.add(this);
        watch.in(Wait.IDLE, port.limits().headerTime());
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
            refuseHead(malformed(e));
            return false;
        }
        asked = System.nanoTime();
        headWhole = true;
        bodyTo = bodyFrom;
        position = bodyFrom;
        pipeFull = false;
        bodyWanted = false;
        bodyWhole = false;
        watch.off();
        begin();
        return true;
    }

    /** What cannot be understood is answered like any request, and is the last. */
    private void refuseHead(Failure failure) {
        headWhole = false;
        keepAlive = false;
        asked = System.nanoTime();
        writer().expect(false, false);
        refuse(failure);
    }

    private static Failure malformed(HttpException e) {
        Kind kind = switch (e.status()) {
            case 413 -> Kind.TOO_LARGE;
            case 414 -> Kind.URI_TOO_LONG;
            case 417 -> Kind.EXPECTATION;
            case 431 -> Kind.HEADERS_TOO_LARGE;
            case 501 -> Kind.NOT_IMPLEMENTED;
            case 505 -> Kind.HTTP_VERSION;
            default -> Kind.INVALID_REQUEST;
        };
        return Failure.of(kind, e.code(), e.getMessage() + " (the connection is closed)");
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
        } else if (head.method() == Method.TRACE || head.method() == Method.CONNECT) {
            keepAlive = false; // what follows may not be HTTP
            refuseMethod(allowed(path, endpoint));
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
            refuseMethod(allowed(path, endpoint));
        } else if (head.contentLength() > bodyLimit) {
            refuse(tooLarge(head.contentLength()));
        } else {
            Exchange begun = new Exchange(home, this, endpoint, RequestIds.next(home.loop()));
            exchange = begun;
            begun.start();
        }
    }

    private boolean encoded() {
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == Header.CONTENT_ENCODING && !head.valueIs(i, "identity")) {
                return true;
            }
        }
        return false;
    }

    /** The methods of a path as {@code Allow} says them; empty: the path is unknown. */
    private String allowed(String path, @Nullable Endpoint endpoint) {
        List<String> methods =
                endpoint != null ? List.of("POST") : port.routing().methods(path);
        return methods.isEmpty() ? "" : String.join(", ", methods) + ", OPTIONS";
    }

    private void serve(String path) {
        Routing.Match match = port.routing().find(method(), path);
        if (match == null) {
            String allowed = allowed(path, null);
            if (allowed.isEmpty()) {
                refuse(NotFound.path(path, port));
            } else {
                refuseMethod(allowed);
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
        return new String(in, head.methodFrom(), head.methodTo() - head.methodFrom(), StandardCharsets.US_ASCII);
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
        String allowed = path.equals("*") ? "GET, HEAD, POST, DELETE, OPTIONS" : allowed(path, endpoint);
        if (allowed.isEmpty()) {
            refuse(NotFound.path(path, port));
            return;
        }
        AnswerWriter to = writer();
        to.status(204);
        to.header("allow", allowed);
        if (cors(to)) {
            to.header("access-control-allow-methods", allowed);
            int wanted = head.find(Header.ACCESS_CONTROL_REQUEST_HEADERS);
            to.header(
                    "access-control-allow-headers",
                    wanted < 0 ? "authorization, content-type, x-api-key" : head.value(wanted));
            to.header("access-control-max-age", "600");
        }
        keepAlive = to.commit(0, keepAlive && noBody());
        log(RequestIds.next(home.loop()), 204, null);
        finish();
    }

    private boolean noBody() {
        return head.framing() == Framing.NONE || head.contentLength() == 0;
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
            failRequest(malformed(e));
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
        bodyBytes += to - from;
        ServiceCall served = call;
        if (served != null) {
            pipeFull |= !served.body(in, from, to);
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
        deaf = true;
        Exchange running = exchange;
        ServiceCall served = call;
        if (running != null) {
            running.fail(failure);
        } else if (served != null) {
            served.bodyFailed(failure);
        } else {
            refuseHead(failure);
        }
    }

    /** A service has read what waited. */
    void readOn(ServiceCall served) {
        if (call != served) {
            return;
        }
        pipeFull = false;
        if (state == State.BODY) {
            bodySince = System.nanoTime();
            bodyBytes = 0;
            process();
            reading();
        }
    }

    // Answers that need neither exchange nor service

    private void refuseMethod(String allowed) {
        writer().status(405);
        writer().header("allow", allowed);
        refuseWith(Failure.of(
                Kind.METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "method " + method() + " is not allowed here (expected: "
                        + (allowed.isEmpty() ? "another method, on a path that exists" : allowed) + ")"));
    }

    private void refuse(Failure failure) {
        writer().drop();
        writer().status(failure.status());
        refuseWith(failure);
    }

    private void refuseWith(Failure failure) {
        String requestId = RequestIds.next(home.loop());
        writeError(failure, requestId);
        log(requestId, failure.status(), failure.code());
        finish();
    }

    /** One that was neither an exchange nor a service's call. */
    private void log(String requestId, int status, @Nullable String failure) {
        if (home.accessLog().on()) {
            home.log(AccessLine.served(
                    home.clock().millis(),
                    requestId,
                    address,
                    null,
                    headWhole ? method() : "",
                    headWhole ? NotFound.shortened(head.path()) : "",
                    status,
                    failure,
                    writer().written(),
                    System.nanoTime() - asked));
        }
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
        origin = "";
        watch.in(Wait.IDLE, port.limits().idle());
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
                watch.in(Wait.CLOSING, LINGER_TIME);
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

    // As the downstream of an exchange

    @Override
    public Credential credential() {
        return Credentials.find(head, credential);
    }

    @Override
    public boolean readBody() {
        if (!bodyWanted) {
            bodyWanted = true;
            bodySince = System.nanoTime();
            bodyBytes = 0;
            if (head.expectContinue() && position == end && ahead.isEmpty()) {
                writer().interim();
            }
            takeBodyAhead();
            reading();
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
        if (state != State.CLOSED && writer().committed()) {
            writer().flush();
            flushed();
        }
    }

    /** Whatever did not leave at once has to leave in time. */
    private void flushed() {
        if (state != State.CLOSED && backlog().bytes() > 0) {
            backlog().look();
            if (watch.what != Wait.TAKING) {
                watch.in(Wait.TAKING, port.limits().writeStall());
            }
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
        if (writer().endsByClosing()) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0); // a proper close would look like the answer's end
        }
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

    private Backlog backlog() {
        return Objects.requireNonNull(backlog);
    }

    ExchangeLoop home() {
        return home;
    }

    boolean corsHeaders(AnswerWriter to) {
        return cors(to);
    }

    // For a service's call, on the loop

    /** Ends the head of a service's answer. */
    void commitService(long length) {
        keepAlive = writer().commit(length, keepAlive && (bodyWhole || noBody()) && !port.draining());
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

    /** The connection's one deadline. */
    private final class Watch extends Timed {
        private Wait what = Wait.NOTHING;

        void in(Wait next, Duration time) {
            what = next;
            deadline = System.nanoTime() + time.toNanos();
        }

        void off() {
            what = Wait.NOTHING;
            deadline = NEVER;
        }

        /** A head has begun; one that drips gains no time by it. */
        void head() {
            if (what != Wait.HEAD) {
                in(Wait.HEAD, port.limits().headerTime());
            }
        }

        /** A body goes on: it may pause for a while, and must not be slower than the least rate as a whole. */
        void body() {
            long stall = port.limits().bodyStall().toNanos();
            long earned = bodyBytes * (TimeUnit.SECONDS.toNanos(1) / LEAST_BYTES_A_SECOND);
            what = Wait.BODY;
            deadline = Math.min(System.nanoTime() + stall, bodySince + stall + earned);
        }

        @Override
        protected void expired(long now) {
            switch (what) {
                case NOTHING -> off();
                case IDLE, CLOSING -> channel().close();
                case HEAD -> {
                    off();
                    refuseHead(Failure.of(
                            Kind.REQUEST_TIMEOUT,
                            "request_timeout",
                            "the request's head was not whole after "
                                    + seconds(port.limits().headerTime()) + " (the connection is closed)"));
                }
                case BODY -> slowBody();
                case TAKING -> {
                    if (backlog().bytes() == 0) {
                        taken();
                    } else if (backlog().moved()) {
                        in(Wait.TAKING, port.limits().writeStall());
                    } else {
                        channel().close(); // nobody is there to be told
                    }
                }
            }
        }

        private void slowBody() {
            if (pipeFull) {
                in(Wait.BODY, port.limits().bodyStall()); // the slow one is the service
                return;
            }
            off();
            keepAlive = false;
            failRequest(Failure.of(
                    Kind.REQUEST_TIMEOUT,
                    "request_timeout",
                    "the request's body came too slowly (expected: no pause of more than "
                            + seconds(port.limits().bodyStall()) + ", and " + LEAST_BYTES_A_SECOND
                            + " bytes a second as a whole; the connection is closed)"));
        }

        /** The client is no longer behind: back to what its state waits for. */
        private void taken() {
            switch (state) {
                case HEAD -> in(Wait.IDLE, port.limits().idle());
                case BODY -> body();
                case BUSY, CLOSED -> off();
                case LINGER -> in(Wait.CLOSING, LINGER_TIME);
            }
        }

        private static String seconds(Duration time) {
            return time.toMillis() / 1000.0 + " s";
        }
    }
}
