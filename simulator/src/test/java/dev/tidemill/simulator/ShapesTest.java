package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The forms of answers beside a plain chat. */
class ShapesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOOLS =
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":{\"type\":\"object\","
                    + "\"properties\":{\"city\":{\"type\":\"string\"},\"unit\":{\"type\":\"string\"}}}}}]}";
    private Simulator sim;

    @BeforeEach
    void start() throws IOException {
        sim = Simulator.start(Behaviour.of("tokens=6"), 0);
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private RawClient.Got send(String request) throws IOException {
        try (RawClient client = new RawClient(sim.port())) {
            return client.send(request).read(2_000);
        }
    }

    private JsonNode whole(String path, String body) throws IOException {
        RawClient.Got got = send(RawClient.post(path, body, "connection: close"));
        return JSON.readTree(got.body());
    }

    private List<JsonNode> chunks(String path, String body) throws IOException {
        List<JsonNode> chunks = new ArrayList<>();
        for (String event : send(RawClient.post(path, body, "connection: close"))
                .unchunked()
                .split("\n\n")) {
            if (!event.equals("data: [DONE]")) {
                chunks.add(JSON.readTree(event.substring(6)));
            }
        }
        return chunks;
    }

    private static String with(String body, String more) {
        return body.substring(0, body.length() - 1) + more;
    }

    @Test
    void toolsAreCalledWhenTheScenarioAsks() throws Exception {
        JsonNode plain = whole("/v1/chat/completions", with(RawClient.chat("m", false), TOOLS));
        assertThat(plain.at("/choices/0/finish_reason").asString()).isEqualTo("stop");

        JsonNode answer = whole("/v1/chat/completions", with(RawClient.chat("sim-tools=2", false), TOOLS));
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(answer.at("/choices/0/message/content").isNull()).isTrue();
        JsonNode calls = answer.at("/choices/0/message/tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.at("/0/function/name").asString()).isEqualTo("get_weather");
        assertThat(JSON.readTree(calls.at("/0/function/arguments").asString()).propertyNames())
                .containsExactly("city", "unit");
        assertThat(calls.at("/0/id")).isNotEqualTo(calls.at("/1/id"));
    }

    @Test
    void streamedToolCallsNameTheFunctionOnceAndJoinToTheSameArguments() throws Exception {
        StringBuilder[] arguments = {new StringBuilder(), new StringBuilder()};
        int names = 0;
        List<JsonNode> chunks = chunks("/v1/chat/completions", with(RawClient.chat("sim-tools=2", true), TOOLS));
        for (JsonNode chunk : chunks) {
            JsonNode call = chunk.at("/choices/0/delta/tool_calls/0");
            if (!call.isMissingNode()) {
                arguments[call.at("/index").asInt()].append(
                        call.at("/function/arguments").asString());
                names += call.at("/function/name").isMissingNode() ? 0 : 1;
            }
        }
        assertThat(names).isEqualTo(2);
        assertThat(JSON.readTree(arguments[0].toString()).propertyNames()).containsExactly("city", "unit");
        assertThat(arguments[1].toString()).isEqualTo(arguments[0].toString());
        assertThat(chunks.getFirst().at("/choices/0/delta/content").isNull()).isTrue();
        assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
    }

    @Test
    void severalChoicesSideBySide() throws Exception {
        String body = with(RawClient.chat("m", false), ",\"n\":3}");
        JsonNode answer = whole("/v1/chat/completions", body);
        assertThat(answer.at("/choices")).hasSize(3);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(18);
        List<JsonNode> chunks = chunks("/v1/chat/completions", body.replace("false", "true"));
        assertThat(chunks).hasSize(3 * (1 + 6 + 1));
        assertThat(chunks)
                .extracting(chunk -> chunk.at("/choices/0/index").asInt())
                .contains(0, 1, 2);
    }

    @Test
    void reasoningComesBeforeTheWords() throws Exception {
        List<JsonNode> chunks = chunks("/v1/chat/completions", RawClient.chat("sim-reasoning=3", true));
        assertThat(chunks.subList(1, 4))
                .allMatch(chunk -> chunk.at("/choices/0/delta").has("reasoning_content"));
        assertThat(chunks.subList(4, 10))
                .allMatch(chunk -> chunk.at("/choices/0/delta").has("content"));
        JsonNode whole = whole("/v1/chat/completions", RawClient.chat("sim-reasoning=3", false));
        assertThat(whole.at("/usage/completion_tokens").asInt()).isEqualTo(9);
        assertThat(whole.at("/usage/completion_tokens_details/reasoning_tokens").asInt())
                .isEqualTo(3);
    }

    @Test
    void aChinesePromptGetsChineseWords() throws Exception {
        JsonNode answer = whole(
                "/v1/chat/completions", RawClient.chat("m", false).replace("Tell me about the tide", "请介绍一下潮汐磨坊"));
        assertThat(answer.at("/choices/0/message/content").asString()).matches("[\\u4e00-\\u9fff，]+。");
    }

    @Test
    void aClassificationPromptGetsItsLabel() throws Exception {
        String body =
                "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"Classify into one of: billing, delivery, refund, other.\"},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Where is my parcel?\"}]}]}";
        JsonNode answer = whole("/v1/chat/completions", body);
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("delivery");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(1);
    }

    @Test
    void fixedWords() throws Exception {
        assertThat(whole("/v1/chat/completions", RawClient.chat("sim-text=a%20%22b%22", false))
                        .at("/choices/0/message/content")
                        .asString())
                .isEqualTo("a \"b\"");
    }

    @Test
    void completionsWholeAndStreamed() throws Exception {
        JsonNode whole = whole("/v1/completions", "{\"model\":\"m\",\"prompt\":\"Once upon\"}");
        assertThat(whole.at("/object").asString()).isEqualTo("text_completion");
        assertThat(whole.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
        assertThat(whole.at("/usage/completion_tokens").asInt()).isEqualTo(6);
        List<JsonNode> chunks = chunks(
                "/v1/completions",
                "{\"model\":\"m\",\"prompt\":[\"Once upon\"],\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        assertThat(chunks).hasSize(6 + 1 + 1);
        StringBuilder text = new StringBuilder();
        chunks.forEach(chunk -> text.append(chunk.at("/choices/0/text").asString("")));
        assertThat(text.toString()).isEqualTo(whole.at("/choices/0/text").asString());
        assertThat(chunks.getLast().at("/choices")).isEmpty();
    }

    @Test
    void embeddingsAreUnitVectorsInBothEncodings() throws Exception {
        JsonNode answer = whole(
                "/v1/embeddings", "{\"model\":\"m\",\"input\":[\"one\",\"two words\",\"one\"],\"dimensions\":16}");
        assertThat(answer.at("/data")).hasSize(3);
        double sum = 0;
        for (JsonNode value : answer.at("/data/1/embedding")) {
            sum += value.asDouble() * value.asDouble();
        }
        assertThat(sum).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-4));
        assertThat(answer.at("/data/0/embedding")).isEqualTo(answer.at("/data/2/embedding"));
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
        JsonNode encoded =
                whole("/v1/embeddings", "{\"model\":\"m\",\"input\":\"one\",\"encoding_format\":\"base64\"}");
        assertThat(java.util.Base64.getDecoder()
                        .decode(encoded.at("/data/0/embedding").asString()))
                .hasSize(256 * 4);
        assertThat(whole("/v1/embeddings", "{\"model\":\"m\",\"input\":[1,2,3]}")
                        .at("/usage/total_tokens")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void modelsAreListed() throws Exception {
        sim.play(Scenario.of(Rule.forModel("gpt-x", Behaviour.plain()), Rule.forModel("gpt-*", Behaviour.plain())));
        JsonNode list = JSON.readTree(send("GET /v1/models HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n")
                .body());
        assertThat(list.at("/data"))
                .extracting(model -> model.at("/id").asString())
                .contains("gpt-x", "sim-ok")
                .doesNotContain("gpt-*");
        JsonNode one = JSON.readTree(send("GET /v1/models/abc HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n")
                .body());
        assertThat(one.at("/id").asString()).isEqualTo("abc");
    }

    @Test
    void badRequestsAreRefusedInTheProvidersShape() throws Exception {
        for (String body : new String[] {
            "",
            "[]",
            "{\"model\":\"m\"}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
            "{\"model\":\"m\",\"messages\":[]}",
            "{\"model\":\"m\",\"messages\":{}}",
            "{\"model\":\"m\",\"messages\":[{}],\"n\":0}",
            "{\"model\":1,\"messages\":[{}]}",
            "{\"model\":\"m\",\"messages\":[{}]} x",
            "{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":99999999999}"
        }) {
            RawClient.Got got = send(RawClient.post("/v1/chat/completions", body, "connection: close"));
            assertThat(got.head()).as(body).startsWith("HTTP/1.1 400");
            assertThat(JSON.readTree(got.body()).at("/error/type").asString())
                    .as(body)
                    .isEqualTo("invalid_request_error");
        }
        assertThat(send(RawClient.post("/v1/nothing", "{}", "connection: close"))
                        .head())
                .startsWith("HTTP/1.1 404");
    }
}
