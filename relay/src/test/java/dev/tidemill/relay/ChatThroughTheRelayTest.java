package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatThroughTheRelayTest {
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void anAnswerInOnePieceComesBackWithOurHeadersAndNotTheProviders() throws Exception {
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("gpt-test", false));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.whole()).isTrue();
            assertThat(answer.header("x-request-id")).startsWith("req_");
            assertThat(answer.header("x-tidemill-target")).isEqualTo("sim/gpt-test");
            assertThat(answer.body()).contains("\"object\":\"chat.completion\"");
        }
    }

    @Test
    void aStreamEndsWithDoneAndWithoutTheUsageChunkNobodyAskedFor() throws Exception {
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("gpt-test", true));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.whole()).isTrue();
            assertThat(answer.body()).endsWith("data: [DONE]\n\n").doesNotContain("\"choices\":[]");
            assertThat(fixture.simulator.requests().getFirst().text()).contains("\"include_usage\":true");
        }
        assertThat(fixture.relay.meters().outputTokens()).isPositive();
    }

    @Test
    void oneConnectionServesManyRequestsAndPipelinedOnes() throws Exception {
        try (HttpClient client = fixture.client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.ask(fixture.chat("m", i % 2 == 0)).whole()).isTrue();
            }
            client.send(fixture.chat("a", true) + fixture.chat("b", false) + fixture.chat("c", true));
            for (int i = 0; i < 3; i++) {
                assertThat(client.read().status()).isEqualTo(200);
            }
        }
        assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(1);
    }

    @Test
    void aRenamedModelIsSplicedIntoTheBody() throws Exception {
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("renamed", false));
            assertThat(answer.header("x-tidemill-target")).isEqualTo("sim/qwen3-8b");
            assertThat(fixture.simulator.requests().getFirst().text()).startsWith("{\"model\":\"qwen3-8b\",");
        }
    }

    @Test
    void aWrongKeyIsRefusedBeforeTheBodyIsRead() throws Exception {
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: r\r\nauthorization: Bearer nope\r\ncontent-length: 1000000\r\n\r\n");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("content-type")).isEqualTo("application/json");
            assertThat(answer.body()).contains("\"code\":\"invalid_api_key\"");
            assertThat(client.closed()).isTrue();
        }
    }
}
