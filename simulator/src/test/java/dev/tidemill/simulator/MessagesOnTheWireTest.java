package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MessagesOnTheWireTest {
    private static final String ASKED =
            "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Tell me about the tide\"}]}";
    private Simulator sim;

    @BeforeEach
    void start() throws IOException {
        sim = Simulator.start(Behaviour.of("tokens=12"), 0);
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private JsonNode post(String path, String body) throws IOException {
        return Spoken.json(Spoken.send(sim, RawClient.post(path, body, "connection: close", "x-api-key: k1")));
    }

    private static String body(String model, String messages, String more) {
        return "{\"model\":\"" + model + "\",\"messages\":[" + messages + "]" + more + "}";
    }

    @Test
    void anAnswerIsWholeAndItsUsageFits() throws Exception {
        JsonNode answer = post("/v1/messages", body("m", ASKED, ",\"max_tokens\":100,\"system\":\"Be brief\""));
        assertThat(answer.at("/type").asString()).isEqualTo("message");
        assertThat(answer.at("/id").asString()).startsWith("msg_");
        assertThat(answer.at("/stop_reason").asString()).isEqualTo("end_turn");
        assertThat(answer.at("/usage/output_tokens").asInt()).isEqualTo(12);
        assertThat(sim.counts().keys()).containsKey("k1");
    }

    @Test
    void aLimitOfTokensCutsTheAnswerAndMustBeGiven() throws Exception {
        JsonNode cut = post("/v1/messages", body("m", ASKED, ",\"max_tokens\":5"));
        assertThat(cut.at("/stop_reason").asString()).isEqualTo("max_tokens");
        assertThat(cut.at("/usage/output_tokens").asInt()).isEqualTo(5);
        JsonNode refused = post("/v1/messages", body("m", ASKED, ""));
        assertThat(refused.at("/type").asString()).isEqualTo("error");
        assertThat(refused.at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(refused.at("/error/message").asString()).isEqualTo("max_tokens: Field required");
    }

    @Test
    void aCallHasItsInputAsAnObject() throws Exception {
        JsonNode answer = Spoken.MESSAGES.whole(sim, "tools=2+reasoning=3");
        assertThat(answer.at("/stop_reason").asString()).isEqualTo("tool_use");
        assertThat(answer.at("/content"))
                .extracting(block -> block.at("/type").asString())
                .containsExactly("thinking", "tool_use", "tool_use");
        assertThat(answer.at("/content/1/input").propertyNames()).containsExactly("city");
        assertThat(answer.at("/content/0/signature").asString()).isNotEmpty();
    }

    @Test
    void anAnswerGoesOnFromItsBeginning() throws Exception {
        String all = Spoken.MESSAGES.words(post("/v1/messages", body("m", ASKED, ",\"max_tokens\":100")));
        for (int cut : new int[] {3, all.indexOf(' ', 10), all.length()}) {
            String begun = ASKED + ",{\"role\":\"assistant\",\"content\":\"" + all.substring(0, cut) + "\"}";
            JsonNode rest = post("/v1/messages", body("m", begun, ",\"max_tokens\":100"));
            assertThat(Spoken.MESSAGES.words(rest)).isEqualTo(all.substring(cut));
            JsonNode chat = post("/v1/chat/completions", body("m", begun, ""));
            assertThat(Spoken.CHAT.words(chat)).isEqualTo(all.substring(cut));
        }
    }

    @Test
    void aBeginningIsRefusedWhereItMustNotBe() throws Exception {
        String begun = ASKED + ",{\"role\":\"assistant\",\"content\":\"The\"}";
        JsonNode messages = post("/v1/messages", body("sim-no-prefill", begun, ",\"max_tokens\":100"));
        assertThat(messages.at("/error/message").asString()).endsWith("must end with a user message.");
        JsonNode chat = post("/v1/chat/completions", body("sim-no-prefill", begun, ""));
        assertThat(chat.at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(post("/v1/messages", body("sim-no-prefill", ASKED, ",\"max_tokens\":9"))
                        .has("content"))
                .isTrue();
    }

    @Test
    void tokensAreCounted() throws Exception {
        JsonNode counted = post("/v1/messages/count_tokens", body("m", ASKED, ""));
        JsonNode answer = post("/v1/messages", body("m", ASKED, ",\"max_tokens\":100"));
        assertThat(counted.at("/input_tokens").asInt())
                .isEqualTo(answer.at("/usage/input_tokens").asInt())
                .isGreaterThan(4);
    }

    @Test
    void modelsAreListedInTheFormOfWhoAsks() throws Exception {
        String get = "GET /v1/models HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n";
        JsonNode anthropic = Spoken.json(Spoken.send(sim, get + "anthropic-version: 2023-06-01\r\n\r\n"));
        assertThat(anthropic.at("/data/0/type").asString()).isEqualTo("model");
        assertThat(anthropic.at("/has_more").asBoolean(true)).isFalse();
        JsonNode gemini = Spoken.json(Spoken.send(sim, get + "x-goog-api-key: k\r\n\r\n"));
        assertThat(gemini.at("/models/0/name").asString()).startsWith("models/");
        JsonNode openai = Spoken.json(Spoken.send(sim, get + "\r\n"));
        assertThat(openai.at("/object").asString()).isEqualTo("list");
    }
}
