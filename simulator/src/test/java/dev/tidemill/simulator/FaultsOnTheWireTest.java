package dev.tidemill.simulator;

import static dev.tidemill.simulator.RawClient.End.FIN;
import static dev.tidemill.simulator.RawClient.End.RST;
import static dev.tidemill.simulator.RawClient.End.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.simulator.RawClient.Got;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every fault of the catalogue, looked at from the other end of a socket. */
class FaultsOnTheWireTest {
    private static final String DONE = "data: [DONE]\n\n";
    private static final String END = "0\r\n\r\n";
    private static final Set<FaultKind> SEEN = ConcurrentHashMap.newKeySet();
    private static Simulator sim;

    @BeforeAll
    static void start() throws IOException {
        sim = Simulator.start(Behaviour.of("tokens=4"), 0);
    }

    @AfterAll
    static void stop() {
        sim.close();
        Set<FaultKind> unseen = EnumSet.allOf(FaultKind.class);
        unseen.removeAll(SEEN);
        if (SEEN.size() > 40) {
            assertThat(unseen).as("faults without a test on the wire").isEmpty();
        }
    }

    /** Asks under a fault on a connection of its own and reads to its end, or until 400 ms pass in silence. */
    private static Got ask(String fault, boolean stream, String... headers) throws IOException {
        Behaviour.of(fault).faults().forEach(one -> SEEN.add(one.kind()));
        try (RawClient client = new RawClient(sim.port())) {
            return client.send(RawClient.post("/v1/chat/completions", RawClient.chat("sim-" + fault, stream), headers))
                    .read(400);
        }
    }

    private static Got stream(String fault) throws IOException {
        return ask(fault, true, "connection: close");
    }

    private static Got whole(String fault) throws IOException {
        return ask(fault, false, "connection: close");
    }

    private static int contents(String events) {
        return events.split("\"delta\":\\{\"content\"", -1).length - 1;
    }

    // Connections

    @Test
    void refusedUntilTheTimeIsOver() throws Exception {
        SEEN.add(FaultKind.REFUSE);
        try (Simulator own = Simulator.start(Behaviour.plain(), 0)) {
            try (RawClient client = new RawClient(own.port())) {
                Got got = client.send(RawClient.post("/v1/chat/completions", RawClient.chat("sim-refuse=1h", false)))
                        .read(2_000);
                assertThat(got.end()).isEqualTo(RST);
            }
            assertThatThrownBy(() -> new RawClient(own.port())).isInstanceOf(ConnectException.class);
            own.door(Door.OPEN);
            try (RawClient client = new RawClient(own.port())) {
                assertThat(client.socket().isConnected()).isTrue();
            }
        }
    }

