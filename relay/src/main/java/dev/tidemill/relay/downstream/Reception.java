package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.exchange.Address;
import dev.tidemill.relay.exchange.Authenticate;
import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Endpoint;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.relay.meter.AccessLine;
import dev.tidemill.relay.replay.ResumableDownstream;
import dev.tidemill.relay.service.Routing;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.http.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each request's head and says who answers it: an exchange, a service, or the reception itself, which refuses what
 * cannot be and answers OPTIONS.
 */
final class Reception {
    private final HttpConnection connection;
    private final Port port;
    private final ExchangeLoop home;
    private final Credential credential = new Credential();
    private final HttpDownstream downstream;
    private long asked;
    private boolean understood;
    private long bodyLimit;
    private String origin = "";
    private Spoken spoken = Spoken.OPENAI;

    Reception(HttpConnection connection, Port port, ExchangeLoop home) {
        this.connection = connection;
        this.port = port;
        this.home = home;
        this.downstream = new HttpDownstream(connection, this);
    }

    /** A head is whole: what is asked? */
    void receive() {
        asked = System.nanoTime();
        understood = true;
        bodyLimit = port.limits().bodyBytes();
        Head head = connection.head();
        int originAt = head.find(Header.ORIGIN);
        origin = originAt < 0 ? "" : head.value(originAt);
        connection.writer().expect(head.method() == Method.HEAD, head.minorVersion() == 0);
        String path = once(head.path());
        spoken = Spoken.at(path, head);
        Address address = port.relays() ? Address.of(head.method(), path, head.query()) : null;
        if (port.draining()) {
            refuse(new Failure(
                    Kind.DRAINING,
                    null,
                    "draining",
                    "this relay is shutting down. Try again at once; another one, or the next start, will answer",
                    Duration.ofSeconds(1),
                    null));
        } else if (head.method() == Method.TRACE || head.method() == Method.CONNECT) {
            connection.lastAnswer(); // what follows may not be HTTP
            refuseMethod(allowed(path, address));
        } else if (head.method() == Method.OPTIONS) {
            options(path, address);
        } else if (encoded()) {
            refuse(Failure.of(
                    Kind.UNSUPPORTED_MEDIA,
                    "unsupported_content_encoding",
                    "the request body is compressed (expected: a body without Content-Encoding). Send it as it is"));
        } else if (wantsWebSocket(head)) {
            refuse(NotFound.webSocket(path));
        } else if (address == null) {
            serve(path);
        } else if (!address.takes(head.method())) {
            refuseMethod(allowed(path, address));
        } else if (head.contentLength() > bodyLimit) {
            refuse(tooLarge(head.contentLength()));
        } else if (!kept(path, address)) {
            Downstream to = downstream(address);
            if (to != null) {
                connection.run(new Exchange(home, to, address, RequestIds.next(home.loop()), asked));
            }
        }
    }

    /** Many hand-written clients double the prefix. */
    private static String once(String path) {
        String once = path;
        while (once.startsWith("/v1/v1/")) {
            once = once.substring(3);
        }
        return once;
    }

    /** Serves a response that was made in the background here, from its log; false: there is none that this key may see. */
    private boolean kept(String path, Address address) {
        Routing.Match match =
                address.endpoint().byId() ? port.backgrounds().routing().find(method(), path) : null;
        Key key = match == null ? null : Authenticate.key(home, Credentials.find(connection.head(), credential));
        if (match == null || key == null || !port.backgrounds().holds(key, address.id())) {
            return false;
        }
        bodyLimit = match.route().maxBody();
        connection.run(
                new ServiceCall(connection, this, match, connection.head(), path, key, RequestIds.next(home.loop())));
        return true;
    }

    /** With a replay log where the client asks for one; null: it asks in a way that was refused. */
    private @Nullable Downstream downstream(Address address) {
        Head head = connection.head();
        int wish = head.find(Header.X_TIDEMILL_RESUMABLE);
        if (wish < 0 || head.valueIs(wish, "false")) {
            return downstream;
        }
        if (!head.valueIs(wish, "true")) {
            refuse(Failure.invalid(
                    "X-Tidemill-Resumable",
                    "invalid_value",
                    "X-Tidemill-Resumable: '" + NotFound.shortened(head.value(wish)) + "' (expected: true or false)"));
            return null;
        }
        if (address.endpoint() == Endpoint.STREAM_GENERATE_ARRAY) {
            refuse(Failure.invalid(
                    "alt",
                    "invalid_value",
                    "X-Tidemill-Resumable: true, and no alt=sse (expected: ?alt=sse). A part of a JSON array is no JSON,"
                            + " so only a stream of events can be come back to"));
            return null;
        }
        return resumable(downstream);
    }

    /** What this client is sent is kept, so that it can come back. */
    Downstream resumable(HttpDownstream client) {
        return new ResumableDownstream(client, port.replayLogs(), home.loop());
    }

    Spoken spoken() {
        return spoken;
    }

    /** Bytes that the current request's body may have. */
    long bodyLimit() {
        return bodyLimit;
    }

    private static boolean wantsWebSocket(Head head) {
        int upgrade = head.find(Header.UPGRADE);
        return upgrade >= 0 && head.method() == Method.GET && head.valueIs(upgrade, "websocket");
    }

