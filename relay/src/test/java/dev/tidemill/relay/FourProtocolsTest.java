package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each API through the relay to a provider that speaks it: whole, cut, refused. */
class FourProtocolsTest {
    /** An API as a client uses it. */
    enum Api {
        CHAT(Protocol.OPENAI, "data: [DONE]"),
        RESPONSES(Protocol.OPENAI, "event: response.completed"),
        MESSAGES(Protocol.ANTHROPIC, "event: message_stop"),
        GEMINI(Protocol.GEMINI, "\"finishReason\""),
        GEMINI_ARRAY(Protocol.GEMINI, "\"finishReason\"");

        private final Protocol protocol;
        private final String terminal;

        Api(Protocol protocol, String terminal) {
            this.protocol = protocol;
            this.terminal = terminal;
        }

        String path(String model, boolean stream) {
            return switch (this) {
                case CHAT -> "/v1/chat/completions";
                case RESPONSES -> "/v1/responses";
                case MESSAGES -> "/v1/messages";
                case GEMINI ->
                    "/v1beta/models/" + model + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
                case GEMINI_ARRAY -> "/v1/models/" + model + (stream ? ":streamGenerateContent" : ":generateContent");
            };
        }

        String body(String model, boolean stream) {
            String head = "{\"model\":\"" + model + "\",\"stream\":" + stream + ",";
            return switch (this) {
                case CHAT -> head + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
                case RESPONSES ->
                    head + "\"store\":false,\"input\":\"Hello\"}"; // else a cut may come while it is recorded
                case MESSAGES -> head + "\"max_tokens\":1000,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
                case GEMINI, GEMINI_ARRAY -> "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hello\"}]}]}";
            };
        }
    }

    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
    }

    private Answer ask(Api api, String model, boolean stream) throws Exception {
        return ask(api, model, stream, Policies.ONCE);
    }

    private Answer ask(Api api, String model, boolean stream, Policy policy) throws Exception {
        URI base = URI.create(fixture.simulator.origin() + (api.protocol == Protocol.GEMINI ? "/v1beta" : "/v1"));
        Provider provider =
                new Provider("p", api.protocol, base, List.of("sk-p"), Map.of(), null, null, Provider.StreamUsage.ASK);
        fixture.directory.routes(new Routes(
                2, List.of(provider), List.of(new Model("m", List.of(target(provider, model)), policy))));
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.post(api.path("m", stream), api.body("m", stream)));
        }
    }

    private static Target target(Provider provider, String model) {
        return new Target(provider, model, "", 1, 1, false, 0);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerComesThroughAsTheProviderGaveIt(Api api) throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            Answer answer = ask(api, "sim-text=The tide turns", stream);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.whole()).isTrue();
            assertThat(answer.body()).contains("tide").doesNotContain("error\":{");
            if (stream) {
                assertThat(answer.body()).contains(api.terminal);
            }
            assertThat(answer.header("x-tidemill-target")).isEqualTo("p/sim-text=The tide turns");
        }
        fixture.atRest();
        assertThat(fixture.relay.meters().outputTokens()).isGreaterThan(4);
        assertThat(fixture.relay.meters().droppedEvents()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void theProviderIsSentItsOwnCredentialAndName(Api api) throws Exception {
        ask(api, "sim", true);
        String carrier = switch (api.protocol) {
            case OPENAI -> "authorization";
            case ANTHROPIC -> "x-api-key";
            case GEMINI -> "x-goog-api-key";
        };
        assertThat(fixture.simulator.requests().getFirst().header(carrier)).endsWith("sk-p");
        assertThat(fixture.simulator.requests().getFirst().toString()).doesNotContain(fixture.key.text());
    }

    @ParameterizedTest
    @EnumSource
    void aCutStreamEndsWithAnErrorAndNeverAsIfItWereWhole(Api api) throws Exception {
        for (String fault : List.of("sim-cut-after=3", "sim-truncate-after=3", "sim-reset-at=2500+tokens=200")) {
            Answer answer = ask(api, fault, true);
            assertThat(answer.status()).as(fault).isEqualTo(200);
            assertThat(answer.body()).as(fault).contains("error").doesNotContain(api.terminal);
            assertThat(answer.whole()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureBeforeTheFirstContentIsAStatusInTheCallersWords(Api api) throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            Answer answer = ask(api, "sim-close", stream);
            assertThat(answer.status()).isEqualTo(502);
            switch (api) {
                case CHAT, RESPONSES -> assertThat(answer.body()).contains("\"code\":\"upstream_connection_closed\"");
                case MESSAGES -> {
                    assertThat(answer.body()).startsWith("{\"type\":\"error\"").contains("\"api_error\"");
                    assertThat(answer.header("request-id")).startsWith("req_");
                }
                case GEMINI, GEMINI_ARRAY -> assertThat(answer.body()).contains("\"code\":502");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProvidersOwnErrorComesThrough(Api api) throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            Answer answer = ask(api, "sim-400;message=too much water", stream);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("too much water");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anErrorEventBeforeContentIsTriedAgain(Api api) throws Exception {
        Answer answer = ask(api, "sim-error-event=0;times=1", true, Policy.DEFAULT);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        assertThat(answer.body()).contains(api.terminal);
    }

    @Test
    void aModelOfAnotherProtocolIsRefusedInTheCallersWords() throws Exception {
        ask(Api.MESSAGES, "sim", true);
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.chat("m", true));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("protocol_mismatch")
                    .contains("anthropic")
                    .contains("openai");
        }
    }

    @Test
    void tokensAreCountedWithoutAnAnswer() throws Exception {
        ask(Api.MESSAGES, "sim", true);
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post("/v1/messages/count_tokens", Api.MESSAGES.body("m", false)));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("input_tokens");
        }
        ask(Api.GEMINI, "sim", true);
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post(
                    "/v1beta/models/m:countTokens?key=" + fixture.key.text(), Api.GEMINI.body("m", false)));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("totalTokens");
        }
    }

    @Test
    void anArrayIsWellFormedWhateverHappens() throws Exception {
        for (String fault : List.of("sim-cut-after=2", "sim-error-event=2", "sim-truncate-after=2", "sim-bad-json=2")) {
            Answer answer = ask(Api.GEMINI_ARRAY, fault, true);
            assertThat(answer.body().strip())
                    .as(fault)
                    .startsWith("[")
                    .endsWith("]")
                    .contains("\"error\"");
            assertThat(answer.body().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
        }
    }
}
