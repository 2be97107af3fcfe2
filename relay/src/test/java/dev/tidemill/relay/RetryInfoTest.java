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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pause that Gemini asks for in an error's details, since it sends no {@code retry-after}. */
class RetryInfoTest {
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

    private static String body(String delay) {
        return "{\"error\":{\"code\":429,\"message\":\"slower\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":"
                + "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"" + delay + "\"}]}}";
    }

    private Answer refusedWith(String body) throws Exception {
        return answeredWith(Script.json(body).replace("200 OK", "429 Too Many Requests"), "generateContent");
    }

    private Answer answeredWith(String answer, String method) throws Exception {
        Provider provider = new Provider(
                "google",
                Protocol.GEMINI,
                URI.create(fixture.simulator.origin() + "/v1beta"),
                List.of("sk-google"),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
        fixture.directory.routes(new Routes(
                2,
                List.of(provider),
                List.of(new Model("m", List.of(new Target(provider, "g", "", 1, 1, false, 0)), Policy.DEFAULT))));
        fixture.simulator.play(Script.playing(Script.send(answer)));
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.post(
                    "/v1beta/models/m:" + method,
                    "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hello\"}]}]}"));
        }
    }

    @Test
    void aPauseOfThousandsOfYearsIsNotWaitedFor() throws Exception {
        Answer answer = refusedWith(body("999999999999s"));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("1");
    }

    @Test
    void thePauseIsToldInTheHeaderThatClientsRead() throws Exception {
        Answer answer = refusedWith(body("48s"));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.body()).isEqualTo(body("48s"));
        assertThat(answer.header("retry-after")).isEqualTo("49");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    /** Without {@code data:}, though the answer says to be a stream. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n\r\n"})
    void anErrorInAStreamsPlaceIsWhatItSays(String end) throws Exception {
        String pretty = body("48s").replace(",", ",\n  ") + end;
        Answer answer =
                answeredWith(Script.STREAM + Script.chunk(pretty) + Script.LAST_CHUNK, "streamGenerateContent?alt=sse");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("49");
        assertThat(answer.body()).contains("slower");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n\r\n"})
    void anErrorBehindTheContentIsToldInTheProvidersWords(String end) throws Exception {
        String begun = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\r\n\r\n";
        Answer answer = answeredWith(
                Script.STREAM + Script.chunk(begun) + Script.chunk(body("48s") + end) + Script.LAST_CHUNK,
                "streamGenerateContent?alt=sse");
        assertThat(answer.body()).startsWith(begun + "data: {\"error\":").contains("slower");
        assertThat(answer.body().split("slower", -1)).hasSize(2);
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void theSameGoesForItsEndpointForOpenAisClients() throws Exception {
        Provider provider = RelayFixture.provider("google", fixture.simulator.baseUrl());
        fixture.directory.routes(RelayFixture.routes(2, List.of(provider), Policy.DEFAULT));
        fixture.simulator.play(Script.playing(
                Script.send(Script.json("[" + body("30s") + "]").replace("200 OK", "429 Too Many Requests"))));
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.chat("m", true));
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("retry-after")).isEqualTo("31");
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
    }
}
