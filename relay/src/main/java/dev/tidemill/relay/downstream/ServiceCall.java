package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.relay.meter.AccessLine;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.relay.service.Routing;
import dev.tidemill.relay.service.ServiceException;
import dev.tidemill.wire.http.Head;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that is served on a virtual thread. The body comes over a {@link BodyPipe} that makes the client wait when the
 * service is slow; answers go back over the loop, each piece waited for, which makes the service wait when the client is.
 */
final class ServiceCall implements Call, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceCall.class);
    private static final Failure GONE = Failure.of(Kind.CLIENT_GONE, "client_gone", "the client closed the connection");

    /** Ends the answering for somebody who has left. */
    private static final class Gone extends IOException {
        private static final long serialVersionUID = 1;

        Gone(@Nullable Throwable cause) {
            super(GONE.message(), cause);
        }
    }

    private final HttpConnection connection;
    private final Reception reception;
    private final Routing.Match match;
    private final String method;
    private final String path;
    private final String query;
    private final Map<String, String> headers = new HashMap<>();
    private final long contentLength;
    private final @Nullable Key key;
    private final String requestId;
    private final BodyPipe pipe;
    private final long begun = System.nanoTime();

    // Of the service's thread.
    private boolean answered;
    private @Nullable Stream stream;
    private int status;
    private long bytesOut;
    private @Nullable Failure failure;

    // Of the loop.
    private boolean over;

    ServiceCall(
            HttpConnection connection,
            Reception reception,
            Routing.Match match,
            Head head,
            String path,
            @Nullable Key key,
            String requestId) {
        this.connection = connection;
        this.reception = reception;
        this.match = match;
        this.method = head.method().name();
        this.path = path;
        this.query = head.query();
        this.contentLength = switch (head.framing()) {
            case NONE -> 0;
            case LENGTH -> head.contentLength();
            case CHUNKED, UNTIL_CLOSE -> -1;
        };
        this.key = key;
        this.requestId = requestId;
        this.pipe =
                new BodyPipe(connection.home().loop().memory(), match.route().maxBody(), this::readOn);
        for (int i = 0; i < head.count(); i++) {
            headers.putIfAbsent(head.name(i).toLowerCase(Locale.ROOT), head.value(i));
        }
    }

    @Override
    public void run() {
        try {
            match.route().service().handle(this);
            finish();
        } catch (ServiceException e) {
            fail(e.failure());
        } catch (BodyPipe.Broken e) {
            fail(e.failure());
        } catch (Gone e) {
            fail(GONE);
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("request {} {} {} failed", requestId, method, path, e);
            fail(Failure.of(
                    Kind.OURS,
                    "internal_error",
                    "an error of the relay's own; the log has it under request id " + requestId));
        } finally {
            pipe.abandon();
            log();
        }
    }

    /** The service has returned: was its answer whole? */
    private void finish() throws IOException {
        if (!answered) {
            throw new IllegalStateException("the service for " + match.route().pattern() + " did not answer");
        }
        Stream streamed = stream;
        if (streamed != null) {
            streamed.finish();
            onLoop(this::end);
        }
    }

    private void end() {
        if (!over) {
            over = true;
            connection.writer().end();
            connection.finish();
        }
    }

    private void fail(Failure why) {
        failure = why;
        boolean begunToAnswer = answered;
        if (!begunToAnswer) {
            status = why.status();
        }
        try {
            onLoop(() -> {
                if (over || connection.gone()) {
                    return;
                }
                over = true;
                if (begunToAnswer) {
                    connection.abort(); // half an answer is out: it must not look whole
                } else {
                    connection.writer().status(why.status());
                    reception.writeError(why, requestId);
                    connection.finish();
                }
            });
        } catch (Gone e) {
            LOG.debug("request {}: nobody is left to be told", requestId);
        }
    }

    private void log() {
        ExchangeLoop home = connection.home();
        if (!home.accessLog().on()) {
            return;
        }
        AccessLine line = AccessLine.served(
                home.clock().millis(),
                requestId,
                connection.address(),
                key,
                method,
                match.route().pattern(),
                status,
                failure == null ? null : failure.code(),
                bytesOut,
                System.nanoTime() - begun);
        try {
            onLoop(() -> home.log(line));
        } catch (Gone e) {
            LOG.debug("request {}: its log line came after the end", requestId);
        }
    }

    private void onLoop(Runnable task) throws Gone {
        try {
            connection.home().loop().execute(task);
        } catch (RejectedExecutionException e) {
            throw new Gone(e); // the relay is closed
        }
    }

    private void readOn() {
        try {
            onLoop(() -> connection.readOn(this));
        } catch (Gone e) {
            LOG.debug("request {}: nothing more to read", requestId);
        }
    }

    // From the loop

    /** Returns whether more may come at once. */
    boolean body(byte[] a, int from, int to) {
        return pipe.put(a, from, to);
    }

    void bodyEnded() {
        pipe.end();
    }

    void bodyFailed(Failure failure) {
        pipe.fail(failure);
    }

    void clientGone() {
        pipe.fail(GONE);
    }

    // For the service

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String pathValue(String name) {
        String value = match.values().get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    name + " is not in " + match.route().pattern());
        }
        return value;
    }

    @Override
    public @Nullable String query(String name) {
        return Percent.parameter(query, name);
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    @Override
    public Key key() {
        if (key == null) {
            throw new IllegalStateException(match.route().pattern() + " is open to all");
        }
        return key;
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public InputStream body() {
        return pipe;
    }

    @Override
    public byte[] body(int limit) throws IOException, ServiceException {
        byte[] body = pipe.readNBytes(limit + 1);
        if (body.length > limit) {
            throw new ServiceException(Failure.of(
                    Kind.TOO_LARGE,
                    "request_too_large",
                    "the request body has more than " + limit + " bytes (expected: at most " + limit + ")"));
        }
        return body;
    }

    @Override
    public void answer(int withStatus, String contentType, byte[] body) throws IOException {
        begin(withStatus, Map.of("content-type", contentType));
        bytesOut = body.length;
        onLoop(() -> {
            if (over || connection.gone()) {
                return;
            }
            head(withStatus, Map.of("content-type", contentType), body.length);
            connection.writer().payload(body, 0, body.length);
            end();
        });
    }

    @Override
    public OutputStream answer(int withStatus, Map<String, String> answerHeaders, long length) throws IOException {
        Map<String, String> copy = Map.copyOf(answerHeaders);
        begin(withStatus, copy);
        Stream to = new Stream(length);
        stream = to;
        onLoop(() -> {
            if (!over && !connection.gone()) {
                head(withStatus, copy, length);
                connection.flush();
            }
        });
        return to;
    }

    private void begin(int withStatus, Map<String, String> answerHeaders) throws Gone {
        if (answered) {
            throw new IllegalStateException("answered already");
        }
        answerHeaders.forEach(ServiceCall::check);
        answered = true;
        status = withStatus;
        if (!connection.channel().isActive()) {
            throw new Gone(null);
        }
    }

    /** A value may come from a caller, a file's name for one: nothing in it may end the line. */
    private static void check(String name, String value) {
        boolean token = !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':');
        if (!token || value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
            throw new IllegalArgumentException("header " + name + " (expected: no control characters)");
        }
    }

    private void head(int withStatus, Map<String, String> answerHeaders, long length) {
        AnswerWriter to = connection.writer();
        to.status(withStatus);
        answerHeaders.forEach(to::header);
        reception.name(to, requestId);
        reception.cors(to);
        connection.commitHead(length);
    }

    /** The body of a streamed answer. */
    private final class Stream extends OutputStream {
        private final byte[] buffer = new byte[64 << 10];
        private final long stated;
        private int length;
        private long total;
        private boolean closed;

        /** @param stated length of the answer, -1: none */
        Stream(long stated) {
            this.stated = stated;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] a, int offset, int count) throws IOException {
            if (closed) {
                throw new IOException("the answer is closed");
            }
            total += count;
            if (stated >= 0 && total > stated) {
                throw new IOException(total + " bytes of answer (expected: " + stated + ", as its head says)");
            }
            for (int done = 0; done < count; ) {
                int more = Math.min(count - done, buffer.length - length);
                System.arraycopy(a, offset + done, buffer, length, more);
                length += more;
                done += more;
                if (length == buffer.length) {
                    flush();
                }
            }
        }

        /** Returns when the client's side has taken it. */
        @Override
        public void flush() throws IOException {
            if (length == 0) {
                return;
            }
            byte[] piece = Arrays.copyOf(buffer, length);
            bytesOut += length;
            length = 0;
            ChannelPromise left = connection.channel().newPromise();
            onLoop(() -> {
                if (over || connection.gone()) {
                    left.cancel(false);
                } else {
                    connection.sendPiece(piece, left);
                }
            });
            left.awaitUninterruptibly();
            if (!left.isSuccess()) {
                throw new Gone(left.cause());
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                flush();
            }
        }

        private void finish() throws IOException {
            if (!closed) {
                throw new IllegalStateException(
                        "the service for " + match.route().pattern() + " did not close its answer");
            }
            if (stated >= 0 && total != stated) {
                throw new IOException(total + " bytes of answer (expected: " + stated + ", as its head says)");
            }
        }
    }
}
