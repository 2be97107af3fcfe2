package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.relay.downstream.Limits;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.service.Route;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a request is said in OpenAI's words, with the value and what was expected, and costs the connection only where it must. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeaks.class)
class BadRequestsTest {
    private static final int BODY_LIMIT = 20_000;
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    private static final String STREAM = CHAT.replace("\"m\"", "\"m\",\"stream\":true");

    private RelayFixture fixture;
    private String key;

    /** @param goesOn whether the next request on the connection is answered */
    private record Bad(
            String situation, String request, int status, String code, boolean goesOn, String... messageHas) {
        @Override
        public String toString() {
            return situation;
        }
    }

    @BeforeAll
    void start() throws Exception {
        Limits limits = new Limits(
                1000,
                1000,
                64 << 10,
                BODY_LIMIT,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(75),
                Duration.ofSeconds(60),
                List.of("https://app.example"));
        Route health =
                Route.open("GET", "/health", call -> call.answerJson(200, "{}".getBytes(StandardCharsets.UTF_8)));
        Route files = Route.of(
                "DELETE", "/v1/files/{id}", call -> call.answerJson(200, "{}".getBytes(StandardCharsets.UTF_8)));
        fixture = new RelayFixture(
                RelayOptions.defaults().withLimits(limits), Policies.ONCE, Exchange.LIFE, List.of(health, files));
        key = fixture.key.text();
    }

    @AfterAll
    void stop() {
        fixture.close();
    }

    private String with(String headers, String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nhost: relay\r\n" + headers + "content-length: "
                + body.getBytes(StandardCharsets.ISO_8859_1).length + "\r\n\r\n" + body;
    }

    private String body(String body) {
        return with("authorization: Bearer " + key + "\r\n", body);
    }

    private String get(String method, String path, String headers) {
        return method + " " + path + " HTTP/1.1\r\nhost: relay\r\n" + headers + "\r\n";
    }

    Stream<Bad> keys() {
        String other = KeySecret.generate(new SplittableRandom(8)).text();
        return Stream.of(
                new Bad("no key", with("", CHAT), 401, "missing_api_key", false, "expected: a key of this relay"),
                new Bad("an empty key", with("x-api-key:\r\n", CHAT), 401, "missing_api_key", false),
                new Bad(
                        "a wrong key",
                        with("authorization: Bearer " + other + "\r\n", CHAT),
                        401,
                        "invalid_api_key",
                        false),
                new Bad("a short key", with("x-api-key: nope\r\n", CHAT), 401, "invalid_api_key", false),
                new Bad(
                        "another scheme",
                        with("authorization: Basic dXNlcjpwYXNz\r\n", CHAT),
                        401,
                        "invalid_api_key",
                        false),
                new Bad(
                        "two keys that differ",
                        with("authorization: Bearer " + key + "\r\nx-api-key: " + other + "\r\n", CHAT),
                        400,
                        "conflicting_api_keys",
                        false,
                        "expected: one key"),
                new Bad(
                        "two Authorization headers that differ",
                        with("authorization: Bearer " + key + "\r\nauthorization: Bearer x\r\n", CHAT),
                        400,
                        "conflicting_api_keys",
                        false),
                new Bad(
                        "two query keys that differ",
                        with("", CHAT).replace("completions ", "completions?key=" + key + "&key=" + other + " "),
                        400,
                        "conflicting_api_keys",
                        false),
                new Bad(
                        "a query key that differs from the header's",
                        body(CHAT).replace("completions ", "completions?key=x "),
                        400,
                        "conflicting_api_keys",
                        false),
                new Bad(
                        "no key to a service",
                        get("DELETE", "/v1/files/a", ""),
                        401,
                        "missing_api_key",
                        true,
                        "tidemill keys create"),
                new Bad(
                        "a wrong key to a service",
                        get("DELETE", "/v1/files/a", "x-api-key: " + other + "\r\n"),
                        401,
                        "invalid_api_key",
                        true));
    }

