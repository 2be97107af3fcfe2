package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ResponsesOnTheWireTest {
    private Simulator sim;

    @BeforeEach
    void start() throws IOException {
        sim = Simulator.start(Behaviour.of("tokens=6"), 0);
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private static JsonNode post(Simulator sim, String path, String body) throws IOException {
        return Spoken.json(Spoken.send(sim, RawClient.post(path, body, "connection: close")));
    }

    private JsonNode at(String method, String path) throws IOException {
        return Spoken.json(
                Spoken.send(sim, method + " " + path + " HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n"));
    }

    private static String body(String more) {
        return "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"Hello\"}]}]"
                + more + "}";
    }

    @Test
    void eventsAreNumberedAndTheLastRepeatsTheOutput() throws Exception {
        List<Spoken.Event> events = Spoken.RESPONSES.events(sim, "reasoning=2+tools=2");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).json().at("/sequence_number").asInt()).isEqualTo(i);
            assertThat(events.get(i).json().at("/type").asString())
                    .isEqualTo(events.get(i).name());
        }
        JsonNode response = events.getLast().json().at("/response");
        assertThat(response.at("/output"))
                .extracting(item -> item.at("/type").asString())
                .containsExactly("reasoning", "function_call", "function_call");
        assertThat(response.at("/output/1/arguments").asString()).contains("\"city\"");
        assertThat(response.at("/output/1/call_id")).isNotEqualTo(response.at("/output/2/call_id"));
        assertThat(response.at("/usage/output_tokens_details/reasoning_tokens").asInt())
                .isEqualTo(2);
    }

    @Test
    void aLimitOfTokensLeavesItIncomplete() throws Exception {
        JsonNode whole = post(sim, "/v1/responses", body(",\"max_output_tokens\":3"));
        assertThat(whole.at("/status").asString()).isEqualTo("incomplete");
        assertThat(whole.at("/incomplete_details/reason").asString()).isEqualTo("max_output_tokens");
        String stream = Spoken.send(
                        sim,
                        RawClient.post(
                                "/v1/responses", body(",\"max_output_tokens\":3,\"stream\":true"), "connection: close"))
                .unchunked();
        assertThat(Spoken.events(stream).getLast().type()).isEqualTo("response.incomplete");
    }

    @Test
    void aResponseCanBeSeenFollowedAndDeleted() throws Exception {
        JsonNode first = post(sim, "/v1/responses", body(""));
        String id = first.at("/id").asString();
        assertThat(at("GET", "/v1/responses/" + id)).isEqualTo(first);
        JsonNode second = post(sim, "/v1/responses", body(",\"previous_response_id\":\"" + id + "\""));
        assertThat(second.at("/previous_response_id").asString()).isEqualTo(id);
        assertThat(second.at("/usage/input_tokens").asInt())
                .isEqualTo(first.at("/usage/input_tokens").asInt()
                        + first.at("/usage/total_tokens").asInt());
        assertThat(at("POST", "/v1/responses/" + id + "/cancel")
                        .at("/error/message")
                        .asString())
                .isEqualTo("Cannot cancel a synchronous response.");
        assertThat(at("DELETE", "/v1/responses/" + id).at("/deleted").asBoolean(false))
                .isTrue();
        assertThat(at("GET", "/v1/responses/" + id).at("/error/type").asString())
                .isEqualTo("invalid_request_error");
    }

    @Test
    void aResponseOfAnotherServerOrNotKeptIsUnknown() throws Exception {
        try (Simulator other = Simulator.start(Behaviour.plain(), 0)) {
            String theirs = post(other, "/v1/responses", body("")).at("/id").asString();
            post(sim, "/v1/responses", body(""));
            String unkept = post(sim, "/v1/responses", body(",\"store\":false"))
                    .at("/id")
                    .asString();
            for (String id : new String[] {theirs, unkept}) {
                RawClient.Got got = Spoken.send(
                        sim,
                        RawClient.post(
                                "/v1/responses",
                                body(",\"previous_response_id\":\"" + id + "\""),
                                "connection: close"));
                assertThat(got.head()).startsWith("HTTP/1.1 404");
                assertThat(Spoken.json(got).at("/error/code").asString()).isEqualTo("previous_response_not_found");
            }
        }
    }

    @Test
    void aResponseInTheBackgroundIsCancelledWhileItRuns() throws Exception {
        try (RawClient client = new RawClient(sim.port())) {
            String running =
                    body(",\"stream\":true,\"background\":true").replace("\"m\"", "\"sim-stall-after=1;for=1h\"");
            String begun = client.send(RawClient.post("/v1/responses", running))
                    .readUntil("response.output_text.delta")
                    .text();
            String id = begun.replaceFirst("(?s).*?\"id\":\"(resp_[^\"]+)\".*", "$1");
            assertThat(at("GET", "/v1/responses/" + id).at("/status").asString())
                    .isEqualTo("in_progress");
            for (int i = 0; i < 2; i++) {
                assertThat(at("POST", "/v1/responses/" + id + "/cancel")
                                .at("/status")
                                .asString())
                        .isEqualTo("cancelled");
            }
        }
    }
}
