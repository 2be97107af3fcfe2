package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Policy.BadEvent;
import dev.tidemill.core.route.Policy.ClientGone;
import dev.tidemill.core.route.Policy.OnBreak;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.HttpClient.Answer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route may say about its streams: heartbeats, opening early, buffering, bad events, clients that leave; and clocks that a client shortens. */
class StreamPoliciesTest {
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

    private void policy(
            OnBreak onBreak,
            BadEvent badEvent,
            ClientGone clientGone,
            @Nullable Duration heartbeat,
            @Nullable Duration openEarly) {
        Provider provider = RelayFixture.provider("sim", fixture.simulator.baseUrl());
        Policy policy = new Policy(
                Clocks.DEFAULT,
                new Policy.Retry(2, 0.1),
                null,
                onBreak,
                badEvent,
                clientGone,
                heartbeat,
                openEarly,
                null,
                Policy.DEFAULT.resume());
        fixture.directory.routes(RelayFixture.routes(2, List.of(provider), policy));
    }

    private void policy(@Nullable Duration heartbeat, @Nullable Duration openEarly) {
        policy(OnBreak.ERROR, BadEvent.DROP, ClientGone.CANCEL, heartbeat, openEarly);
    }

    private Answer ask(String model) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat(model, true));
        }
    }

    private Answer ask(String model, boolean stream, String header) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat(model, stream).replace("content-type", header + "\r\ncontent-type"));
        }
    }

    @Test
    void aStreamOpenedWhileTheProvidersHeadWaitsForContentHasOneHead() throws Exception {
        policy(Duration.ofMillis(100), Duration.ofMillis(400));
        ask("sim"); // so that the next provider's head is there well before the opening
        for (String silence : List.of("sim-stall-first;for=800ms", "sim-stall-headers;for=800ms")) {
            Answer answer = ask(silence);
            assertThat(answer.headers()).as(silence).allMatch(line -> line.indexOf(':') > 0);
            assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
            assertThat(answer.body()).as(silence).contains(": hb\n\n").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aSilentStreamIsKeptAliveByComments() throws Exception {
        policy(Duration.ofMillis(100), null);
        Answer answer = ask("sim-stall-after=2;for=1s");
        assertThat(answer.body()).contains(": hb\n\n").endsWith("data: [DONE]\n\n");
        assertThat(answer.body().split(": hb\n\n", -1)).hasSizeBetween(3, 11);
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void beforeTheFirstContentNothingIsSentUnlessTheRouteSaysSo() throws Exception {
        policy(Duration.ofMillis(100), null);
        assertThat(ask("sim-ttft=600ms").body()).startsWith("data: ");
        policy(Duration.ofMillis(100), Duration.ofMillis(200));
        Answer answer = ask("sim-stall-headers=800ms");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
        assertThat(answer.body()).startsWith(": hb\n\n").endsWith("data: [DONE]\n\n");
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void aFailureBehindAnEarlyOpeningIsAnEvent() throws Exception {
        policy(Duration.ofMillis(100), Duration.ofMillis(100));
        Answer answer = ask("sim-stall-headers=400ms+500;message=no water");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .contains("data: {\"error\":{")
                .contains("no water")
                .doesNotContain("[DONE]");
        assertThat(answer.whole()).isTrue();
        assertThat(fixture.simulator.counts().total().asked()).as("tried again").isEqualTo(2);
    }

    @Test
    void aBufferedAnswerIsTriedAgainHoweverLateItBreaks() throws Exception {
        policy(OnBreak.BUFFER, BadEvent.DROP, ClientGone.CANCEL, null, null);
        Answer answer = ask("sim-cut-after=9;times=1");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).endsWith("data: [DONE]\n\n").doesNotContain("error");
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        Answer broken = ask("sim-cut-after=9");
        assertThat(broken.status()).isEqualTo(502);
        assertThat(broken.body()).contains("upstream_connection_closed");
    }

    @Test
    void anEventThatDoesNotParseEndsTheStreamWhereTheRouteSaysSo() throws Exception {
        policy(OnBreak.ERROR, BadEvent.BREAK, ClientGone.CANCEL, null, null);
        Answer answer = ask("sim-bad-json=4");
        assertThat(answer.body()).contains("upstream_bad_event").doesNotContain("[DONE]");
    }

    @Test
    void anAnswerWhoseClientLeftIsReadToItsEndWhereTheRouteSaysSo() throws Exception {
        policy(OnBreak.ERROR, BadEvent.DROP, ClientGone.DRAIN, null, null);
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("sim-speed=200+tokens=100", true));
            assertThat(client.in().read()).isEqualTo('H');
        }
        Eventually.until(() -> fixture.relay.meters().failures(Failure.Kind.CLIENT_GONE) == 1);
        assertThat(fixture.simulator.counts().total().cancelled()).isZero();
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientShortensTheTotalClock(boolean stream) throws Exception {
        Answer answer = ask("sim-stall-headers", stream, "X-Tidemill-Timeout: 300ms");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body()).contains("timeout_total").contains("0.3 s");
    }

    @Test
    void anSdksTimeoutsAreKept() throws Exception {
        assertThat(ask("sim-stall-first", true, "X-Stainless-Read-Timeout: 0.3").body())
                .contains("timeout_first_content");
        assertThat(ask("sim-stall-after=2", true, "x-stainless-read-timeout: 0.3")
                        .body())
                .contains("timeout_gap");
        assertThat(ask("sim-stall-after=2", true, "x-stainless-timeout: 0.3").body())
                .contains("timeout_total");
        assertThat(ask("sim", true, "x-stainless-timeout: NaN").status()).isEqualTo(200);
    }

    @Test
    void aTimeoutThatIsNoneIsRefused() throws Exception {
        Answer answer = ask("sim", true, "X-Tidemill-Timeout: soon");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("X-Tidemill-Timeout: 'soon' (expected: a time above 0, as 30s, 1500ms or 2m)");
    }

    @Test
    void whatFollowsAProvidersOwnErrorPassesToo() throws Exception {
        String events = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\n"
                + "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"server_error\"}}}\n\n"
                + "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"no water\"}\n\n";
        fixture.simulator.play(Script.playing(Script.stream(events)));
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post(
                    "/v1/responses", "{\"model\":\"m\",\"stream\":true,\"store\":false,\"input\":\"Hello\"}"));
            assertThat(answer.body()).isEqualTo(events);
            assertThat(answer.whole()).isTrue();
        }
    }

    @Test
    void afterAFinishACleanEndIsWholeAndABrokenConnectionIsNot() throws Exception {
        assertThat(ask("sim-no-done").body()).endsWith("data: [DONE]\n\n");
        fixture.simulator.play(Script.playing(
                Script.send(Script.STREAM + Script.chunk(Script.content("a")) + Script.chunk(Script.finish(0)))));
        Answer answer = ask("m");
        assertThat(answer.body()).contains("upstream_connection_closed").doesNotContain("[DONE]");
    }
}