    @Test
    void acceptedAndClosed() throws Exception {
        SEEN.add(FaultKind.ACCEPT_CLOSE);
        try (Simulator own = Simulator.start(Behaviour.plain(), 0)) {
            try (RawClient client = new RawClient(own.port())) {
                client.send(RawClient.post("/v1/chat/completions", RawClient.chat("sim-accept-close=1", false)));
                assertThat(client.read(2_000))
                        .satisfies(got -> assertThat(got.bytes()).isEmpty());
            }
            try (RawClient client = new RawClient(own.port())) {
                Got got = client.read(2_000);
                assertThat(got.end()).isEqualTo(FIN);
                assertThat(got.bytes()).isEmpty();
            }
            try (RawClient client = new RawClient(own.port())) {
                client.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", false)));
                assertThat(client.readUntil("}").text()).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void aDoorThatClosesOrRefuses() throws Exception {
        try (Simulator own = Simulator.start(Scenario.of(Behaviour.plain()).behind(Door.REFUSE), 0)) {
            assertThatThrownBy(() -> new RawClient(own.port())).isInstanceOf(ConnectException.class);
            own.door(Door.CLOSE);
            try (RawClient client = new RawClient(own.port())) {
                assertThat(client.read(2_000).end()).isEqualTo(FIN);
            }
        }
    }

    @Test
    void closedBeforeHeaders() throws Exception {
        Got got = ask("close", true);
        assertThat(got.end()).isEqualTo(FIN);
        assertThat(got.bytes()).isEmpty();
    }

    @Test
    void closedInsideHeaders() throws Exception {
        Got got = ask("close-in-headers=25", true);
        assertThat(got.end()).isEqualTo(FIN);
        assertThat(got.text()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-");
    }

    @Test
    void resetAtAByte() throws Exception {
        Got got = ask("reset-at=300", true);
        assertThat(got.end()).isEqualTo(RST);
        assertThat(got.bytes()).hasSizeLessThanOrEqualTo(300);
        assertThat(ask("reset-at=0", false).end()).isEqualTo(RST);
    }

    @Test
    void closedAtAByte() throws Exception {
        Got got = ask("close-at=333", true);
        assertThat(got.end()).isEqualTo(FIN);
        assertThat(got.bytes()).hasSize(333);
    }

    @Test
    void aKeptAliveConnectionIsClosedAfterItsSecondAnswer() throws Exception {
        SEEN.add(FaultKind.IDLE_CLOSE);
        try (RawClient client = new RawClient(sim.port())) {
            String request = RawClient.post("/v1/chat/completions", RawClient.chat("sim-idle-close=2", true));
            Got first = client.send(request).readUntil(END);
            assertThat(first.head()).doesNotContain("connection: close");
            Got second = client.send(request).read(2_000);
            assertThat(second.text()).endsWith(END).doesNotContain("connection: close");
            assertThat(second.end()).isEqualTo(FIN);
        }
    }

    // Silence and slowness

    @Test
    void silenceBeforeHeaders() throws Exception {
        Got got = ask("stall-headers", true);
        assertThat(got.end()).isEqualTo(SILENCE);
        assertThat(got.bytes()).isEmpty();
        assertThat(stream("stall-headers=50ms").unchunked()).endsWith(DONE);
    }

    @Test
    void silenceBeforeTheFirstContent() throws Exception {
        Got got = ask("stall-first", true);
        assertThat(got.end()).isEqualTo(SILENCE);
        assertThat(got.text()).contains("\"role\":\"assistant\"");
        assertThat(contents(got.text())).isZero();
        assertThat(stream("stall-first=50ms").unchunked()).endsWith(DONE);
    }

    @Test
    void silentAfterSoManyBytes() throws Exception {
        Got got = ask("stall-at=30", false);
        assertThat(got.end()).isEqualTo(SILENCE);
        assertThat(got.bytes()).hasSize(30);
        assertThat(whole("stall-at=200;for=50ms").text()).endsWith("}");
    }

    @Test
    void silenceBetweenEvents() throws Exception {
        Got got = ask("stall-after=3", true);
        assertThat(got.end()).isEqualTo(SILENCE);
        assertThat(contents(got.text())).isEqualTo(3);
        assertThat(stream("stall-after=3;for=50ms").unchunked()).endsWith(DONE);
    }

    @Test
    void commentsWhileItWaits() throws Exception {
        String body = stream("keepalive=20ms+ttft=110ms").unchunked();
        assertThat(body).startsWith(": keep-alive\n\n").endsWith(DONE);
    }

    @Test
    void aSlowDrip() throws Exception {
        long start = System.nanoTime();
        Got got = whole("drip=4KiB");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(100));
        assertThat(got.body()).endsWith("}");
    }

    @Test
    void writesOfAFewBytes() throws Exception {
        assertThat(stream("split=50;pause=100us").unchunked()).endsWith(DONE);
    }

    // Statuses and bodies

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 408, 422, 429, 500, 502, 503, 504, 529})
    void anyErrorStatusWithAnErrorBody(int status) throws Exception {
        Got got = whole(Integer.toString(status));
        assertThat(got.head()).startsWith("HTTP/1.1 " + status + " ").contains("content-type: application/json\r\n");
        assertThat(got.body()).startsWith("{\"error\":{\"message\":\"").contains("\"param\":null,\"code\":");
    }

    @Test
    void retryAfterInEveryForm() throws Exception {
        assertThat(whole("429").head()).doesNotContain("retry-after");
        assertThat(whole("429;retry-after=none").head()).doesNotContain("retry-after");
        assertThat(whole("429;retry-after=2").head()).contains("retry-after: 2\r\n");
        assertThat(whole("429;retry-after=0.5").head()).contains("retry-after: 0.5\r\n");
        assertThat(whole("529;retry-after=date:30").head())
                .containsPattern("retry-after: \\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} GMT\r\n");
        assertThat(whole("429;retry-after=past").head()).contains("1994");
        assertThat(whole("429;retry-after=absurd").head()).contains("retry-after: 999999999999\r\n");
        assertThat(whole("429;retry-after=negative").head()).contains("retry-after: -5\r\n");
        assertThat(whole("429;retry-after=soon").head()).contains("retry-after: soon\r\n");
        assertThat(whole("429;retry-after-ms=1500;should-retry=false").head())
                .contains("retry-after-ms: 1500\r\nx-should-retry: false\r\n");
    }

    @Test
    void anErrorSaysWhatItIsToldToSay() throws Exception {
        assertThat(whole("400;type=invalid_request_error;error-code=context_length_exceeded;message=too%20long")
                        .body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"context_length_exceeded\"}}");
        assertThat(ask("401", false, "connection: close", "authorization: Bearer sk-secret")
                        .body())
                .contains("sk-secret");
    }

    @Test
    void someRequestsFailByChance() throws Exception {
        SEEN.add(FaultKind.FLAKY);
        try (Simulator own = Simulator.start(
                Scenario.of(Behaviour.of("flaky=30%;status=502")).seeded(11), 0)) {
            int failed = 0;
            try (RawClient client = new RawClient(own.port())) {
                for (int i = 0; i < 200; i++) {
                    Got got = client.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", false)))
                            .readUntil("}}");
                    failed += got.text().startsWith("HTTP/1.1 502") ? 1 : 0;
                    if (!got.text().startsWith("HTTP/1.1 502")) {
                        client.readUntil("\"fp_sim\"}");
                    }
                }
            }
            assertThat(failed).as("seed 11").isBetween(35, 85);
            assertThat(own.countsAtRest(Duration.ofSeconds(5)).total().broken()).isEqualTo(failed);
        }
    }

    @Test
    void theFirstAttemptsOfEachBodyFail() throws Exception {
        SEEN.add(FaultKind.FAIL_FIRST);
        try (Simulator own = Simulator.start(Behaviour.of("fail-first=2;status=503"), 0)) {
            StringBuilder statuses = new StringBuilder();
            for (String model : new String[] {"a", "a", "b", "a", "b", "b"}) {
                try (RawClient client = new RawClient(own.port())) {
                    statuses.append(
                                    client.send(RawClient.post(
                                                    "/v1/chat/completions",
                                                    RawClient.chat(model, false),
                                                    "connection: close"))
                                            .read(2_000)
                                            .head(),
                                    9,
                                    12)
                            .append(' ');
                }
            }
            assertThat(statuses.toString()).isEqualTo("503 503 503 200 503 200 ");
        }
    }

    @Test
    void anErrorObjectUnder200() throws Exception {
        Got got = whole("error-body");
        assertThat(got.head()).startsWith("HTTP/1.1 200");
        assertThat(got.body()).startsWith("{\"error\":");
    }

    @Test
    void aPageWith502Or200() throws Exception {
        assertThat(whole("html").head()).startsWith("HTTP/1.1 502").contains("text/html");
        assertThat(whole("html=200").head()).startsWith("HTTP/1.1 200");
        assertThat(whole("html").body()).startsWith("<!DOCTYPE html>");
    }

    @Test
    void theOtherKindOfAnswer() throws Exception {
        assertThat(stream("wrong-type").head()).contains("application/json");
        assertThat(whole("wrong-type").head()).contains("text/event-stream");
    }

    @Test
    void aBodyOfNothing() throws Exception {
        assertThat(whole("empty-body").head()).contains("content-length: 0\r\n");
    }

    @Test
    void aRedirect() throws Exception {
        assertThat(whole("redirect;location=http://127.0.0.1:1/x").head())
                .startsWith("HTTP/1.1 302")
                .contains("location: http://127.0.0.1:1/x\r\n");
    }

    @Test
    void anAnswerWhileTheRequestIsBeingSent() throws Exception {
        SEEN.add(FaultKind.EARLY);
        try (RawClient client = new RawClient(sim.port())) {
            String half =
                    "{\"model\":\"sim-early=413\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(40_000);
            client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: sim\r\ncontent-length: 1000000\r\n\r\n" + half);
            assertThat(client.read(2_000).text()).startsWith("HTTP/1.1 413");
        }
    }

    // HTTP framing

    @Test
    void aLengthThatPromisesTooMuch() throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            Got got = ask("length-larger=10", stream);
            assertThat(got.end()).isEqualTo(FIN);
            assertThat(declared(got)).isEqualTo(got.body().length() + 10);
        }
    }

    @Test
    void aLengthThatPromisesTooLittle() throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            Got got = ask("length-smaller=10", stream);
            assertThat(declared(got)).isEqualTo(got.body().length() - 10);
        }
    }

    private static int declared(Got got) {
        String head = got.head();
        int at = head.indexOf("content-length: ") + 16;
        return Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
    }

    @Test
    void twoLengths() throws Exception {
        assertThat(whole("two-lengths").head().split("content-length: ")).hasSize(3);
        assertThat(stream("two-lengths").head().split("content-length: ")).hasSize(3);
    }

    @Test
    void aLengthBesideChunks() throws Exception {
        assertThat(whole("length-and-chunked").head()).contains("content-length: ", "transfer-encoding: chunked");
        assertThat(stream("length-and-chunked").head()).contains("content-length: ", "transfer-encoding: chunked");
    }

    @Test
    void aChunkSizeThatIsNoNumber() throws Exception {
        Got got = ask("bad-chunk=2", true);
        assertThat(got.end()).isEqualTo(FIN);
        assertThat(got.body()).contains("\r\nzz\r\n");
        assertThat(ask("bad-chunk", false).body()).startsWith("zz\r\n");
    }

    @Test
    void extensionsOnChunks() throws Exception {
        Got got = stream("chunk-extension=2000");
        assertThat(got.body()).contains(";sim=\"" + "e".repeat(2000) + "\"\r\n");
        assertThat(got.unchunked()).endsWith(DONE);
    }

    @Test
    void aBodyThatEndsWithTheConnection() throws Exception {
        Got got = ask("no-length", true);
        assertThat(got.end()).isEqualTo(FIN);
        assertThat(got.head())
                .doesNotContain("chunked")
                .doesNotContain("length")
                .contains("connection: close");
        assertThat(got.body()).startsWith("data: {").endsWith(DONE);
        assertThat(ask("no-length", false).body()).startsWith("{").endsWith("}");
    }

    @Test
    void anInterimAnswer() throws Exception {
        assertThat(whole("interim=103").text()).startsWith("HTTP/1.1 103 ").contains("\r\n\r\nHTTP/1.1 200 OK\r\n");
    }

    @Test
    void aSecondAnswerBehindTheFirst() throws Exception {
        assertThat(ask("extra-answer", true).text())
                .contains(END + "HTTP/1.1 200 OK\r\n")
                .contains("not yours");
        assertThat(ask("extra-answer", false).text().split("HTTP/1.1 200 OK")).hasSize(3);
    }

    @Test
    void headersWithoutEnd() throws Exception {
        assertThat(whole("header-bomb=300KiB").head().length()).isGreaterThan(300 << 10);
    }

    @Test
    void compressedThoughNotAsked() throws Exception {
        Got whole = whole("gzip");
        assertThat(whole.head()).contains("content-encoding: gzip\r\n");
        int from = whole.head().length();
        assertThat(inflated(java.util.Arrays.copyOfRange(whole.bytes(), from, whole.bytes().length)))
                .startsWith("{\"id\"");
        Got stream = stream("gzip+no-length");
        int body = stream.head().length();
        assertThat(inflated(java.util.Arrays.copyOfRange(stream.bytes(), body, stream.bytes().length)))
                .endsWith(DONE);
    }

    private static String inflated(byte[] bytes) throws IOException {
        return new String(new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aSmallBodyThatInflates() throws Exception {
        Got got = whole("gzip-bomb=5MiB");
        assertThat(got.bytes()).hasSizeLessThan(50_000);
        byte[] body = java.util.Arrays.copyOfRange(got.bytes(), got.head().length(), got.bytes().length);
        assertThat(inflated(body)).hasSizeGreaterThan(5 << 20);
    }

    @Test
    void anEncodingThatIsNone() throws Exception {
        Got got = whole("wrong-encoding");
        assertThat(got.head()).contains("content-encoding: gzip");
        assertThat(got.body()).startsWith("{\"id\"");
    }

    // Streams

    @Test
    void aStreamThatEndsCleanlyTooEarly() throws Exception {
        Got got = ask("truncate-after=2", true);
        assertThat(got.text()).endsWith(END);
        assertThat(contents(got.unchunked())).isEqualTo(2);
        assertThat(got.text()).doesNotContain("[DONE]").doesNotContain("\"finish_reason\":\"");
    }

    @Test
    void aFinishWithoutTerminator() throws Exception {
        assertThat(stream("no-done").unchunked())
                .contains("\"finish_reason\":\"stop\"")
                .doesNotContain("[DONE]");
    }

    @Test
    void aTerminatorWithoutFinish() throws Exception {
        assertThat(stream("no-finish").unchunked()).endsWith(DONE).doesNotContain("\"finish_reason\":\"");
    }

    @Test
    void aStreamCutBetweenChunks() throws Exception {
        Got got = ask("cut-after=2", true);
        assertThat(got.end()).isEqualTo(FIN);
        assertThat(contents(got.unchunked())).isEqualTo(2);
        assertThat(got.text()).doesNotContain(END);
    }

    @Test
    void anErrorInsideTheStream() throws Exception {
        assertThat(stream("error-event").unchunked())
                .startsWith("data: {\"error\":{")
                .doesNotContain("role");
        String later = stream("error-event=2;type=overloaded_error;done=yes").unchunked();
        assertThat(contents(later)).isEqualTo(2);
        assertThat(later).contains("\"type\":\"overloaded_error\"").endsWith(DONE);
        assertThat(stream("error-event=1;form=event").unchunked()).contains("event: error\ndata: {\"error\":");
        assertThat(stream("error-event=1;form=field").unchunked()).contains("\n\nerror: {\"error\":");
    }

    @Test
    void anAnswerRefusedForItsContent() throws Exception {
        assertThat(whole("content-filter").text()).startsWith("HTTP/1.1 400").contains("\"content_policy_violation\"");
        assertThat(whole("content-filter;error-code=content_filter").text()).contains("\"code\":\"content_filter\"");
        String late = stream("content-filter=finish;after=2").unchunked();
        assertThat(contents(late)).isEqualTo(2);
        assertThat(late).contains("\"finish_reason\":\"content_filter\"").endsWith(DONE);
    }

    @Test
    void aPromptThatIsTooLong() throws Exception {
        assertThat(whole("context-length=9000;limit=8192").text())
                .startsWith("HTTP/1.1 400")
                .contains("\"context_length_exceeded\"", "8192 tokens", "9000 tokens");
    }

    @Test
    void anAnswerThatEndsWithAnError() throws Exception {
        String got = stream("finish-error=3").unchunked();
        assertThat(contents(got)).isEqualTo(3);
        assertThat(got).contains("\"finish_reason\":\"error\"").endsWith(DONE);
    }

    @Test
    void silenceAfterReasoningAndInsideAToolCall() throws Exception {
        Got got = ask("reasoning=2+stall-reasoning=1h", true);
        assertThat(got.end()).isEqualTo(SILENCE);
        assertThat(got.unchunked().split("reasoning_content", -1)).hasSize(3);
        assertThat(contents(got.unchunked())).isZero();
        SEEN.add(FaultKind.STALL_TOOLS);
        String tools = "true,\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":{\"properties\":{\"x\":{}}}}}]}";
        String body = RawClient.chat("sim-tools=1+stall-tools=2", true).replace("true}", tools);
        try (RawClient client = new RawClient(sim.port())) {
            got = client.send(RawClient.post("/v1/chat/completions", body)).read(400);
            assertThat(got.end()).isEqualTo(SILENCE);
            assertThat(got.unchunked().split("\"arguments\":", -1)).hasSize(3);
        }
    }

    @Test
    void anEventOfBrokenJson() throws Exception {
        assertThat(stream("bad-json=1").unchunked())
                .contains("\"delta\":{\"content\":\n\ndata: {")
                .endsWith(DONE);
    }

    @Test
    void anEventOfManyBytes() throws Exception {
        assertThat(stream("huge-event=3MiB").unchunked())
                .contains("h".repeat(3 << 20))
                .endsWith(DONE);
    }

    @Test
    void anEventOfManyBytesBehindOthers() throws Exception {
        String events = stream("huge-event=3MiB;after=2").unchunked();
        int huge = events.indexOf("h".repeat(3 << 20));
        assertThat(contents(events.substring(0, huge))).isEqualTo(3);
        assertThat(events).endsWith(DONE);
    }

    @Test
    void anAnswerInOnePieceOfManyBytes() throws Exception {
        assertThat(whole("huge-event=3MiB").body())
                .startsWith("{" + " ".repeat(3 << 20) + "\"id\"")
                .endsWith("}");
    }

    @Test
    void aStreamThatDoesNotEnd() throws Exception {
        SEEN.add(FaultKind.INFINITE);
        try (RawClient client = new RawClient(sim.port())) {
            client.send(RawClient.post("/v1/chat/completions", RawClient.chat("sim-infinite", true)));
            byte[] much = client.socket().getInputStream().readNBytes(3 << 20);
            assertThat(new String(much, StandardCharsets.UTF_8))
                    .doesNotContain("[DONE]")
                    .doesNotContain("finish_reason\":\"");
        }
        assertThat(stream("infinite=30ms").end()).isEqualTo(FIN);
    }

    @Test
    void dataAfterTheTerminator() throws Exception {
        String body = stream("after-done").unchunked();
        assertThat(body.split("data: \\[DONE\\]\n\n", -1)).hasSize(3);
        assertThat(contents(body)).isEqualTo(5);
    }

    @Test
    void usageThatIsWrong() throws Exception {
        SEEN.add(FaultKind.USAGE);
        assertThat(usage("missing")).doesNotContain("\"usage\":{");
        assertThat(usage("negative")).contains("\"completion_tokens\":-4,");
        assertThat(usage("huge")).contains("\"completion_tokens\":9007199254740993,");
        assertThat(usage("repeated").split("\"usage\":\\{")).hasSize(3);
        assertThat(usage("null-choices")).contains("\"choices\":null,\"usage\":{");
        assertThat(usage("in-finish"))
                .contains("\"finish_reason\":\"stop\"}],\"usage\":{")
                .doesNotContain("\"choices\":[]");
        assertThat(whole("usage=missing").body()).doesNotContain("\"usage\":");
        assertThat(whole("usage=negative").body()).contains("\"completion_tokens\":-4,");
    }

    private static String usage(String form) throws IOException {
        String body = RawClient.chat("sim-usage=" + form, true)
                .replace("true}", "true,\"stream_options\":{\"include_usage\":true}}");
        try (RawClient client = new RawClient(sim.port())) {
            return client.send(RawClient.post("/v1/chat/completions", body, "connection: close"))
                    .read(2_000)
                    .unchunked();
        }
    }

    @Test
    void anotherModelsName() throws Exception {
        assertThat(whole("model-name=gpt-y").body()).contains("\"model\":\"gpt-y\"");
    }

    @Test
    void argumentsOfToolCallsCharacterByCharacter() throws Exception {
        SEEN.add(FaultKind.TOOL_SPLIT);
        String tools = "true,\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":{\"properties\":{\"x\":{}}}}}]}";
        String body = RawClient.chat("sim-tools=1+tool-split", true).replace("true}", tools);
        try (RawClient client = new RawClient(sim.port())) {
            String got = client.send(RawClient.post("/v1/chat/completions", body, "connection: close"))
                    .read(2_000)
                    .unchunked();
            assertThat(got).contains("\"arguments\":\"{\"", "\"arguments\":\"\\\"\"", "\"arguments\":\"x\"");
        }
    }

    // Odd server-sent events

    @Test
    void everyLineEndAndForm() throws Exception {
        assertThat(stream("sse-cr").unchunked()).contains("}\r\rdata: {").doesNotContain("\n");
        assertThat(stream("sse-crlf").unchunked()).contains("}\r\n\r\ndata: {");
        assertThat(stream("sse-mixed").unchunked()).contains("}\n\ndata: {", "}\r\n\r\ndata: {", "}\r\rdata: {");
        assertThat(stream("sse-bom").unchunked()).startsWith("\uFEFFdata: {");
        assertThat(stream("sse-comments").unchunked()).startsWith(": tick 0\ndata: {");
        assertThat(stream("sse-multiline").unchunked())
                .contains("data: {\ndata: \"id\":")
                .contains("\ndata: }\n\n");
        assertThat(stream("sse-no-space").unchunked()).startsWith("data:{");
        assertThat(stream("sse-fields").unchunked())
                .startsWith("id: 0\nretry: 3000\nx-unknown: data: not data\nlonely\nevent: message\ndata: {");
        assertThat(stream("sse-cr+sse-bom+sse-comments+sse-no-space").unchunked())
                .startsWith("\uFEFF:tick 0\rdata:{");
    }

    @Test
    void eventsCutAcrossChunks() throws Exception {
        Got got = stream("sse-frames=10");
        assertThat(got.body()).startsWith("a\r\ndata: {\"id\r\n");
        assertThat(got.unchunked()).endsWith(DONE);
    }

    @Test
    void severalEventsInOneChunk() throws Exception {
        Got got = stream("sse-merged=3");
        assertThat(got.unchunked()).endsWith(DONE);
        assertThat(got.body().split("\r\n").length)
                .isLessThan(stream("ok").body().split("\r\n").length);
    }
}