    Stream<Bad> bodies() {
        return Stream.of(
                new Bad("an empty body", body(""), 400, "invalid_json", true, "byte 0"),
                new Bad("blanks alone", body("  \n "), 400, "invalid_json", true),
                new Bad(
                        "no length and no chunks",
                        get("POST", "/v1/chat/completions", "x-api-key: " + key + "\r\n"),
                        400,
                        "invalid_json",
                        true),
                new Bad("words", body("hello SECRET"), 400, "invalid_json", true, "byte 0"),
                new Bad("a stray comma", body("{\"model\":\"m\",}"), 400, "invalid_json", true, "byte 13"),
                new Bad(
                        "garbage behind",
                        body(CHAT + " SECRET"),
                        400,
                        "invalid_json",
                        true,
                        "byte " + (CHAT.length() + 1)),
                new Bad("cut", body("{\"model\":\"SECRET"), 400, "invalid_json", true),
                new Bad("a byte order mark", body("\u00ef\u00bb\u00bf" + CHAT), 400, "invalid_json", true),
                new Bad("NUL", body("{\"model\":\"a\0b\"}"), 400, "invalid_json", true),
                new Bad("an array", body("[1]"), 400, "invalid_type", true, "expected: an object"),
                new Bad("a number", body("7"), 400, "invalid_type", true, "expected: an object"),
                new Bad(
                        "no model",
                        body("{\"messages\":[]}"),
                        400,
                        "missing_required_parameter",
                        true,
                        "model: missing",
                        "expected: a string"),
                new Bad("model is null", body("{\"model\":null}"), 400, "missing_required_parameter", true),
                new Bad("model is a number", body("{\"model\":4}"), 400, "invalid_type", true, "a number", "a string"),
                new Bad("model is empty", body("{\"model\":\"\"}"), 400, "invalid_value", true, "0 bytes"),
                new Bad(
                        "model of 257 bytes",
                        body("{\"model\":\"" + "m".repeat(257) + "\"}"),
                        400,
                        "invalid_value",
                        true,
                        "257 bytes"),
                new Bad(
                        "two models",
                        body("{\"model\":\"m\",\"model\":\"n\"}"),
                        400,
                        "duplicate_parameter",
                        true,
                        "byte 21",
                        "expected: one"),
                new Bad(
                        "two models, one with an escape",
                        body("{\"model\":\"m\",\"m\\u006fdel\":\"n\"}"),
                        400,
                        "duplicate_parameter",
                        true),
                new Bad("stream is a string", body("{\"model\":\"m\",\"stream\":\"yes\"}"), 400, "invalid_type", true),
                new Bad(
                        "negative max_tokens",
                        body("{\"model\":\"m\",\"max_tokens\":-1}"),
                        400,
                        "invalid_value",
                        true,
                        "-1"),
                new Bad(
                        "max_tokens 1e400",
                        body("{\"model\":\"m\",\"max_tokens\":1e400}"),
                        400,
                        "invalid_value",
                        true,
                        "1e400"),
                new Bad(
                        "n = 2^64-1",
                        body("{\"model\":\"m\",\"n\":18446744073709551615}"),
                        400,
                        "invalid_value",
                        true,
                        "18446744073709551615"),
                new Bad(
                        "65 levels",
                        body("{\"model\":\"m\",\"x\":" + "[".repeat(64) + "]".repeat(64) + "}"),
                        400,
                        "nesting_too_deep",
                        true,
                        "64"),
                new Bad("10,000 levels", body("[".repeat(10_000)), 400, "nesting_too_deep", true),
                new Bad(
                        "invalid UTF-8",
                        body("{\"model\":\"m\",\"x\":\"\u00ff\"}"),
                        400,
                        "invalid_encoding",
                        true,
                        "byte 18"),
                new Bad("overlong UTF-8", body("{\"model\":\"\u00c0\u00af\"}"), 400, "invalid_encoding", true),
                new Bad(
                        "a surrogate in UTF-8",
                        body("{\"model\":\"\u00ed\u00a0\u0080\"}"),
                        400,
                        "invalid_encoding",
                        true),
                new Bad(
                        "too large by its length",
                        with("authorization: Bearer " + key + "\r\n", "").replace("length: 0", "length: 20001"),
                        413,
                        "request_too_large",
                        false,
                        "20001",
                        "at most 20000"),
                new Bad(
                        "too large by chunks",
                        get("POST", "/v1/chat/completions", "x-api-key: " + key + "\r\ntransfer-encoding: chunked\r\n")
                                + "4e20\r\n" + " ".repeat(20_000) + "\r\n1\r\n \r\n",
                        413,
                        "request_too_large",
                        false,
                        "more than 20000"),
                new Bad(
                        "compressed",
                        with("authorization: Bearer " + key + "\r\ncontent-encoding: gzip\r\n", "\u001f\u008b"),
                        415,
                        "unsupported_content_encoding",
                        false,
                        "expected: a body without Content-Encoding"),
                new Bad(
                        "compressed in a second header",
                        with(
                                "x-api-key: " + key + "\r\ncontent-encoding: identity\r\ncontent-encoding: br\r\n",
                                "\u001f\u008b"),
                        415,
                        "unsupported_content_encoding",
                        false),
                new Bad(
                        "an unknown model",
                        post("/v1/embeddings", "{\"model\":\"only-here\"}"),
                        404,
                        "model_not_found",
                        true,
                        "'only-here'",
                        "/v1/models"));
    }