    private boolean encoded() {
        Head head = connection.head();
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == Header.CONTENT_ENCODING && !head.valueIs(i, "identity")) {
                return true;
            }
        }
        return false;
    }

    /** The methods of a path as {@code Allow} says them; empty: the path is unknown. */
    private String allowed(String path, @Nullable Address address) {
        List<String> methods =
                address != null ? address.allowed() : port.routing().methods(path);
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
            Credential shown = Credentials.find(connection.head(), credential);
            key = Authenticate.key(home, shown);
            if (key == null) {
                refuse(Authenticate.refusal(shown));
                return;
            }
        }
        bodyLimit = match.route().maxBody();
        if (connection.head().contentLength() > bodyLimit) {
            refuse(tooLarge(connection.head().contentLength()));
            return;
        }
        connection.run(
                new ServiceCall(connection, this, match, connection.head(), path, key, RequestIds.next(home.loop())));
    }

    private String method() {
        Head head = connection.head();
        return new String(
                head.bytes(), head.methodFrom(), head.methodTo() - head.methodFrom(), StandardCharsets.US_ASCII);
    }

    /** @param length of the body, below 0: not known but too much */
    Failure tooLarge(long length) {
        return Failure.of(
                Kind.TOO_LARGE,
                "request_too_large",
                "the request body has " + (length < 0 ? "more than " + bodyLimit : length)
                        + " bytes (expected: at most " + bodyLimit
                        + "). Send less, or ask the operator to raise the limit");
    }

    private void options(String path, @Nullable Address address) {
        String allowed = path.equals("*") ? "GET, HEAD, POST, DELETE, OPTIONS" : allowed(path, address);
        if (allowed.isEmpty()) {
            refuse(NotFound.path(path, port));
            return;
        }
        AnswerWriter to = connection.writer();
        to.status(204);
        to.header("allow", allowed);
        if (cors(to)) {
            to.header("access-control-allow-methods", allowed);
            Head head = connection.head();
            int wanted = head.find(Header.ACCESS_CONTROL_REQUEST_HEADERS);
            to.header(
                    "access-control-allow-headers",
                    wanted < 0 ? "authorization, content-type, x-api-key" : head.value(wanted));
            to.header("access-control-max-age", "600");
        }
        connection.commitHead(0);
        log(RequestIds.next(home.loop()), 204, null);
        connection.finish();
    }

    /** Adds what a browser needs to see, when its origin is allowed. */
    boolean cors(AnswerWriter to) {
        if (origin.isEmpty() || !port.limits().allows(origin)) {
            return false;
        }
        to.header("access-control-allow-origin", origin);
        to.header("vary", "origin");
        to.header(
                "access-control-expose-headers",
                "x-request-id, x-tidemill-target, x-tidemill-attempts, x-tidemill-stream, retry-after, "
                        + LimitHeaders.NAMES);
        return true;
    }

    private void refuseMethod(String allowed) {
        connection.writer().status(405);
        connection.writer().header("allow", allowed);
        refuseWith(Failure.of(
                Kind.METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "method " + method() + " is not allowed here (expected: "
                        + (allowed.isEmpty() ? "another method, on a path that exists" : allowed) + ")"));
    }

    void refuse(Failure failure) {
        connection.writer().drop();
        connection.writer().status(failure.status());
        refuseWith(failure);
    }

    private void refuseWith(Failure failure) {
        long since = asked;
        String requestId = RequestIds.next(home.loop());
        writeError(failure, requestId);
        log(requestId, failure.status(), failure.code());
        connection.finish();
        home.shedding().refused(since, System.nanoTime());
    }

    /** One that was neither an exchange nor a service's call. */
    private void log(String requestId, int status, @Nullable String failure) {
        if (home.accessLog().on()) {
            home.log(AccessLine.served(
                    home.clock().millis(),
                    requestId,
                    connection.address(),
                    null,
                    understood ? method() : "",
                    understood ? NotFound.shortened(connection.head().path()) : "",
                    status,
                    failure,
                    connection.writer().written(),
                    System.nanoTime() - asked));
        }
    }

    void writeError(Failure failure, String requestId) {
        AnswerWriter to = connection.writer();
        byte[] body = spoken.dialect().errorBody(failure.text(requestId));
        Duration pause = failure.retryAfter();
        if (pause != null) {
            to.header(
                    "retry-after",
                    Long.toString(Math.clamp(pause.plusMillis(999).toSeconds(), 1, 60)));
        }
        if (failure.kind() == Kind.UNAUTHORIZED) {
            to.header("www-authenticate", "Bearer");
        }
        name(to, requestId);
        cors(to);
        to.contentType("application/json");
        connection.commitHead(body.length);
        to.payload(body, 0, body.length);
        to.end();
    }

    /** Says the request's name as the caller's SDK looks for it. */
    void name(AnswerWriter to, String requestId) {
        to.header("x-request-id", requestId);
        if (spoken == Spoken.ANTHROPIC) {
            to.header("request-id", requestId);
        }
    }

    /** What cannot be understood is answered like any request, and is the last. */
    void refuseHead(Failure failure) {
        understood = false;
        spoken = Spoken.at(once(connection.pathSoFar()), Method.POST);
        asked = System.nanoTime();
        connection.lastAnswer();
        connection.writer().expect(false, false);
        refuse(failure);
    }

    static Failure malformed(HttpException e) {
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
}
