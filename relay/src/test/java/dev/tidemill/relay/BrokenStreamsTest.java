package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Policy.OnBreak;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.splice.Said;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream breaks after its first content, and the route says that the client is to get a whole answer all the same. */
class BrokenStreamsTest {
    enum Api {
        CHAT(Protocol.OPENAI, "/v1/chat/completions", ChatDialect.INSTANCE, "data: [DONE]"),
        MESSAGES(Protocol.ANTHROPIC, "/v1/messages", MessagesDialect.INSTANCE, "event: message_stop"),
        GEMINI(
                Protocol.GEMINI,
                "/v1beta/models/m:streamGenerateContent?alt=sse",
                GeminiDialect.EVENTS,
                "\"finishReason\"");

        private final Protocol protocol;
        private final String path;

        @SuppressWarnings("ImmutableEnumChecker") // dialects have no state
        private final Dialect dialect;

        private final String terminal;

        Api(Protocol protocol, String path, Dialect dialect, String terminal) {
            this.protocol = protocol;
            this.path = path;
            this.dialect = dialect;
            this.terminal = terminal;
        }

        private String body() {
            return switch (this) {
                case CHAT ->
                    "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
                case MESSAGES ->
                    "{\"model\":\"m\",\"stream\":true,\"max_tokens\":1000,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
                case GEMINI -> "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hello\"}]}]}";
            };
        }
    }

    @TempDir
    private Path folder;

