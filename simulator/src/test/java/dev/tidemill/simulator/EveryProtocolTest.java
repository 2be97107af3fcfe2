package dev.tidemill.simulator;

import static dev.tidemill.simulator.RawClient.End.FIN;
import static dev.tidemill.simulator.RawClient.End.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What a setting or a fault does, it does in every protocol. */
class EveryProtocolTest {
    private Simulator sim;

    @BeforeEach
    void start() throws IOException {
        sim = Simulator.start(Behaviour.of("tokens=6"), 0);
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    @ParameterizedTest
    @EnumSource
    void theSameQuestionGetsTheSameWordsWholeAndStreamedAtEveryServerAndPace(Spoken protocol) throws Exception {
        String words = Spoken.CHAT.words(Spoken.CHAT.whole(sim, ""));
        assertThat(words).isNotEmpty();
        assertThat(protocol.words(protocol.whole(sim, ""))).isEqualTo(words);
        assertThat(protocol.words(protocol.events(sim, ""))).isEqualTo(words);
        try (Simulator other = Simulator.start(Behaviour.of("tokens=6+speed=500"), 0)) {
            protocol.whole(other, "");
            assertThat(protocol.words(protocol.events(other, ""))).isEqualTo(words);
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersVaryWhenAsked(Spoken protocol) throws Exception {
        String first = protocol.words(protocol.whole(sim, "vary"));
        assertThat(protocol.words(protocol.whole(sim, "vary"))).isNotEqualTo(first);
        try (Simulator other = Simulator.start(Behaviour.of("tokens=6"), 0)) {
            assertThat(protocol.words(protocol.whole(other, "vary=2"))).isNotEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamEndsCleanlyTooEarly(Spoken protocol) throws Exception {
        RawClient.Got got = protocol.ask(sim, "truncate-after=3", true, false);
        assertThat(got.body()).endsWith("0\r\n\r\n");
        List<Spoken.Event> events = Spoken.events(got.unchunked());
        assertThat(protocol.words(events)).isNotEmpty();
        assertThat(protocol.finished(events)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aStreamIsCut(Spoken protocol) throws Exception {
        RawClient.Got got = protocol.ask(sim, "cut-after=3", true, false);
        assertThat(got.end()).isEqualTo(FIN);
        assertThat(got.body()).doesNotEndWith("0\r\n\r\n");
        assertThat(protocol.finished(Spoken.events(got.unchunked()))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aStreamWithoutFinish(Spoken protocol) throws Exception {
        List<Spoken.Event> events = protocol.events(sim, "no-finish");
        assertThat(protocol.words(events)).isNotEmpty();
        assertThat(protocol.finished(events)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aStreamFallsSilent(Spoken protocol) throws Exception {
        for (String fault : List.of("stall-headers", "stall-first", "stall-after=2", "reasoning=2+stall-reasoning")) {
            RawClient.Got got = protocol.ask(sim, fault, true, false);
            assertThat(got.end()).as(fault).isEqualTo(SILENCE);
            List<Spoken.Event> events = Spoken.events(got.unchunked());
            assertThat(protocol.finished(events)).isFalse();
            assertThat(protocol.words(events).isEmpty()).as(fault).isNotEqualTo(fault.equals("stall-after=2"));
            assertThat(got.bytes().length == 0).isEqualTo(fault.equals("stall-headers"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aToolCallFallsSilentInItsArguments(Spoken protocol) throws Exception {
        RawClient.Got got = protocol.ask(sim, "tools=1+stall-tools=2", true, true);
        assertThat(got.end()).isEqualTo(SILENCE);
        assertThat(got.text().contains("weather")).isEqualTo(protocol != Spoken.GEMINI);
        assertThat(protocol.finished(Spoken.events(got.unchunked()))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInsideTheStreamHasTheProtocolsForm(Spoken protocol) throws Exception {
        List<Spoken.Event> events = protocol.events(sim, "error-event=2;status=529;message=Too%20much");
        Spoken.Event last = events.getLast();
        switch (protocol) {
            case CHAT -> assertThat(last.json().at("/error/type").asString()).isEqualTo("overloaded_error");
            case GEMINI ->
                assertThat(last.json().at("/error/status").asString()).isEqualTo("UNAVAILABLE");
            case MESSAGES -> {
                assertThat(last.name()).isEqualTo("error");
                assertThat(last.json().at("/type").asString()).isEqualTo("error");
                assertThat(last.json().at("/error/type").asString()).isEqualTo("overloaded_error");
            }
            case RESPONSES -> {
                JsonNode error = events.get(events.size() - 2).json();
                assertThat(error.at("/error/message").asString()).isEqualTo("Too much");
                assertThat(last.type()).isEqualTo("response.failed");
                assertThat(last.json().at("/response/status").asString()).isEqualTo("failed");
                assertThat(last.json().at("/sequence_number").asInt()).isEqualTo(events.size() - 1);
            }
        }
        assertThat(events.toString()).contains("Too much");
        assertThat(protocol.words(events)).isNotEmpty();
        assertThat(protocol.finished(events)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInAnotherForm(Spoken protocol) throws Exception {
        JsonNode last =
                protocol.events(sim, "error-event=2;form=other").getLast().json();
        switch (protocol) {
            case CHAT -> {
                assertThat(last.at("/error/type").asString()).isEqualTo("server_error");
                assertThat(last.at("/choices/0/finish_reason").asString()).isEqualTo("error");
            }
            case RESPONSES ->
                assertThat(last.propertyNames()).containsExactly("type", "sequence_number", "code", "message", "param");
            default -> assertThat(last.has("error")).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void argumentsJoinToTheSameCall(Spoken protocol) throws Exception {
        String whole = arguments(protocol.ask(sim, "tools=1", false, true).body());
        assertThat(whole).contains("city");
        for (String notation : List.of("tools=1", "tools=1+tool-split")) {
            StringBuilder joined = new StringBuilder();
            for (Spoken.Event event : protocol.events(sim, notation)) {
                joined.append(protocol == Spoken.GEMINI ? arguments(event.data()) : fragment(protocol, event));
            }
            assertThat(joined.toString()).as(notation).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wordsMayComeBeforeACall(Spoken protocol) throws Exception {
        JsonNode whole = protocol.whole(sim, "tools=1+preface=4");
        String words = protocol.words(whole);
        assertThat(words).endsWith(".");
        assertThat(whole.toString().indexOf("city"))
                .isGreaterThan(whole.toString().indexOf(words));
        List<Spoken.Event> events = protocol.events(sim, "tools=1+preface=4");
        assertThat(protocol.words(events)).isEqualTo(words);
        assertThat(events.toString()).contains("city");
    }

    private static String fragment(Spoken protocol, Spoken.Event event) {
        if (!event.data().startsWith("{")) {
            return "";
        }
        String path = switch (protocol) {
            case CHAT -> "/choices/0/delta/tool_calls/0/function/arguments";
            case RESPONSES -> event.type().endsWith("arguments.delta") ? "/delta" : "/none";
            case MESSAGES -> "/delta/partial_json";
            case GEMINI -> "/none";
        };
        return event.json().at(path).asString("");
    }

    /** The arguments in an answer, as text wherever they are text or an object there. */
    private static String arguments(String json) {
        int start = json.replace("\\\"", "\"").indexOf("{\"city\"");
        String plain = json.replace("\\\"", "\"");
        return start < 0 ? "" : plain.substring(start, plain.indexOf('}', start) + 1);
    }

    @ParameterizedTest
    @EnumSource
    void errorsHaveTheProtocolsForm(Spoken protocol) throws Exception {
        RawClient.Got limited = protocol.ask(sim, "429;retry-after=3", true, false);
        RawClient.Got long_ = protocol.ask(sim, "context-length", true, false);
        RawClient.Got refused = protocol.ask(sim, "content-filter", false, false);
        assertThat(limited.head()).startsWith("HTTP/1.1 429").contains("application/json");
        assertThat(long_.head()).startsWith("HTTP/1.1 400");
        assertThat(refused.head()).startsWith("HTTP/1.1 400");
        JsonNode limit = Spoken.json(limited);
        JsonNode length = Spoken.json(long_);
        switch (protocol) {
            case CHAT, RESPONSES -> {
                assertThat(limit.at("/error/code").asString()).isEqualTo("rate_limit_exceeded");
                assertThat(length.at("/error/code").asString()).isEqualTo("context_length_exceeded");
                assertThat(Spoken.json(refused).at("/error/code").asString()).isEqualTo("content_policy_violation");
                assertThat(limited.head()).contains("retry-after: 3\r\n");
            }
            case MESSAGES -> {
                assertThat(limit.at("/error/type").asString()).isEqualTo("rate_limit_error");
                assertThat(limit.propertyNames()).containsExactly("type", "error", "request_id");
                assertThat(length.at("/error/message").asString())
                        .isEqualTo("prompt is too long: 210000 tokens > 200000 maximum");
                assertThat(limited.head()).contains("retry-after: 3\r\n");
            }
            case GEMINI -> {
                assertThat(limit.at("/error/status").asString()).isEqualTo("RESOURCE_EXHAUSTED");
                assertThat(limit.at("/error/details/1/retryDelay").asString()).isEqualTo("3s");
                assertThat(length.at("/error/message").asString())
                        .startsWith("The input token count (210000) exceeds the maximum number of tokens allowed");
                assertThat(limited.head()).doesNotContain("retry-after");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerEndsForOtherReasons(Spoken protocol) throws Exception {
        String refused =
                protocol.ask(sim, "content-filter=finish;after=2", true, false).unchunked();
        String failed = protocol.ask(sim, "finish-error", true, false).unchunked();
        String[] expected = switch (protocol) {
            case CHAT -> new String[] {"\"finish_reason\":\"content_filter\"", "\"finish_reason\":\"error\""};
            case RESPONSES ->
                new String[] {"\"incomplete_details\":{\"reason\":\"content_filter\"}", "event: response.failed\n"};
            case MESSAGES -> new String[] {"\"stop_reason\":\"refusal\"", "\"stop_reason\":\"error\""};
            case GEMINI -> new String[] {"\"finishReason\":\"SAFETY\"", "\"finishReason\":\"OTHER\""};
        };
        assertThat(refused).contains(expected[0]);
        assertThat(failed).contains(expected[1]);
        assertThat(protocol.ask(sim, "content-filter=finish", false, false).body())
                .contains(protocol == Spoken.GEMINI ? "\"blockReason\"" : expected[0]);
    }

    @ParameterizedTest
    @EnumSource
    void oddEventsAndBodies(Spoken protocol) throws Exception {
        assertThat(protocol.ask(sim, "bad-json=1", true, false).unchunked()).containsPattern(":\r?\n\r?\n");
        assertThat(protocol.ask(sim, "huge-event=1MiB", true, false).unchunked())
                .contains("h".repeat(1 << 20));
        assertThat(protocol.ask(sim, "usage=missing", false, false).body())
                .doesNotContain("_tokens\":1")
                .doesNotContain("usageMetadata");
        assertThat(protocol.ask(sim, "usage=negative", true, false).unchunked())
                .matches(text ->
                        protocol == Spoken.CHAT || text.contains("okens\":-") || text.contains("okenCount\":-"));
        assertThat(protocol.ask(sim, "wrong-type", true, false).head()).contains("content-type: application/json\r\n");
        assertThat(protocol.ask(sim, "wrong-type", false, false).head()).contains("text/event-stream");
        assertThat(protocol.ask(sim, "after-done", true, false).unchunked().length())
                .isGreaterThan(protocol.ask(sim, "", true, false).unchunked().length());
        String waited = protocol.ask(sim, "stall-after=1;for=100ms+keepalive=20ms", true, false)
                .unchunked();
        assertThat(waited).contains(protocol == Spoken.MESSAGES ? "event: ping" : ": keep-alive");
        assertThat(waited.contains(": keep-alive")).isEqualTo(protocol != Spoken.MESSAGES);
    }

    @ParameterizedTest
    @EnumSource
    void requestsAreCountedByProtocolAndIdempotencyKey(Spoken protocol) throws Exception {
        String path = protocol.path("m", false);
        String body = protocol.body("m", false, false);
        for (int i = 0; i < 2; i++) {
            Spoken.send(sim, RawClient.post(path, body, "connection: close", "Idempotency-Key: k-1"));
        }
        Spoken.send(sim, RawClient.post(path, "{", "connection: close"));
        Counts counts = sim.countsAtRest(Duration.ofSeconds(5));
        String name = protocol == Spoken.GEMINI ? "generateContent" : protocol.toString();
        assertThat(counts.protocols().get(name).whole()).isEqualTo(2);
        assertThat(counts.protocols().get("(other)").refused()).isEqualTo(1);
        assertThat(counts.idempotencyKeys()).isEqualTo(2);
        assertThat(counts.repeatedKeys()).isEqualTo(1);
        assertThat(sim.requests().getFirst().idempotencyKey()).isEqualTo("k-1");
        assertThat(sim.requests().getLast().idempotencyKey()).isNull();
    }
}