    Stream<Bad> heads() {
        String auth = "x-api-key: " + key + "\r\n";
        return Stream.of(
                new Bad(
                        "a head over the limit",
                        get("GET", "/health", "a: " + "b".repeat(70_000) + "\r\n"),
                        431,
                        "head_too_large",
                        false,
                        "65536"),
                new Bad(
                        "129 headers",
                        get("GET", "/health", "a: b\r\n".repeat(128)),
                        431,
                        "headers_too_many",
                        false,
                        "128"),
                new Bad(
                        "a cookie of 1 MB",
                        get("GET", "/health", "cookie: " + "c".repeat(1_000_000)),
                        431,
                        "head_too_large",
                        false),
                new Bad(
                        "a target of 9 KB",
                        get("GET", "/" + "a".repeat(9000), ""),
                        414,
                        "start_line_too_long",
                        false,
                        "expected: <= "),
                new Bad(
                        "HTTP/2 without asking",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                        505,
                        "version_unsupported",
                        false,
                        "HTTP/1.1"),
                new Bad(
                        "TLS to a plain port",
                        "\u0016\u0003\u0001\u0002\u0000\u0001",
                        400,
                        "start_line_invalid",
                        false,
                        "0x16"),
                new Bad(
                        "an unknown expectation",
                        with(auth + "expect: the-best\r\n", CHAT),
                        417,
                        "expectation_unknown",
                        false,
                        "100-continue"),
                new Bad(
                        "an unknown path",
                        get("GET", "/v2/chat", ""),
                        404,
                        "unknown_path",
                        true,
                        "'/v2/chat'",
                        "POST /v1/chat/completions",
                        "GET /health",
                        "DELETE /v1/files/{id}"),
                new Bad("an unknown path with a body", post("/v1/chat", CHAT), 404, "unknown_path", false),
                new Bad("the root", get("GET", "/", ""), 404, "unknown_path", true),
                new Bad(
                        "an absolute target without path",
                        get("GET", "http://relay", ""),
                        404,
                        "unknown_path",
                        true,
                        "'/'"),
                new Bad(
                        "realtime",
                        get("GET", "/v1/realtime?model=x", "connection: upgrade\r\nupgrade: websocket\r\n"),
                        404,
                        "unknown_path",
                        true,
                        "realtime and WebSocket are not served"),
                new Bad(
                        "the Responses API over WebSocket",
                        get("GET", "/v1/responses", auth + "connection: Upgrade\r\nupgrade: WebSocket\r\n"),
                        404,
                        "unknown_path",
                        true,
                        "'/v1/responses'",
                        "realtime and WebSocket are not served"),
                new Bad(
                        "GET on a chat",
                        get("GET", "/v1/chat/completions", auth),
                        405,
                        "method_not_allowed",
                        true,
                        "GET",
                        "expected: POST"),
                new Bad("POST on health", post("/health", "{}"), 405, "method_not_allowed", false, "GET, HEAD"),
                new Bad("TRACE", get("TRACE", "/v1/chat/completions", ""), 405, "method_not_allowed", false, "TRACE"),
                new Bad("TRACE on an unknown path", get("TRACE", "/", ""), 405, "method_not_allowed", false),
                new Bad(
                        "CONNECT",
                        "CONNECT relay:443 HTTP/1.1\r\nhost: relay:443\r\n\r\n",
                        405,
                        "method_not_allowed",
                        false,
                        "CONNECT"),
                new Bad("a method of its own", get("BREW", "/health", ""), 405, "method_not_allowed", true, "BREW"),
                new Bad("two slashes", get("GET", "//health", ""), 404, "unknown_path", true),
                new Bad("a dot", get("GET", "/./health", ""), 404, "unknown_path", true),
                new Bad("two dots", get("GET", "/v1/../health", ""), 404, "unknown_path", true),
                new Bad("an escaped letter", get("GET", "/%68ealth", ""), 404, "unknown_path", true),
                new Bad("an escaped dot", get("GET", "/%2e/health", ""), 404, "unknown_path", true),
                new Bad("a parameter in the path", get("GET", "/health;x=1", ""), 404, "unknown_path", true),
                new Bad("a slash at the end", get("GET", "/health/", ""), 404, "unknown_path", true),
                new Bad("other case", get("GET", "/Health", ""), 404, "unknown_path", true),
                new Bad(
                        "a slash at the end of a chat",
                        post("/v1/chat/completions/", CHAT),
                        404,
                        "unknown_path",
                        false),
                new Bad("a chat with an escape", post("/v1/chat%2fcompletions", CHAT), 404, "unknown_path", false),
                new Bad("a step up for a name", get("DELETE", "/v1/files/%2e%2e", auth), 404, "unknown_path", true),
                new Bad("NUL in a name", get("DELETE", "/v1/files/a%00b", auth), 404, "unknown_path", true),
                new Bad("no UTF-8 in a name", get("DELETE", "/v1/files/%ff", auth), 404, "unknown_path", true),
                new Bad("no name", get("DELETE", "/v1/files/", auth), 404, "unknown_path", true));
    }

