package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.downstream.Limits;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.Service;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service may rely on: its body streams, its answer streams, and a caller never takes half an answer for a whole one. */
@ExtendWith(NothingLeaks.class)
class ServicesTest {
    private static final byte[] OK = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);

    private final List<Route> routes = new ArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private final AtomicLong taken = new AtomicLong();
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        open("GET", "/health", call -> call.answerJson(200, OK));
        open(
                "GET",
                "/echo/{a}/x/{b}",
                call -> call.answer(
                        200,
                        "text/plain",
                        (call.path() + " " + call.pathValue("a") + " " + call.pathValue("b") + " " + call.query("q")
                                        + " " + call.header("x-h") + " " + call.contentLength() + " "
                                        + call.requestId())
                                .getBytes(StandardCharsets.UTF_8)));
        routes.add(Route.of("POST", "/v1/files", call -> {
                    long sum = 0;
                    byte[] piece = new byte[32 << 10];
                    InputStream body = call.body();
                    for (int n; (n = body.read(piece)) >= 0; ) {
                        taken.addAndGet(n);
                        for (int i = 0; i < n; i++) {
                            sum = sum * 31 + piece[i];
                        }
                    }
                    call.answerJson(
                            200,
                            ("{\"key\":\"" + call.key().id() + "\",\"sum\":" + sum + "}")
                                    .getBytes(StandardCharsets.UTF_8));
                })
                .withMaxBody(100 << 20));
        routes.add(Route.open("POST", "/slow", call -> {
                    InputStream body = call.body();
                    taken.addAndGet(body.readNBytes(1000).length);
                    await(go);
                    taken.addAndGet(body.transferTo(OutputStream.nullOutputStream()));
                    call.answerJson(200, OK);
                })
                .withMaxBody(100 << 20));
        routes.add(Route.open("POST", "/small", call -> call.answer(200, "text/plain", call.body(10))));
        routes.add(Route.open("POST", "/limited", call -> call.answer(200, "text/plain", call.body(5000)))
                .withMaxBody(1000));
        routes.add(
                Route.open("POST", "/early", call -> call.answerJson(200, OK)).withMaxBody(100 << 20));
        open("GET", "/stream", call -> {
            long length = Long.parseLong(String.valueOf(call.query("length")));
            try (OutputStream out = call.answer(200, Map.of("content-type", "text/plain"), length)) {
                for (int i = 0; i < Integer.parseInt(String.valueOf(call.query("lines"))); i++) {
                    out.write(("line " + i + "\n").getBytes(StandardCharsets.US_ASCII));
                    taken.incrementAndGet();
                }
                if (call.query("throw") != null) {
                    throw new IllegalStateException("in between");
                }
            } catch (IOException e) {
                thrown.set(e);
                throw e;
            }
        });
        open("GET", "/v1/messages/batches", call -> call.answerJson(200, OK));
        open("GET", "/unclosed", call -> call.answer(200, Map.of(), -1).write(OK));
        open(
                "GET",
                "/header",
                call -> call.answer(200, Map.of("x", String.valueOf(call.query("v"))), 0)
                        .close());
        open("GET", "/after", call -> {
            call.answerJson(200, OK);
            throw new IllegalStateException("behind the answer");
        });
        open("GET", "/twice", call -> {
            call.answerJson(200, OK);
            call.answerJson(200, OK);
        });
        open("GET", "/nothing", call -> {});
        open("GET", "/late", call -> {
            await(go);
            call.answerJson(200, OK);
        });
        open("GET", "/crash", call -> {
            throw new IllegalStateException("SECRET");
        });
        open("GET", "/error", call -> {
            throw new StackOverflowError("SECRET");
        });
        open("GET", "/io", call -> {
            throw new IOException("SECRET");
        });
        open("GET", "/refuse", call -> {
            throw new ServiceException(new Failure(
                    Failure.Kind.CONFLICT,
                    "id",
                    "taken",
                    "id: a (expected: another)",
                    Duration.ofMillis(1500),
                    "detail"));
        });
        open("DELETE", "/gone", call -> call.answer(204, "text/plain", new byte[0]));
        Limits limits = new Limits(
                1000,
                1000,
                64 << 10,
                1 << 20,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(75),
                Duration.ofSeconds(2),
                List.of());
        fixture = new RelayFixture(
                RelayOptions.defaults().withLimits(limits).withMemory(32 << 20), Policies.ONCE, Exchange.LIFE, routes);
    }

    private void open(String method, String pattern, Service service) {
        routes.add(Route.open(method, pattern, service));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        go.countDown();
        Eventually.holds(() -> {
            assertThat(fixture.relay.running()).isZero();
            assertThat(fixture.relay.memory().used()).isZero();
            assertThat(fixture.relay.meters().connections()).isZero();
        });
        fixture.close();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nhost: relay\r\n\r\n";
    }

    private static String post(String path, String headers) {
        return "POST " + path + " HTTP/1.1\r\nhost: relay\r\n" + headers + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLargeUploadStreamsThroughInLittleMemory(boolean chunked) throws Exception {
        int size = 64 << 20;
        byte[] piece = new byte[1 << 20];
        long sum = 0;
        for (int i = 0; i < piece.length; i++) {
            piece[i] = (byte) (i * 7);
        }
        long most = 0;
        try (HttpClient client = fixture.client()) {
            client.send(post(
                    "/v1/files",
                    "x-api-key: " + fixture.key.text()
                            + (chunked
                                    ? "\r\ntransfer-encoding: chunked\r\n"
                                    : "\r\ncontent-length: " + size + "\r\n")));
            for (int at = 0; at < size; at += piece.length) {
                if (chunked) {
                    client.send("100000\r\n");
                }
                client.send(piece);
                if (chunked) {
                    client.send("\r\n");
                }
                most = Math.max(most, fixture.relay.memory().used());
                for (byte b : piece) {
                    sum = sum * 31 + b;
                }
            }
            if (chunked) {
                client.send("0\r\n\r\n");
            }
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"key\":\"" + fixture.key.id() + "\",\"sum\":" + sum + "}");
            assertThat(client.ask(get("/health")).status())
                    .as("the connection goes on")
                    .isEqualTo(200);
        }
        assertThat(taken.get()).isEqualTo(size);
        assertThat(most).isLessThan(1 << 20);
    }

    @Test
    void aServiceThatDoesNotReadMakesTheClientWaitAndNotTimeOut() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (HttpClient client = fixture.client()) {
            client.send(post("/slow", "content-length: " + (64 << 20) + "\r\n"));
            Thread sending = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 64 << 4; i++) {
                        client.send(new byte[64 << 10]);
                        sent.addAndGet(64 << 10);
                    }
                } catch (IOException e) {
                    thrown.set(e);
                }
            });
            AtomicLong seen = new AtomicLong(-1);
            Eventually.until(() -> {
                Thread.sleep(1300); // longer than a body may stall
                return sent.get() > 0 && seen.getAndSet(sent.get()) == sent.get();
            });
            assertThat(sent.get()).isLessThan(32 << 20);
            assertThat(fixture.relay.memory().used()).isLessThan(1 << 20);
            go.countDown();
            assertThat(client.read().status()).isEqualTo(200);
            sending.join();
        }
        assertThat(thrown.get()).isNull();
        assertThat(taken.get()).isEqualTo(64 << 20);
    }

    @Test
    void aBodyBeyondTheRoutesLimitIs413BeforeOrOnCrossing() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(post("/limited", "content-length: 1001\r\n"));
            assertThat(answer.status()).isEqualTo(413);
            assertThat(ErrorBody.of(answer).message()).contains("1001", "at most 1000");
            assertThat(client.closed()).isTrue();
        }
        for (int size : List.of(1000, 1001)) {
            try (HttpClient client = fixture.client()) {
                Answer answer = client.ask(post("/limited", "transfer-encoding: chunked\r\n")
                        + Integer.toHexString(size) + "\r\n" + "a".repeat(size) + "\r\n0\r\n\r\n");
                assertThat(answer.status()).isEqualTo(size > 1000 ? 413 : 200);
            }
        }
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(post("/small", "content-length: 10\r\n") + "a".repeat(10))
                            .body())
                    .isEqualTo("a".repeat(10));
            Answer answer = client.ask(post("/small", "content-length: 11\r\n") + "a".repeat(11));
            assertThat(ErrorBody.of(answer).code()).isEqualTo("request_too_large");
            assertThat(client.ask(get("/health")).status())
                    .as("the body was whole")
                    .isEqualTo(200);
        }
    }

    @Test
    void aMalformedBodyIsRefusedAndNothingMoreOfItIsKept() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(post("/slow", "transfer-encoding: chunked\r\n") + "5\r\nhello\r\n0x5\r\n");
            for (int i = 0; i < 20; i++) {
                client.send("a".repeat(10_000));
            }
            go.countDown();
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(ErrorBody.of(answer).code()).isEqualTo("chunk_size_invalid");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aBodyThatStopsIs408() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(post("/small", "content-length: 9\r\n") + "abc");
            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aServiceMayAnswerBeforeTheBodyIsThere() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(post("/early", "content-length: " + (10 << 20) + "\r\n") + "abc");
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void anAnswerStreamsWholeToWhoeverReadsSlowly() throws Exception {
        try (HttpClient client = new HttpClient(fixture.address, 16 << 10)) {
            client.send(get("/stream?lines=300000&length=-1") + get("/health"));
            AtomicLong seen = new AtomicLong(-1);
            Eventually.until(() -> {
                Thread.sleep(200);
                return taken.get() > 0 && seen.getAndSet(taken.get()) == taken.get();
            });
            assertThat(taken.get()).isLessThan(300_000);
            assertThat(fixture.relay.memory().used()).isLessThan(512 << 10);
            Answer answer = client.read();
            assertThat(answer.whole()).isTrue();
            assertThat(answer.body()).startsWith("line 0\n").endsWith("line 299999\n");
            assertThat(client.read().status())
                    .as("the next answer, asked ahead")
                    .isEqualTo(200);
        }
    }

    @Test
    void aReaderThatStopsEndsTheService() throws Exception {
        try (HttpClient client = new HttpClient(fixture.address, 16 << 10)) {
            client.send(get("/stream?lines=100000000&length=-1"));
            Eventually.until(() -> thrown.get() != null);
            assertThat(thrown.get()).hasMessage("the client closed the connection");
        }
    }

    @Test
    void aClientThatLeavesEndsTheService() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(get("/stream?lines=100000000&length=-1"));
            assertThat(client.in().read()).isEqualTo('H');
        }
        Eventually.until(() -> thrown.get() != null);
        try (HttpClient client = fixture.client()) {
            client.send(post("/slow", "content-length: 100000\r\n") + "a".repeat(2000));
            Eventually.until(() -> taken.get() >= 1000);
        }
        go.countDown();
    }

    @ParameterizedTest
    @CsvSource({
        "/stream?lines=10&length=-1&throw=1, 200", // behind some of its answer, in a try-with-resources
        "/stream?lines=10000&length=-1&throw=1, 200",
        "/stream?lines=10&length=71, 200", // writes 70
        "/stream?lines=10&length=69, 200",
        "/unclosed, 200"
    })
    void halfAnAnswerNeverLooksWhole(String path, int status) throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(get(path));
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.whole()).isFalse();
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void inHttp10HalfAnAnswerEndsWithAReset() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask("GET /stream?lines=10&length=-1&throw=1 HTTP/1.0\r\n\r\n");
            assertThat(answer.whole()).isFalse();
        }
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask("GET /stream?lines=10&length=-1 HTTP/1.0\r\n\r\n");
            assertThat(answer.whole()).isTrue();
            assertThat(answer.body()).endsWith("line 9\n");
        }
    }

    @Test
    void aStatedLengthIsKept() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(get("/stream?lines=10&length=70"));
            assertThat(answer.header("content-length")).isEqualTo("70");
            assertThat(answer.whole()).isTrue();
            client.send(get("/stream?lines=10&length=70").replace("GET", "HEAD"));
            assertThat(client.read(true).header("content-length")).isEqualTo("70");
            client.send(get("/stream?lines=10&length=-1").replace("GET", "HEAD"));
            assertThat(client.read(true).status()).isEqualTo(200);
            assertThat(client.ask(get("/health")).body()).isEqualTo("{\"ok\":true}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/crash", "/error", "/io", "/nothing"})
    void aServiceThatFailsIs500AndSaysNoMoreThanTheRequestId(String path) throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(get(path));
            assertThat(answer.status()).isEqualTo(500);
            ErrorBody error = ErrorBody.of(answer);
            assertThat(error.code()).isEqualTo("internal_error");
            assertThat(error.message())
                    .contains(String.valueOf(answer.header("x-request-id")))
                    .doesNotContain("SECRET");
            assertThat(client.ask(get("/health")).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/after", "/twice"})
    void whatFailsBehindAWholeAnswerDoesNotHarmTheNext(String path) throws Exception {
        try (HttpClient client = fixture.client()) {
            for (int i = 0; i < 3; i++) {
                client.send(get(path) + get("/health") + fixture.chat("m", true));
                assertThat(client.read().status()).isEqualTo(200);
                assertThat(client.read().status()).isEqualTo(200);
                assertThat(client.read().whole()).isTrue();
            }
        }
    }

    @Test
    void aServiceExceptionIsItsFailure() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(get("/refuse"));
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.header("retry-after")).isEqualTo("2");
            assertThat(ErrorBody.of(answer))
                    .isEqualTo(new ErrorBody("id: a (expected: another)", "invalid_request_error", "id", "taken"));
        }
    }

    @Test
    void aHeaderValueCannotEndItsLine() throws Exception {
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(get("/header?v=a%0d%0ax-evil:1")).status()).isEqualTo(500);
            assertThat(client.ask(get("/header?v=fine")).header("x")).isEqualTo("fine");
        }
    }

    @Test
    void a204StatesNoLength() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask("DELETE /gone HTTP/1.1\r\nhost: r\r\n\r\n" + get("/health"));
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("content-length")).isNull();
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void pathValuesAndQueriesAreDecoded() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer =
                    client.ask("GET /echo/a%2Fb+c/x/%E4%B8%96?p=1&q=d+e%2B HTTP/1.1\r\nhost: r\r\nX-H: h\r\n\r\n");
            assertThat(answer.body())
                    .startsWith("/echo/a%2Fb+c/x/%E4%B8%96 a/b+c 世 d e+ h 0 req_")
                    .endsWith(String.valueOf(answer.header("x-request-id")));
        }
    }

    @Test
    void servicesAndChatsTakeTurnsOnOneConnection() throws Exception {
        try (HttpClient client = fixture.client()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                all.append(get("/health")).append(fixture.chat("m" + i, i % 2 == 0));
                all.append(post("/small", "content-length: 2\r\n"))
                        .append(i % 10)
                        .append("!");
                all.append(get("/stream?lines=3&length=-1"));
            }
            client.send(all.toString());
            for (int i = 0; i < 20; i++) {
                assertThat(client.read().body()).isEqualTo("{\"ok\":true}");
                assertThat(client.read().header("x-tidemill-target")).isEqualTo("sim/m" + i);
                assertThat(client.read().body()).isEqualTo(i % 10 + "!");
                assertThat(client.read().body()).isEqualTo("line 0\nline 1\nline 2\n");
            }
        }
    }

    @Test
    void aCallThatTakesLongIsNoReasonToCloseTheConnection() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(get("/late"));
            Eventually.until(() -> fixture.relay.running() == 1);
            Thread.sleep(2500); // longer than a stall of either side
            go.countDown();
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void anAnthropicClientFindsTheRequestsIdUnderItsOwnName() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(get("/v1/messages/batches"));
            assertThat(answer.header("request-id"))
                    .isEqualTo(answer.header("x-request-id"))
                    .startsWith("req_");
            assertThat(client.ask(get("/health")).header("request-id")).isNull();
        }
    }
}
