package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.relay.service.Routing;
import dev.tidemill.relay.service.ServiceException;
import dev.tidemill.wire.http.Head;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that is served on a virtual thread. The body comes over a {@link BodyPipe} that makes the client wait when the
 * service is slow; answers go back over the loop, each piece waited for, which makes the service wait when the client is.
 */
final class ServiceCall implements Call, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceCall.class);

    private final HttpConnection connection;
    private final Routing.Match match;
    private final String method;
    private final String path;
    private final String query;
    private final Map<String, String> headers = new HashMap<>();
    private final long contentLength;
    private final @Nullable Key key;
    private final String requestId;
    private final BodyPipe pipe;
    private boolean answered;

    ServiceCall(
            HttpConnection connection,
            Routing.Match match,
            Head head,
            String path,
            @Nullable Key key,
            String requestId) {
        this.connection = connection;
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
        this.pipe = new BodyPipe(
                match.route().maxBody(), () -> connection.home().loop().execute(connection::readOn));
        for (int i = 0; i < head.count(); i++) {
            headers.putIfAbsent(head.name(i).toLowerCase(Locale.ROOT), head.value(i));
        }
    }

    @Override
    public void run() {
        try {
            match.route().service().handle(this);
            if (!answered) {
                throw new IllegalStateException(
                        "the service for " + match.route().pattern() + " did not answer");
            }
        } catch (ServiceException e) {
            fail(e.failure());
        } catch (BodyPipe.Broken e) {
            fail(e.failure());
        } catch (IOException | RuntimeException e) {
            LOG.error("request {} {} {} failed", requestId, method, path, e);
            fail(Failure.of(
                    Kind.OURS,
                    "internal_error",
                    "an error of the relay's own; the log has it under request id " + requestId));
        } finally {
            pipe.abandon();
        }
    }

    private void fail(Failure failure) {
        connection.home().loop().execute(() -> {
            if (answered) {
                connection.abort(); // half an answer is out: it must not look whole
            } else {
                answered = true;
                connection.writer().status(failure.status());
                connection.writeError(failure, requestId);
                connection.finish();
            }
        });
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
        pipe.fail(Failure.of(Kind.CLIENT_GONE, "client_gone", "the client closed the connection"));
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
    public void answer(int status, String contentType, byte[] body) throws IOException {
        onLoop(() -> {
            head(status, Map.of("content-type", contentType), body.length);
            connection.writer().payload(body, 0, body.length);
            connection.writer().end();
            connection.finish();
        });
    }

    @Override
    public OutputStream answer(int status, Map<String, String> answerHeaders, long length) throws IOException {
        onLoop(() -> {
            head(status, answerHeaders, length);
            connection.writer().flush();
        });
        return new Stream();
    }

    private void head(int status, Map<String, String> answerHeaders, long length) {
        AnswerWriter to = connection.writer();
        to.status(status);
        answerHeaders.forEach(to::header);
        to.header("x-request-id", requestId);
        connection.corsHeaders(to);
        connection.commitService(length);
    }

    private void onLoop(Runnable task) throws IOException {
        if (answered) {
            throw new IllegalStateException("answered already");
        }
        answered = true;
        if (!connection.channel().isActive()) {
            throw new IOException("the client closed the connection");
        }
        connection.home().loop().execute(task);
    }

    /** The body of a streamed answer. */
    private final class Stream extends OutputStream {
        private final byte[] buffer = new byte[64 << 10];
        private int length;
        private boolean closed;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] a, int offset, int count) throws IOException {
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

        @Override
        public void flush() throws IOException {
            if (length == 0) {
                return;
            }
            byte[] piece = java.util.Arrays.copyOf(buffer, length);
            length = 0;
            connection.home().loop().execute(() -> {
                connection.writer().payload(piece, 0, piece.length);
                connection.writer().flush();
            });
            // An empty write queued behind it completes when the piece has left.
            ByteBuf nothing = Unpooled.EMPTY_BUFFER;
            ChannelFuture left = connection.channel().writeAndFlush(nothing);
            left.awaitUninterruptibly();
            if (!left.isSuccess()) {
                throw new IOException("the client closed the connection", left.cause());
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            flush();
            connection.home().loop().execute(() -> {
                connection.writer().end();
                connection.finish();
            });
        }
    }
}
