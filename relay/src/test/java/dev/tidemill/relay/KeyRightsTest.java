package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.meter.AdmissionMeters.Line;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How important a key's requests may be, and that its streams are kept without its asking. */
@ExtendWith(NothingLeaks.class)
class KeyRightsTest {
    @TempDir
    Path folder;

    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                List.of());
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
    }

    private void key(Priority highest, boolean resumable, long atOnce) {
        KeySecret secret = fixture.key;
        fixture.directory.keys(new KeyRing(List.of(new Key(
                secret.id(),
                "test",
                "default",
                "default",
                secret.digest(),
                List.of(),
                0,
                0,
                atOnce,
                highest,
                resumable,
                Instant.EPOCH,
                null,
                null))));
    }

    private static String with(String request, String header) {
        return header.isEmpty() ? request : request.replaceFirst("host:", header + "\r\nhost:");
    }

    private Answer one(String request) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(request);
        }
    }

    private String get(String id) {
        return "GET /v1/streams/" + id + " HTTP/1.1\r\nhost: r\r\nauthorization: Bearer " + fixture.key.text()
                + "\r\n\r\n";
    }

    @ParameterizedTest
    @CsvSource({
        "HIGH,   ,       NORMAL",
        "HIGH,   high,   HIGH",
        "HIGH,   low,    LOW",
        "NORMAL, ,       NORMAL",
        "NORMAL, high,   NORMAL",
        "LOW,    ,       LOW",
        "LOW,    high,   LOW",
        "LOW,    normal, LOW"
    })
    void noRequestIsMoreImportantThanItsKeyMayAsk(Priority highest, String asked, Priority expected) throws Exception {
        key(highest, false, 1);
        try (HttpClient holds = fixture.client();
                HttpClient waits = fixture.client()) {
            holds.send(fixture.chat("sim-ttft=60s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            waits.send(with(fixture.chat("m", false), asked == null ? "" : "X-Tidemill-Priority: " + asked));
            Eventually.until(() -> fixture.relay.limits().meters().waiting(Line.KEY, expected) == 1);
            holds.close();
            Answer answer = waits.read();
            assertThat(answer.status()).as("it is not refused for what it asks").isEqualTo(200);
        }
    }

    @Test
    void whatWasAskedInVainIsInTheAccessLog() throws Exception {
        key(Priority.LOW, false, 0);
        assertThat(one(with(fixture.chat("lowered", false), "X-Tidemill-Priority: high"))
                        .status())
                .isEqualTo(200);
        assertThat(one(fixture.chat("default", false)).status()).isEqualTo(200);
        assertThat(one(with(fixture.chat("low", false), "X-Tidemill-Priority: low"))
                        .status())
                .isEqualTo(200);
        Eventually.until(() -> Files.exists(folder.resolve("access.log")) && lines().size() == 3);
        assertThat(logged("lowered")).contains("\"priority\":\"low\",\"priority_asked\":\"high\"");
        assertThat(logged("default")).contains("\"priority\":\"low\"").doesNotContain("priority_asked");
        assertThat(logged("low")).contains("\"priority\":\"low\"").doesNotContain("priority_asked");
    }

    private List<String> lines() throws Exception {
        return Files.readAllLines(folder.resolve("access.log"));
    }

    private String logged(String model) throws Exception {
        return lines().stream()
                .filter(line -> line.contains("\"model\":\"" + model + "\""))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theStreamsOfAResumableKeyAreKeptWithoutItsAsking() throws Exception {
        key(Priority.HIGH, true, 0);
        Answer stream = one(fixture.chat("m", true));
        String id = stream.header("x-tidemill-stream");
        assertThat(id).isNotNull();
        assertThat(stream.body()).startsWith("id: 0\ndata: ").endsWith("data: [DONE]\n\n");
        assertThat(one(get(id)).body()).isEqualTo(stream.body());
        assertThat(one(fixture.chat("m", false)).header("x-tidemill-stream")).isNull();
    }

    @Test
    void aClientOfAResumableKeyThatLeavesLosesNothing() throws Exception {
        key(Priority.HIGH, true, 0);
        Part part = Part.of(fixture.address, fixture.chat("sim-speed=200+tokens=60", true), 500);
        Answer whole = one(get(part.id()));
        assertThat(whole.body()).startsWith(part.text()).endsWith("data: [DONE]\n\n");
        assertThat(fixture.simulator.counts().total().cancelled()).isZero();
    }

    @Test
    void aRequestOfAResumableKeyMaySayThatItIsNot() throws Exception {
        key(Priority.HIGH, true, 0);
        Answer stream = one(with(fixture.chat("m", true), "X-Tidemill-Resumable: false"));
        assertThat(stream.header("x-tidemill-stream")).isNull();
        assertThat(stream.body()).startsWith("data: ");
        assertThat(fixture.relay.replayLogs().streams()).isZero();
    }

    @Test
    void aJsonArrayIsNotKeptAndNotRefusedEither() throws Exception {
        key(Priority.HIGH, true, 0);
        Provider gemini = new Provider(
                "gemini",
                Protocol.GEMINI,
                URI.create(fixture.simulator.baseUrl()),
                List.of(),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
        fixture.directory.routes(RelayFixture.routes(2, List.of(gemini), Policies.ONCE));
        String body = "{\"contents\":[{\"parts\":[{\"text\":\"Hello\"}]}]}";
        Answer array = one(fixture.post("/v1beta/models/m:streamGenerateContent", body));
        assertThat(array.status()).isEqualTo(200);
        assertThat(array.body()).startsWith("[");
        assertThat(array.header("x-tidemill-stream")).isNull();
        assertThat(one(fixture.post("/v1beta/models/m:streamGenerateContent?alt=sse", body))
                        .header("x-tidemill-stream"))
                .isNotNull();
    }

    @Test
    void aBatchLineOfAResumableKeyIsAsAnyOther() throws Exception {
        key(Priority.HIGH, true, 0);
        BlockingQueue<LineAnswer> answers = new LinkedBlockingQueue<>();
        fixture.relay
                .lines()
                .run(
                        new LineRequest(
                                fixture.key.id(),
                                "/v1/chat/completions",
                                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"
                                        .getBytes(StandardCharsets.UTF_8),
                                "tidemill-b1-1"),
                        answers::add);
        LineAnswer answer = answers.poll(20, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        assertThat(answer.status()).isEqualTo(200);
    }
}
