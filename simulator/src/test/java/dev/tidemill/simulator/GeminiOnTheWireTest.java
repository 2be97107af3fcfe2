package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class GeminiOnTheWireTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BODY = Spoken.GEMINI.body("m", false, true);
    private Simulator sim;

    @BeforeEach
    void start() throws IOException {
        sim = Simulator.start(Behaviour.of("tokens=6"), 0);
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private RawClient.Got post(String path, String body) throws IOException {
        return Spoken.send(sim, RawClient.post(path, body, "connection: close"));
    }

    @Test
    void usageGrowsAndExcludesThoughts() throws Exception {
        List<Spoken.Event> events = Spoken.GEMINI.events(sim, "reasoning=2");
        assertThat(events).hasSize(2 + 6 + 1);
        assertThat(events.get(1).json().at("/usageMetadata/thoughtsTokenCount").asInt())
                .isEqualTo(2);
        assertThat(events.get(1).json().at("/usageMetadata").has("candidatesTokenCount"))
                .isFalse();
        JsonNode last = events.getLast().json();
        assertThat(last.at("/usageMetadata/candidatesTokenCount").asInt()).isEqualTo(6);
        assertThat(last.at("/candidates/0/content/parts/0/thoughtSignature").asString())
                .isNotEmpty();
        int prompt = last.at("/usageMetadata/promptTokenCount").asInt();
        assertThat(last.at("/usageMetadata/totalTokenCount").asInt()).isEqualTo(prompt + 8);
    }

    @Test
    void eventsEndWithCarriageReturnAndLineFeed() throws Exception {
        String stream = Spoken.GEMINI.ask(sim, "", true, false).unchunked();
        assertThat(stream).startsWith("data: {").endsWith("}\r\n\r\n").doesNotContain("}\n");
    }

    @Test
    void withoutEventsAStreamIsAnArray() throws Exception {
        RawClient.Got got = post("/v1beta/models/m:streamGenerateContent?key=k", BODY);
        assertThat(got.head()).contains("content-type: application/json", "transfer-encoding: chunked");
        JsonNode array = JSON.readTree(got.unchunked());
        assertThat(array).hasSize(6 + 1);
        assertThat(array.get(6).at("/candidates/0/finishReason").asString()).isEqualTo("STOP");
        assertThat(sim.counts().keys()).containsKey("k");
        String broken = post("/v1beta/models/sim-truncate-after=2:streamGenerateContent", BODY)
                .unchunked();
        assertThat(broken).startsWith("[{").endsWith("}");
        JsonNode failed = JSON.readTree(post("/v1beta/models/sim-error-event=2:streamGenerateContent", BODY)
                .unchunked());
        assertThat(failed.get(2).at("/error/status").asString()).isEqualTo("INTERNAL");
    }

    @Test
    void callsComeWholeAndOnlyTheFirstIsSigned() throws Exception {
        List<Spoken.Event> events = Spoken.GEMINI.events(sim, "tools=2+reasoning=1");
        assertThat(events).hasSize(1 + 2 + 1);
        for (int i = 1; i <= 2; i++) {
            JsonNode part = events.get(i).json().at("/candidates/0/content/parts/0");
            assertThat(part.at("/functionCall/args").propertyNames()).containsExactly("city");
            assertThat(part.has("thoughtSignature")).isEqualTo(i == 1);
        }
        JsonNode whole = Spoken.GEMINI.whole(sim, "tools=2");
        assertThat(whole.at("/candidates/0/content/parts")).hasSize(2);
        assertThat(whole.at("/candidates/0/finishReason").asString()).isEqualTo("STOP");
    }

    @Test
    void theOtherMethodsAndTheOtherVersion() throws Exception {
        JsonNode counted = Spoken.json(post("/v1beta/models/m:countTokens", BODY));
        JsonNode answer = Spoken.json(post("/v1/models/m:generateContent", BODY));
        assertThat(counted.at("/totalTokens").asInt())
                .isEqualTo(answer.at("/usageMetadata/promptTokenCount").asInt());
        JsonNode embedded = Spoken.json(post(
                "/v1beta/models/m:embedContent",
                "{\"content\":{\"parts\":[{\"text\":\"one\"}]},\"outputDimensionality\":16}"));
        assertThat(embedded.at("/embedding/values")).hasSize(16);
        String one =
                "{\"model\":\"models/m\",\"content\":{\"parts\":[{\"text\":\"one\"}]},\"outputDimensionality\":16}";
        JsonNode several =
                Spoken.json(post("/v1beta/models/m:batchEmbedContents", "{\"requests\":[" + one + "," + one + "]}"));
        assertThat(several.at("/embeddings")).hasSize(2).allMatch(each -> each.equals(embedded.at("/embedding")));
        assertThat(several.at("/usageMetadata/promptTokenCount").asInt())
                .isEqualTo(2 * embedded.at("/usageMetadata/promptTokenCount").asInt());
        for (String bad :
                new String[] {"{\"requests\":[]}", "{\"requests\":[" + one.replace("models/m", "models/n") + "]}"}) {
            assertThat(post("/v1beta/models/m:batchEmbedContents", bad).head()).startsWith("HTTP/1.1 400");
        }
        JsonNode limited = Spoken.json(post(
                "/v1beta/models/m:generateContent",
                BODY.replaceFirst("\\{", "{\"generationConfig\":{\"maxOutputTokens\":3},")));
        assertThat(limited.at("/candidates/0/finishReason").asString()).isEqualTo("MAX_TOKENS");
        JsonNode models =
                Spoken.json(Spoken.send(sim, "GET /v1beta/models HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n"));
        assertThat(models.at("/models")).isNotEmpty();
    }

    @Test
    void badRequestsAreRefusedInItsForm() throws Exception {
        for (String body : new String[] {"", "[]", "{}", "{\"contents\":[]}", "{\"contents\":3}"}) {
            RawClient.Got got = post("/v1beta/models/m:generateContent", body);
            assertThat(got.head()).as(body).startsWith("HTTP/1.1 400");
            assertThat(Spoken.json(got).at("/error/status").asString()).isEqualTo("INVALID_ARGUMENT");
        }
        assertThat(Spoken.json(post("/v1beta/models/m:sing", BODY))
                        .at("/error/status")
                        .asString())
                .isEqualTo("NOT_FOUND");
    }
}