    private String post(String path, String body) {
        return body(body).replace("/v1/chat/completions", path);
    }

    /** Begin of a request's head, and what the error has in its API's form. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /v1/messages HTTP/1.1                             | {"type":"error","error":{"type":"
            POST /v1/v1/messages/count_tokens HTTP/1.1             | {"type":"error","error":{"type":"
            POST /v1beta/models/m:generateContent?key=k HTTP/1.1   | "status":"INVALID_ARGUMENT"
            POST /v1/models/m:streamGenerateContent HTTP/1.1       | "status":"INVALID_ARGUMENT"
            POST /v1/chat/completions HTTP/1.1                     | {"error":{"message":"
            POST                                                   | {"error":{"message":"
            """)
    void aHeadThatIsRefusedIsToldInTheFormOfTheApiItIsMeantFor(String line, String form) throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send((line + "\r\nhost: relay\r\nbad header\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            HttpClient.Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains(form);
        }
    }

    @ParameterizedTest
    @MethodSource({"keys", "bodies", "heads"})
    void isRefused(Bad bad) throws Exception {
        fixture.directory.routes(bad.code().equals("model_not_found") ? onlyNamed() : all());
        long askedBefore = fixture.simulator.counts().total().asked();
        try (HttpClient client = fixture.client()) {
            client.send(bad.request().getBytes(StandardCharsets.ISO_8859_1));
            HttpClient.Answer answer = client.read();
            assertThat(answer.status()).as(answer.body()).isEqualTo(bad.status());
            ErrorBody error = ErrorBody.of(answer);
            assertThat(error.code()).isEqualTo(bad.code());
            assertThat(error.message()).contains("(expected: ").doesNotContain("SECRET", key);
            assertThat(List.of(bad.messageHas()))
                    .allSatisfy(part -> assertThat(error.message()).contains(part));
            assertThat(error.type()).isEqualTo(bad.status() == 401 ? "authentication_error" : "invalid_request_error");
            if (bad.status() == 405) {
                assertThat(answer.header("allow")).isNotNull();
            }
            if (bad.goesOn()) {
                assertThat(answer.header("connection")).isNull();
                assertThat(client.ask(get("GET", "/health", "")).status()).isEqualTo(200);
            } else {
                assertThat(answer.header("connection")).isEqualTo("close");
                assertThat(client.closed()).isTrue();
            }
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(askedBefore);
        Eventually.until(() -> fixture.relay.running() == 0);
    }

    private dev.tidemill.core.route.Routes all() {
        return RelayFixture.routes(
                1, List.of(RelayFixture.provider("sim", fixture.simulator.baseUrl())), Policies.ONCE);
    }

    private dev.tidemill.core.route.Routes onlyNamed() {
        var all = all();
        return new dev.tidemill.core.route.Routes(
                2, all.providers(), List.of(java.util.Objects.requireNonNull(all.find("renamed"))));
    }

    @Test
    void aModelThatTheKeyMayNotUseAnswersLikeAnUnknownOne() throws Exception {
        fixture.directory.routes(all());
        KeySecret secret = KeySecret.generate(new SplittableRandom(9));
        Key open = RelayFixture.record(secret);
        Key narrow =
                new Key(open.id(), "n", "o", "p", open.digest(), List.of("gpt-*"), 0, 0, 0, open.created(), null, null);
        fixture.directory.keys(new KeyRing(List.of(RelayFixture.record(fixture.key), narrow)));
        try (HttpClient client = fixture.client()) {
            assertThat(ErrorBody.of(client.ask(body(CHAT).replace(key, secret.text())))
                            .code())
                    .isEqualTo("model_not_found");
            assertThat(client.ask(body(CHAT.replace("\"m\"", "\"gpt-x\"")).replace(key, secret.text()))
                            .status())
                    .isEqualTo(200);
        }
    }

    Stream<String> goodKeys() {
        return Stream.of(
                body(CHAT),
                with("Authorization: bearer   " + key + "\r\n", CHAT),
                with("X-Api-Key: " + key + "\r\n", CHAT),
                with("x-goog-api-key: " + key + "\r\n", CHAT),
                with("authorization: Bearer \r\nx-api-key: " + key + "\r\n", CHAT),
                with("authorization: bearer\r\nx-goog-api-key: " + key + "\r\n", CHAT),
                with("x-api-key:\r\nauthorization: Bearer " + key + "\r\n", CHAT),
                with("", CHAT).replace("completions ", "completions?key=" + key + " "),
                with("", CHAT).replace("completions ", "completions?a=b&k%65y=" + key.replace("_", "%5F") + " "),
                with(
                                "authorization: Bearer " + key + "\r\nx-api-key: " + key + "\r\nx-goog-api-key: " + key
                                        + "\r\n",
                                CHAT)
                        .replace("completions ", "completions?key=" + key + " "));
    }

    @ParameterizedTest
    @MethodSource("goodKeys")
    void aKeyIsTakenFromWhereverItIsAndNeverPassedOn(String request) throws Exception {
        fixture.directory.routes(all());
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(request).status()).isEqualTo(200);
        }
        assertThat(fixture.simulator.requests().getLast().toString())
                .doesNotContain(key, "x-api-key", "x-goog-api-key")
                .contains("authorization: Bearer sk-upstream-sim");
    }

    @Test
    void aDoubledVersionAnAbsoluteTargetAndHttp10AreServed() throws Exception {
        fixture.directory.routes(all());
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(post("/v1/v1/chat/completions", CHAT)).status())
                    .isEqualTo(200);
            assertThat(client.ask(post("/v1/v1/v1/chat/completions", CHAT)).status())
                    .isEqualTo(200);
            assertThat(client.ask(post("http://relay/v1/chat/completions", CHAT))
                            .status())
                    .isEqualTo(200);
            assertThat(client.ask(body(CHAT).replace("HTTP/1.1", "HTTP/1.0\r\nconnection: keep-alive"))
                            .header("connection"))
                    .isEqualTo("keep-alive");
            HttpClient.Answer last = client.ask(body(STREAM).replace("HTTP/1.1", "HTTP/1.0"));
            assertThat(last.header("transfer-encoding")).isNull();
            assertThat(last.header("connection")).isEqualTo("close");
            assertThat(last.body()).startsWith("data: ").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void whoWaitsFor100GetsItOnlyWhenTheBodyIsWanted() throws Exception {
        fixture.directory.routes(all());
        String expecting = body(CHAT).replace("host: relay", "host: relay\r\nexpect: 100-continue");
        int head = expecting.indexOf("\r\n\r\n") + 4;
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(expecting.substring(0, head)).status()).isEqualTo(100);
            assertThat(client.ask(expecting.substring(head)).status()).isEqualTo(200);
            assertThat(client.ask(expecting).status())
                    .as("the body was there already")
                    .isEqualTo(200);
            assertThat(client.ask(expecting.substring(0, head).replace(key, "x"))
                            .status())
                    .isEqualTo(401);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aBrowserMayCallFromAnAllowedOriginAlone() throws Exception {
        fixture.directory.routes(all());
        String preflight =
                "access-control-request-method: POST\r\naccess-control-request-headers: authorization,content-type\r\n";
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer allowed =
                    client.ask(get("OPTIONS", "/v1/chat/completions", "origin: https://app.example\r\n" + preflight));
            assertThat(allowed.status()).isEqualTo(204);
            assertThat(allowed.header("content-length")).isNull();
            assertThat(allowed.header("access-control-allow-origin")).isEqualTo("https://app.example");
            assertThat(allowed.header("access-control-allow-methods")).isEqualTo("POST, OPTIONS");
            assertThat(allowed.header("access-control-allow-headers")).isEqualTo("authorization,content-type");
            HttpClient.Answer other =
                    client.ask(get("OPTIONS", "/v1/chat/completions", "origin: https://else.example\r\n" + preflight));
            assertThat(other.status()).isEqualTo(204);
            assertThat(other.header("access-control-allow-origin")).isNull();
            assertThat(other.header("allow")).isEqualTo("POST, OPTIONS");
            assertThat(client.ask(get("OPTIONS", "*", "")).status()).isEqualTo(204);
            assertThat(client.ask(get("OPTIONS", "/nowhere", "")).status()).isEqualTo(404);

            String from = "host: relay\r\norigin: https://app.example";
            for (String request : List.of(
                    body(CHAT),
                    body(STREAM),
                    body("{"),
                    get("GET", "/health", ""),
                    get("GET", "/v1/files/x", ""),
                    body(CHAT).replace(key, "x"))) {
                HttpClient.Answer answer = client.ask(request.replace("host: relay", from));
                assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://app.example");
                assertThat(answer.header("vary")).isEqualTo("origin");
            }
        }
    }

    @Test
    void headIsAnsweredWithoutABody() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(get("HEAD", "/health", "")
                    + get("HEAD", "/nowhere", "")
                    + get("HEAD", "/v1/chat/completions", "")
                    + get("GET", "/health", ""));
            HttpClient.Answer there = client.read(true);
            assertThat(there.status()).isEqualTo(200);
            assertThat(there.header("content-length")).isEqualTo("2");
            assertThat(client.read(true).status()).isEqualTo(404);
            assertThat(client.read(true).status()).isEqualTo(405);
            assertThat(client.read().body()).isEqualTo("{}");
        }
    }
}
