package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.simulator.Behaviour;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that were written for one provider, knowing nothing of relays, work unchanged. */
class HandWrittenClientsTest {
    private static final String PAGE = "https://app.example";

    @TempDir
    static Path folder;

    private static Node node;
    private static String key;
    private static HandWrittenClient client;

    @BeforeAll
    static void start() throws Exception {
        node = Node.start(folder, ", cors: ['" + PAGE + "']", "", "");
        key = node.key("people");
        client = new HandWrittenClient(node.url() + "/v1", key);
    }

    @AfterAll
    static void stop() {
        client.close();
        node.close();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "gpt-test",
                "sim-tokens=1",
                "sim-reasoning=5",
                "sim-usage=missing",
                "sim-usage=repeated",
                "sim-usage=in-finish",
                "sim-usage=null-choices",
                "sim-keepalive=20ms+ttft=100ms",
                "sim-sse-comments",
                "sim-sse-crlf",
                "sim-sse-fields",
                "sim-sse-frames",
                "sim-sse-merged",
                "sim-sse-cr",
                "sim-sse-mixed",
                "sim-sse-bom",
                "sim-no-done",
                "sim-after-done",
                "sim-drip=100000",
                "sim-split=60",
                "sim-chunk-extension",
                "sim-no-length",
                "sim-interim",
                "sim-gzip",
                "sim-bad-json=2"
            })
    void aStreamIsReadByItsDataLinesToDone(String model) throws Exception {
        assertThat(client.stream(model)).isNotBlank();
    }

    @Test
    void everyEventIsWholeInOneWriteForClientsThatReadNoFurther() throws Exception {
        try (Wire wire = new Wire(node.url())) {
            wire.send("POST", "/v1/chat/completions", key, Node.chat("sim-split=60", "Hello", true), "");
            assertThat(wire.readHead().header("content-type")).startsWith("text/event-stream");
            for (byte[] chunk; (chunk = wire.readChunk()).length > 0; ) {
                assertThat(new String(chunk, StandardCharsets.UTF_8))
                        .startsWith("data: ")
                        .endsWith("\n\n");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"sim-truncate-after=2", "sim-cut-after=2", "sim-reset-at=600", "sim-error-event=2"})
    void aStreamThatBreaksNeverEndsWithDone(String model) {
        assertThatThrownBy(() -> client.stream(model)).isInstanceOf(Exception.class);
    }

    @Test
    void answersAreReadWhereverTheVersionIsDoubled() throws Exception {
        try (HandWrittenClient doubled = new HandWrittenClient(node.url() + "/v1/v1", key)) {
            assertThat(doubled.complete("gpt-test")).isNotBlank();
            assertThat(doubled.stream("gpt-test")).isNotBlank();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "sim-500",
                "sim-503",
                "sim-404",
                "sim-401",
                "sim-403",
                "sim-html",
                "sim-empty-body",
                "sim-wrong-type",
                "sim-redirect",
                "sim-close",
                "sim-reset-at=0",
                "sim-header-bomb",
                "sim-length-larger",
                "sim-two-lengths",
                "sim-length-and-chunked",
                "sim-wrong-encoding",
                "sim-error-body"
            })
    void everyFailureIsJsonWithAMessage(String model) {
        assertThatThrownBy(() -> client.complete(model))
                .isExactlyInstanceOf(IOException.class)
                .message()
                .isNotBlank()
                .doesNotContain("unexpected mimetype");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "sim-429;retry-after=2, 2, 2",
        "sim-429;retry-after=0.5, 1, 1",
        "sim-429;retry-after=date:30, 25, 31",
        "sim-429;retry-after=past, 1, 1",
        "sim-429;retry-after=negative, 1, 60",
        "sim-429;retry-after=absurd, 60, 60",
        "sim-429;retry-after=none, 1, 60",
        "sim-429;retry-after-ms=1500, 1, 60"
    })
    void retryAfterIsAWholeNumberOfSecondsWhateverTheProviderWrote(String model, int least, int most) {
        assertThatThrownBy(() -> client.complete(model))
                .isInstanceOfSatisfying(
                        HandWrittenClient.TurnedAway.class,
                        e -> assertThat(e.seconds).isBetween(least, most));
    }

    @Test
    void aKeyIsCheckedByAskingForOneToken() throws Exception {
        assertThat(client.keyIsGood()).isTrue();
        try (HandWrittenClient stranger = new HandWrittenClient(node.url() + "/v1", "sk-not-ours")) {
            assertThat(stranger.keyIsGood()).isFalse();
        }
    }

    @Test
    void healthNeedsNoKeyOnEitherPort() throws Exception {
        assertThat(node.ask("GET", "/health", null, null).status()).isEqualTo(200);
        try (Wire admin = new Wire(node.admin())) {
            assertThat(admin.ask("GET", "/health", null, null).status()).isEqualTo(200);
            assertThat(admin.ask("GET", "/ready", null, null)
                            .json()
                            .path("status")
                            .asString())
                    .isEqualTo("ready");
        }
    }

    private static Answer preflight(String origin, String path) throws IOException {
        try (Wire wire = new Wire(node.url())) {
            wire.send(
                    "OPTIONS",
                    path,
                    null,
                    null,
                    "origin: " + origin + "\r\naccess-control-request-method: POST\r\n"
                            + "access-control-request-headers: authorization,content-type\r\n");
            return wire.read();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v1/chat/completions", "/v1/files", "/v1/batches", "/v1/v1/chat/completions"})
    void aBrowserMayAskBeforeItAsks(String path) throws Exception {
        Answer answer = preflight(PAGE, path);

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo(PAGE);
        assertThat(answer.header("access-control-allow-methods")).contains("POST");
        assertThat(answer.header("access-control-allow-headers")).contains("authorization", "content-type");
        assertThat(preflight("https://elsewhere.example", path).header("access-control-allow-origin"))
                .isNull();
    }

    @Test
    void aBrowserMayReadStreamsAndErrors() throws Exception {
        String origin = "origin: " + PAGE + "\r\n";
        try (Wire wire = new Wire(node.url())) {
            Answer stream = wire.send("POST", "/v1/chat/completions", key, Node.chat("gpt-test", "Hello", true), origin)
                    .read();
            assertThat(stream.header("access-control-allow-origin")).isEqualTo(PAGE);
            assertThat(stream.body()).endsWith("data: [DONE]\n\n");
            Answer list = wire.send("GET", "/v1/models", key, null, origin).read();
            assertThat(list.header("access-control-allow-origin")).isEqualTo(PAGE);
            Answer refused =
                    wire.send("GET", "/v1/models", "wrong", null, origin).read();
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header("access-control-allow-origin")).isEqualTo(PAGE);
        }
    }

    @Test
    void manyAtOnceAllGetTheirOwnAnswer() throws Exception {
        node.simulator.behave(Behaviour.of("ttft=20ms"));
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(java.util.stream.IntStream.range(0, 100)
                    .mapToObj(i -> (java.util.concurrent.Callable<String>) () ->
                            i % 2 == 0 ? client.complete("sim-text=answer" + i) : client.stream("sim-text=answer" + i))
                    .toList());
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).isEqualTo("answer" + i);
            }
        } finally {
            node.simulator.behave(Behaviour.plain());
        }
    }
}
