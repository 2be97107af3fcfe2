package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class ChatOnTheWireTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Simulator sim;

    @BeforeEach
    void start() throws IOException {
        sim = Simulator.start(Behaviour.plain(), 0);
    }

    @AfterEach
    void stop() {
        http.close();
        sim.close();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sim.origin() + path))
                .header("content-type", "application/json")
                .header("authorization", "Bearer k1")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private List<String> data(String body) {
        List<String> data = new ArrayList<>();
        for (String event : body.split("\n\n")) {
            assertThat(event).startsWith("data: ").doesNotContain("\n");
            data.add(event.substring(6));
        }
        return data;
    }

    @Test
    void anAnswerIsWholeAndItsUsageFitsItsText() throws Exception {
        HttpResponse<String> answer = post("/v1/chat/completions", RawClient.chat("gpt-x", false));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode body = JSON.readTree(answer.body());
        assertThat(body.at("/object").asString()).isEqualTo("chat.completion");
        assertThat(body.at("/model").asString()).isEqualTo("gpt-x");
        assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        String text = body.at("/choices/0/message/content").asString();
        assertThat(body.at("/usage/completion_tokens").asInt())
                .isEqualTo(24)
                .isEqualTo(dev.tidemill.simulator.text.Tokens.count(text));
        assertThat(body.at("/usage/total_tokens").asInt())
                .isEqualTo(body.at("/usage/prompt_tokens").asInt() + 24);
    }

    @Test
    void aStreamBeginsWithTheRoleAndEndsWithFinishAndDone() throws Exception {
        HttpResponse<String> answer = post("/v1/chat/completions", RawClient.chat("gpt-x", true));

        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
        List<String> data = data(answer.body());
        assertThat(data).last().isEqualTo("[DONE]");
        List<JsonNode> chunks =
                data.subList(0, data.size() - 1).stream().map(JSON::readTree).toList();
        assertThat(chunks).hasSize(1 + 24 + 1);
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.at("/choices")).hasSize(1);
            assertThat(chunk.has("usage")).isFalse();
            assertThat(chunk.at("/id")).isEqualTo(chunks.getFirst().at("/id"));
        });
    }

    @Test
    void aStreamTellsUsageInAChunkOfItsOwnWhenAsked() throws Exception {
        String body = RawClient.chat("gpt-x", true)
                .replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        List<String> data = data(post("/v1/chat/completions", body).body());

        JsonNode usage = JSON.readTree(data.get(data.size() - 2));
        assertThat(usage.at("/choices")).isEmpty();
        assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(24);
        assertThat(JSON.readTree(data.getFirst()).at("/usage").isNull()).isTrue();
    }

    @Test
    void theSameWordsComeStreamedAndWhole() throws Exception {
        String whole = JSON.readTree(post("/v1/chat/completions", RawClient.chat("gpt-x", false))
                        .body())
                .at("/choices/0/message/content")
                .asString();
        StringBuilder streamed = new StringBuilder();
        for (String data :
                data(post("/v1/chat/completions", RawClient.chat("gpt-x", true)).body())) {
            if (!data.equals("[DONE]")) {
                streamed.append(
                        JSON.readTree(data).at("/choices/0/delta/content").asString(""));
            }
        }
        assertThat(streamed.toString()).isEqualTo(whole);
    }

    @Test
    void aLimitOfTokensCutsTheAnswer() throws Exception {
        JsonNode body = JSON.readTree(post(
                        "/v1/chat/completions",
                        RawClient.chat("gpt-x", false).replace("\"stream\":false", "\"max_tokens\":5"))
                .body());
        assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("length");
        assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(5);
    }

    @Test
    void aDoubledVersionInThePathIsTolerated() throws Exception {
        assertThat(post("/v1/v1/chat/completions", RawClient.chat("gpt-x", false))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatIsAskedIsCountedAndKept() throws Exception {
        post("/v1/chat/completions", RawClient.chat("gpt-x", false));
        post("/v1/chat/completions", RawClient.chat("sim-503", false));
        post("/v1/chat/completions", "{\"model\":");

        Counts counts = sim.countsAtRest(java.time.Duration.ofSeconds(5));
        assertThat(counts.total().asked()).isEqualTo(3);
        assertThat(counts.total().whole()).isEqualTo(1);
        assertThat(counts.total().broken()).isEqualTo(1);
        assertThat(counts.total().refused()).isEqualTo(1);
        assertThat(counts.total().completionTokens()).isEqualTo(24);
        assertThat(counts.models().get("gpt-x").whole()).isEqualTo(1);
        assertThat(counts.keys().get("Bearer k1").asked()).isEqualTo(3);
        assertThat(sim.requests()).hasSize(3);
        assertThat(sim.requests().getFirst().header("Authorization")).isEqualTo("Bearer k1");
        assertThat(sim.requests().getFirst().text()).isEqualTo(RawClient.chat("gpt-x", false));
    }

    @Test
    void aModelNameThatNamesNoFaultIsRefusedWithASuggestion() throws Exception {
        HttpResponse<String> answer = post("/v1/chat/completions", RawClient.chat("sim-stall-header", false));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("did you mean stall-headers?");
    }

    @Test
    void retryAfterIsSentAsAsked() throws Exception {
        HttpResponse<String> answer = post("/v1/chat/completions", RawClient.chat("sim-429?retry-after=2", true));
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("2");
        assertThat(JSON.readTree(answer.body()).at("/error/code").asString()).isEqualTo("rate_limit_exceeded");
    }

    @Test
    void aResetAtAByteIsSeenByThePeer() throws Exception {
        try (RawClient client = new RawClient(sim.port())) {
            RawClient.Got got = client.send(
                            RawClient.post("/v1/chat/completions", RawClient.chat("sim-reset-at=300", true)))
                    .read(2_000);
            assertThat(got.end()).isEqualTo(RawClient.End.RST);
            assertThat(got.bytes().length).isLessThanOrEqualTo(300);
        }
    }
}