    private RelayFixture fixture;
    private Simulator other;
    private Clocks clocks = Clocks.DEFAULT;
    private Duration heartbeat = Duration.ofSeconds(15);

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                List.of());
        other = Simulator.start(Behaviour.plain(), 0);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
        other.close();
    }

    private Policy policy(OnBreak onBreak, int attempts) {
        Policy usual = Policy.DEFAULT;
        return new Policy(
                clocks,
                new Policy.Retry(attempts, 0.1),
                null,
                onBreak,
                usual.badEvent(),
                usual.clientGone(),
                heartbeat,
                null,
                null,
                usual.resume());
    }

    private Target target(Api api, Simulator simulator, String name, int priority) {
        URI base = URI.create(simulator.origin() + (api.protocol == Protocol.GEMINI ? "/v1beta" : "/v1"));
        String provider = simulator == other ? "second" : "first";
        return new Target(
                new Provider(
                        provider,
                        api.protocol,
                        base,
                        List.of("sk-" + provider),
                        Map.of(),
                        null,
                        null,
                        Provider.StreamUsage.ASK),
                name,
                "",
                priority,
                1,
                true,
                0);
    }

    private void route(Policy policy, Target... targets) {
        List<Provider> providers =
                List.of(targets).stream().map(Target::provider).distinct().toList();
        fixture.directory.routes(new Routes(2, providers, List.of(new Model("m", List.of(targets), policy))));
    }

    private Answer ask(Api api, String body) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.post(api.path, body));
        }
    }

    private Answer ask(Api api) throws Exception {
        return ask(api, api.body());
    }

    /** Of one target, at most three times. */
    private Answer ask(Api api, OnBreak onBreak, String name) throws Exception {
        route(policy(onBreak, 3), target(api, fixture.simulator, name, 1));
        return ask(api);
    }

    private static String words(Api api, Answer answer) throws Exception {
        EventReader reader = api.dialect.eventReader();
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        reader.feed(bytes, 0, bytes.length);
        StringBuilder words = new StringBuilder();
        while (reader.next()) {
            if (reader.hasData()) {
                Said said = api.dialect.speech().read(reader.data(), reader.dataFrom(), reader.dataTo());
                for (Said.Text text : said.texts()) {
                    words.append(JsonText.string(reader.data(), text.from(), text.to()));
                }
            }
        }
        return words.toString();
    }

    private static int count(String body, String what) {
        return body.split(java.util.regex.Pattern.quote(what), -1).length - 1;
    }

    private void isWhole(Api api, Answer answer) throws Exception {
        Answer unbroken = ask(api, OnBreak.ERROR, "sim-tokens=20");
        assertThat(unbroken.status()).as("%s", unbroken).isEqualTo(200);
        assertThat(unbroken.whole()).as("%s", unbroken).isTrue();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(words(api, answer)).isEqualTo(words(api, unbroken)).hasSizeGreaterThan(40);
        assertThat(answer.body()).doesNotContain("\"error\"");
        for (String once : List.of(
                api.terminal,
                "event: message_start",
                "event: content_block_start",
                "event: content_block_stop",
                "event: message_delta",
                "\"role\":\"assistant\"",
                "\"finish_reason\":\"stop\"")) {
            assertThat(count(answer.body(), once)).as(once).isEqualTo(count(unbroken.body(), once));
        }
    }

    private static void isUnfinished(Api api, Answer answer, String code) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.body()).doesNotContain(api.terminal);
        assertThat(count(answer.body(), "\"error\"")).isBetween(1, 2); // Messages names it twice in one event
        if (api == Api.CHAT) {
            assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameTargetIsAskedAgainAndTheClientSeesOneAnswer(Api api) throws Exception {
        for (String fault :
                List.of("cut-after=5", "truncate-after=5", "error-event=5", "cut-after=1", "reset-at=2500")) {
            fixture.simulator.reset();
            isWhole(api, ask(api, OnBreak.RESTART, "sim-tokens=20+" + fault + ";times=1"));
            assertThat(fixture.simulator.counts().total().asked()).as(fault).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherTargetIsAsked(Api api) throws Exception {
        route(
                policy(OnBreak.RESTART, 1),
                target(api, fixture.simulator, "sim-tokens=20+cut-after=7", 1),
                target(api, other, "sim-tokens=20+speed=2000", 2));
        Answer answer = ask(api);
        assertThat(other.counts().total().asked()).isEqualTo(1);
        assertThat(answer.header("x-tidemill-target")).isEqualTo("first/sim-tokens=20+cut-after=7");
        isWhole(api, answer);
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatFallsSilentIsBroken(Api api) throws Exception {
        Duration second = Duration.ofSeconds(20);
        clocks = new Clocks(second, second, second, Duration.ofMillis(300), Duration.ofMillis(300), second);
        route(
                policy(OnBreak.RESTART, 1),
                target(api, fixture.simulator, "sim-tokens=20+stall-after=4", 1),
                target(api, other, "sim-tokens=20", 2));
        isWhole(api, ask(api));
    }

    @ParameterizedTest
    @EnumSource
    void itMayBreakAgain(Api api) throws Exception {
        isWhole(api, ask(api, OnBreak.RESTART, "sim-tokens=20+cut-after=5;times=1+truncate-after=9;times=1;skip=1"));
        isUnfinished(api, ask(api, OnBreak.RESTART, "sim-tokens=20+cut-after=5"), "upstream_connection_closed");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(2 + 1 + 1 + 3);
    }

    @ParameterizedTest
    @EnumSource
    void anotherAnswerIsNotMixedIn(Api api) throws Exception {
        Answer answer = ask(api, OnBreak.RESTART, "sim-tokens=20+vary+cut-after=9;times=1");
        isUnfinished(api, answer, "answer_differs");
        assertThat(answer.body()).contains("gave another answer");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(2);
        Answer whole = ask(api, OnBreak.ERROR, "sim-tokens=20+cut-after=9");
        assertThat(count(answer.body(), "data: ")).isEqualTo(count(whole.body(), "data: "));
    }

    @ParameterizedTest
    @EnumSource
    void aModelThatGoesOnIsGivenTheWordsSoFar(Api api) throws Exception {
        Answer answer = ask(api, OnBreak.CONTINUE, "sim-tokens=20+cut-after=5;times=1");
        String asked = fixture.simulator.requests().getLast().toString();
        assertThat(asked).contains(api == Api.GEMINI ? "\"role\":\"model\"" : "\"role\":\"assistant\"");
        assertThat(fixture.simulator.requests().getLast().header("idempotency-key"))
                .isNull();
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(2);
        isWhole(api, answer);
    }

    @ParameterizedTest
    @EnumSource
    void whatAModelWentOnWithMayBreakAgain(Api api) throws Exception {
        Answer answer = ask(api, OnBreak.CONTINUE, "sim-tokens=20+cut-after=5;times=2");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
        isWhole(api, answer);
    }

    @ParameterizedTest
    @EnumSource
    void aModelThatWillNotGoOnIsAskedForAllOfIt(Api api) throws Exception {
        Answer answer = ask(api, OnBreak.CONTINUE, "sim-tokens=20+no-prefill+cut-after=5;times=1");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
        isWhole(api, answer);
    }

    @Test
    void aModelThatWillNotGoOnIsAskedNoOftenerThanTheRouteAllows() throws Exception {
        Target cut = target(Api.CHAT, fixture.simulator, "sim-tokens=20+cut-after=5", 1);
        Target refuses = target(Api.CHAT, other, "sim-tokens=20+no-prefill", 2);
        route(policy(OnBreak.CONTINUE, 1), cut, refuses);
        Answer answer = ask(Api.CHAT);
        assertThat(answer.body()).contains("\"error\"").doesNotContain("[DONE]");
        assertThat(other.counts().total().asked()).isEqualTo(1);
        Target begins = new Target(refuses.provider(), "sim-tokens=20", "", 3, 1, true, 0);
        route(policy(OnBreak.CONTINUE, 1), cut, refuses, begins);
        answer = ask(Api.CHAT);
        assertThat(other.counts().total().asked()).isEqualTo(3);
        isWhole(Api.CHAT, answer);
    }

    @Test
    void aTargetThatIsNotDeclaredToGoOnIsAskedForAllOfIt() throws Exception {
        Target able = target(Api.CHAT, fixture.simulator, "sim-tokens=20+cut-after=5;times=1", 1);
        route(policy(OnBreak.CONTINUE, 3), new Target(able.provider(), able.model(), "", 1, 1, false, 0));
        Answer answer = ask(Api.CHAT);
        assertThat(fixture.simulator.requests().getLast().toString()).doesNotContain("\"role\":\"assistant\"");
        isWhole(Api.CHAT, answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RESTART", "CONTINUE"})
    void afterAToolCallABreakIsTheEnd(OnBreak onBreak) throws Exception {
        String tools =
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}}}],";
        route(
                policy(onBreak, 3),
                target(Api.CHAT, fixture.simulator, "sim-tools=1+preface=3+tool-split+cut-after=6;times=1", 1));
        Answer answer = ask(Api.CHAT, Api.CHAT.body().replace("\"messages\"", tools + "\"messages\""));
        assertThat(answer.body()).contains("tool_calls");
        isUnfinished(Api.CHAT, answer, "upstream_connection_closed");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
    }

    @Test
    void ofSeveralChoicesABreakIsTheEnd() throws Exception {
        route(policy(OnBreak.RESTART, 3), target(Api.CHAT, fixture.simulator, "sim-cut-after=5;times=1", 1));
        Answer answer = ask(Api.CHAT, Api.CHAT.body().replace("\"messages\"", "\"n\":2,\"messages\""));
        isUnfinished(Api.CHAT, answer, "upstream_connection_closed");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT, /v1/responses, input",
        "GEMINI, /v1beta/models/m:streamGenerateContent, contents",
    })
    void inOtherProtocolsABreakIsTheEnd(Api api, String path, String field) throws Exception {
        route(policy(OnBreak.RESTART, 3), target(api, fixture.simulator, "sim-cut-after=5;times=1", 1));
        String body = api == Api.GEMINI
                ? api.body()
                : "{\"model\":\"m\",\"stream\":true,\"store\":false,\"" + field + "\":\"Hello\"}";
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post(path, body));
            assertThat(answer.body()).contains("\"error\"");
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whenNobodyElseAnswersTheClientIsToldOnce(Api api) throws Exception {
        Answer answer = ask(api, OnBreak.RESTART, "sim-tokens=20+cut-after=5;times=1+503;skip=1");
        isUnfinished(api, answer, "server_error");
        assertThat(answer.body()).doesNotContain("HTTP/1.1");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sse-crlf",
                "sse-cr",
                "sse-mixed",
                "sse-bom",
                "sse-comments",
                "sse-multiline",
                "sse-fields",
                "sse-frames=7",
                "sse-merged=4",
                "split=5",
                "gzip",
                "no-length"
            })
    void theSecondAnswerMayComeInOtherForm(String form) throws Exception {
        route(
                policy(OnBreak.RESTART, 1),
                target(Api.CHAT, fixture.simulator, "sim-tokens=20+cut-after=7", 1),
                target(Api.CHAT, other, "sim-tokens=20+" + form, 2));
        Answer answer = ask(Api.CHAT);
        Answer unbroken = ask(Api.CHAT, OnBreak.ERROR, "sim-tokens=20");
        assertThat(words(Api.CHAT, answer)).isEqualTo(words(Api.CHAT, unbroken));
        assertThat(count(answer.body(), "[DONE]")).isEqualTo(1);
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void theClientIsShownThatWeLiveMeanwhile() throws Exception {
        heartbeat = Duration.ofMillis(100);
        route(
                policy(OnBreak.RESTART, 1),
                target(Api.CHAT, fixture.simulator, "sim-tokens=20+cut-after=5", 1),
                target(Api.CHAT, other, "sim-tokens=20+stall-headers=300ms+stall-after=2;for=300ms", 2));
        Answer answer = ask(Api.CHAT);
        assertThat(count(answer.body(), ": hb\n\n")).isBetween(3, 12);
        isWhole(Api.CHAT, answer);
    }

    @Test
    void aClientThatLeavesMeanwhileEndsIt() throws Exception {
        route(
                policy(OnBreak.RESTART, 1),
                target(Api.CHAT, fixture.simulator, "sim-tokens=20+cut-after=5", 1),
                target(Api.CHAT, other, "sim-stall-headers", 2));
        try (HttpClient client = fixture.client()) {
            client.send(fixture.post(Api.CHAT.path, Api.CHAT.body()));
            Eventually.until(() -> other.counts().total().asked() == 1);
        }
        Eventually.until(() -> other.counts().total().cancelled() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void aBufferedAnswerInWhichTheProviderTellsAnErrorIsTriedAgain(Api api) throws Exception {
        isWhole(api, ask(api, OnBreak.BUFFER, "sim-tokens=20+error-event=5;times=1"));
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
        Answer refused = ask(api, OnBreak.BUFFER, "sim-tokens=20+error-event=5;done=yes");
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.body())
                .contains("answered with an error")
                .doesNotContain("data:")
                .doesNotContain(api.terminal);
    }

    @Test
    void soIsABufferedResponse() throws Exception {
        route(policy(OnBreak.BUFFER, 3), target(Api.CHAT, fixture.simulator, "sim-error-event=5;times=1", 1));
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post(
                    "/v1/responses", "{\"model\":\"m\",\"stream\":true,\"store\":false,\"input\":\"Hello\"}"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("event: response.completed").doesNotContain("event: error");
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(2);
    }

    @Test
    void aLongAnswerIsNotedAndItsMemoryGivenBack() throws Exception {
        Answer answer = ask(Api.CHAT, OnBreak.RESTART, "sim-tokens=20000+cut-after=15000;times=1");
        assertThat(words(Api.CHAT, answer))
                .isEqualTo(words(Api.CHAT, ask(Api.CHAT, OnBreak.ERROR, "sim-tokens=20000")))
                .hasSizeGreaterThan(64 << 10);
        fixture.atRest();
    }

    @Test
    void anAnswerThatDiffersIsNotHeldAgainstItsTarget() throws Exception {
        assertThat(ask(Api.CHAT, OnBreak.RESTART, "sim-tokens=20+vary+cut-after=9;times=1")
                        .body())
                .contains("answer_differs");
        Path log = folder.resolve("access.log");
        Eventually.until(() -> Files.exists(log) && Files.size(log) > 0);
        assertThat(Files.readString(log))
                .containsSubsequence("\"tries\":[", "upstream_connection_closed", "answer_differs")
                .contains("\"attempts\":2");
        assertThat(count(Files.readString(log), "\"sent\":")).isEqualTo(2);
    }

    @Test
    void aStreamThatCanBeReadAgainIsNumberedThrough() throws Exception {
        route(policy(OnBreak.RESTART, 3), target(Api.CHAT, fixture.simulator, "sim-tokens=20+cut-after=5;times=1", 1));
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post(Api.CHAT.path, Api.CHAT.body())
                    .replace("content-type", "X-Tidemill-Resumable: true\r\ncontent-type"));
            List<String> ids = answer.body()
                    .lines()
                    .filter(line -> line.startsWith("id: "))
                    .toList();
            for (int i = 0; i < ids.size(); i++) {
                assertThat(ids.get(i)).isEqualTo("id: " + i);
            }
            assertThat(ids).hasSize(count(answer.body(), "data: "));
            isWhole(Api.CHAT, answer);
        }
    }

    @Test
    void theLogTellsOfAllAttempts() throws Exception {
        Answer answer = ask(Api.CHAT, OnBreak.RESTART, "sim-tokens=20+cut-after=5;times=1");
        assertThat(answer.whole()).isTrue();
        Path log = folder.resolve("access.log");
        Eventually.until(() -> Files.exists(log) && Files.size(log) > 0);
        String line = Files.readString(log);
        assertThat(line).contains("\"status\":200").contains("\"attempts\":2").contains("\"output\":20");
        assertThat(line).contains("\"bytes_out\":" + answer.body().getBytes(StandardCharsets.UTF_8).length);
    }
}
