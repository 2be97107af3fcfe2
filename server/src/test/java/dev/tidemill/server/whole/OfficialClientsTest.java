package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidemill.server.whole.OfficialClient.Api;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vendors' own Java clients, unchanged, against a whole server: what each makes of every kind of answer. */
class OfficialClientsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Map<Api, OfficialClient> CLIENTS = new EnumMap<>(Api.class);

    @TempDir
    static Path folder;

    private static Node node;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        String all = "targets: [{ provider: openai }, { provider: anthropic }, { provider: gemini }]";
        node = Node.ofEachProtocol(folder, """
                  "sim-stall*": { %1$s, policy: { retry: { attempts: 1 }, breaker: off, heartbeat: 1s } }
                  "sim-stall-first*": { %1$s, policy: { retry: { attempts: 1 }, breaker: off, heartbeat: 1s, open_early: 100ms } }
                  "sim-stall-headers*": { %1$s, policy: { retry: { attempts: 1 }, breaker: off, heartbeat: 1s, open_early: 100ms } }
                """.formatted(all));
        key = node.key("official");
        for (Api api : Api.values()) {
            CLIENTS.put(api, api.open(node.url(), key, 0, TIMEOUT));
        }
    }

    @AfterAll
    static void stop() {
        CLIENTS.values().forEach(OfficialClient::close);
        node.close();
    }

    private static void refusedAs(Api api, String model, Consumer<Refused> expected) {
        OfficialClient client = CLIENTS.get(api);
        for (boolean stream : new boolean[] {true, false}) {
            Throwable thrown = catchThrowable(() -> {
                if (stream) {
                    client.stream(model);
                } else {
                    client.ask(model);
                }
            });
            assertThat(client.refused(thrown))
                    .as("%s %s: %s", api, model, thrown)
                    .isNotNull()
                    .satisfies(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wordsAreTheSameWholeAndStreamedAndInEveryApi(Api api) {
        Said whole = CLIENTS.get(api).ask("sim");
        Said streamed = CLIENTS.get(api).stream("sim");

        assertThat(whole.complete()).isTrue();
        assertThat(whole.answerTokens()).isEqualTo(24);
        assertThat(whole.promptTokens()).isPositive();
        assertThat(streamed).isEqualTo(whole);
        assertThat(whole.text())
                .isNotBlank()
                .isEqualTo(CLIENTS.get(Api.CHAT).ask("sim").text());
    }

    @ParameterizedTest
    @EnumSource
    void reasoningComesThroughAndIsPaidFor(Api api) {
        Said whole = CLIENTS.get(api).ask("sim-reasoning=20");
        Said streamed = CLIENTS.get(api).stream("sim-reasoning=20");

        assertThat(whole.reasoning()).isNotBlank();
        assertThat(whole.text()).isNotBlank();
        assertThat(whole.answerTokens()).isEqualTo(44);
        assertThat(streamed).isEqualTo(whole);
    }

    @ParameterizedTest
    @EnumSource
    void toolCallsComeWholeAlsoWhereTheirArgumentsAreSplit(Api api) {
        Said whole = CLIENTS.get(api).ask("sim-tools=2+preface=5");
        Said streamed = CLIENTS.get(api).stream("sim-tools=2+preface=5+tool-split");

        assertThat(whole.calls()).hasSize(2).allMatch(call -> call.startsWith("weather {\"city\":"));
        assertThat(whole.text()).isNotBlank();
        assertThat(streamed.sameWordsAs(whole))
                .as("%s is not %s", streamed, whole)
                .isTrue();
        assertThat(streamed.complete()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatTheProviderRefusesIsABadRequestInItsOwnWords(Api api) {
        refusedAs(api, "sim-400;message=the temperature is too high", refused -> {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.words()).contains("the temperature is too high");
        });
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownModelIsNotFound(Api api) {
        refusedAs(api, "no-such-model", refused -> {
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.words()).contains("no-such-model").contains("/v1/models");
            assertThat(refused.code())
                    .isEqualTo(
                            switch (api) {
                                case CHAT, RESPONSES -> "model_not_found";
                                case MESSAGES -> "not_found_error";
                                case GEMINI -> "NOT_FOUND";
                            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void aWrongKeyIsUnauthorized(Api api) {
        try (OfficialClient stranger = api.open(node.url(), "tm-abcdefgh_not-a-key-of-this-relay", 0, TIMEOUT)) {
            Refused refused = stranger.refused(catchThrowable(() -> stranger.ask("sim")));
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.words()).contains("key");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProvidersRateLimitTellsWhenToComeBack(Api api) {
        refusedAs(api, "sim-429;retry-after=37", refused -> {
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.retryAfter()).isEqualTo(api == Api.GEMINI ? null : "37");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aProviderThatIsUnavailableIsToldAsSuch(Api api) {
        refusedAs(api, "sim-503;message=the mill is under water", refused -> {
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.words()).contains("the mill is under water");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aProviderThatClosesIsABadGatewayNotABrokenConnection(Api api) {
        refusedAs(api, "sim-close", refused -> assertThat(refused.status()).isEqualTo(502));
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatBreaksAfterItsFirstContentRaises(Api api) {
        for (String fault : List.of(
                "sim-cut-after=3",
                "sim-truncate-after=3",
                "sim-error-event=3;message=the dam broke",
                "sim-bad-json=3+cut-after=5",
                "sim-reasoning=20+cut-after=3",
                "sim-tools=2+tool-split+cut-after=9")) {
            Throwable thrown =
                    catchThrowable(() -> CLIENTS.get(api).stream(fault + "+speed=50")); // an id is on record by then
            assertThat(thrown).as("%s %s", api, fault).isNotNull();
            assertThat(thrown)
                    .as("%s %s", api, fault)
                    .isInstanceOf(
                            switch (api) {
                                case CHAT, RESPONSES -> com.openai.errors.SseException.class;
                                case MESSAGES -> com.anthropic.errors.SseException.class;
                                case GEMINI -> com.google.genai.errors.ApiException.class;
                            });
            if (fault.contains("dam")) {
                assertThat(thrown).as("%s %s", api, fault).hasMessageContaining("the dam broke");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sim-stall-after=3;for=1200ms", "sim-stall-first;for=1200ms", "sim-stall-headers;for=1200ms"})
    void heartbeatsInASilenceChangeNothing(String silence) throws Exception {
        Map<Api, Future<Said>> answers = new EnumMap<>(Api.class);
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            CLIENTS.forEach((api, client) -> answers.put(api, each.submit(() -> client.stream(silence))));
        }
        for (Api api : Api.values()) {
            assertThat(answers.get(api).get()).as(api.name()).isEqualTo(CLIENTS.get(api).stream("sim"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatWasOpenedEarlyAndFailsRaises(Api api) {
        assertThatThrownBy(() -> CLIENTS.get(api).stream("sim-stall-first;for=200ms+cut-after=0"))
                .isInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aTerminatorWithoutAReasonIsNoWholeAnswer(Api api) {
        Said said = null;
        try {
            said = CLIENTS.get(api).stream("sim-no-finish");
        } catch (RuntimeException expected) {
            // Told as well as can be.
        }
        assertThat(said == null || !said.complete()).as("%s", said).isTrue();
    }

    /** Three times, were it not for {@code x-should-retry}. Google's client knows no such word, and asks five times. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GEMINI")
    void aClientAsItComesDoesNotTryAgainWhatWeHaveTried(Api api) throws Exception {
        try (OfficialClient client = api.open(node.url(), key, -1, TIMEOUT)) {
            for (String fault : List.of("sim-429", "sim-429;retry-after=1", "sim-503;retry-after=1", "sim-500")) {
                long before = asked();
                assertThat(client.refused(catchThrowable(() -> client.ask(fault))))
                        .as(fault)
                        .isNotNull();
                assertThat(client.refused(catchThrowable(() -> client.stream(fault))))
                        .as(fault)
                        .isNotNull();
                assertThat(asked() - before).as("%s %s", api, fault).isEqualTo(2);
            }
        }
    }

    private static long asked() throws InterruptedException {
        return node.simulator.countsAtRest(TIMEOUT).total().asked();
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatWaitsNoLongerEndsTheProvidersWorkToo(Api api) throws Exception {
        try (OfficialClient client = api.open(node.url(), key, 0, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> client.stream("sim-stall-after=3")).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> client.ask("sim-stall-headers")).isInstanceOf(RuntimeException.class);
        }
        node.simulator.countsAtRest(TIMEOUT);
    }
}
