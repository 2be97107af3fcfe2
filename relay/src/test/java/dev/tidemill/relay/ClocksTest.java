package dev.tidemill.relay;

import static dev.tidemill.relay.Script.DONE;
import static dev.tidemill.relay.Script.LAST_CHUNK;
import static dev.tidemill.relay.Script.STREAM;
import static dev.tidemill.relay.Script.chunk;
import static dev.tidemill.relay.Script.content;
import static dev.tidemill.relay.Script.event;
import static dev.tidemill.relay.Script.finish;
import static dev.tidemill.relay.Script.playing;
import static dev.tidemill.relay.Script.send;
import static dev.tidemill.relay.Script.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.health.HostState;
import dev.tidemill.core.health.State;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each clock ends what it watches, and says which it was, to the client and in the log. */
@ExtendWith(NothingLeaks.class)
class ClocksTest {
    private static final String REASONING =
            event("{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"}}]}");
    private static final String TOOL = event("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
            + "\"function\":{\"arguments\":\"{\"}}]}}]}");

    @TempDir
    Path folder;

    private String ask(Policy policy, Scenario scenario, boolean stream, String code) throws Exception {
        Path log = folder.resolve("access.log");
        HttpClient.Answer answer;
        try (RelayFixture fixture =
                new RelayFixture(RelayOptions.defaults().withAccessLog(log), policy, Exchange.LIFE, List.of())) {
            fixture.simulator.play(scenario);
            try (HttpClient client = fixture.client()) {
                answer = client.ask(fixture.chat("m", stream));
            }
            fixture.atRest();
        }
        assertThat(answer.whole()).isTrue();
        if (!code.isEmpty()) {
            assertThat(answer.body()).contains("\"code\":\"" + code + "\"").doesNotContain("[DONE]");
            assertThat(Files.readString(log)).contains("\"failure\":\"" + code + "\"");
            assertThat(Files.readString(log)).contains("clock " + code.substring("timeout_".length()));
        }
        return answer.status() + " " + answer.body();
    }

    private static Scenario of(String notation) {
        return Scenario.of(Behaviour.of(notation));
    }

    @Test
    void headersWatchesAnAnswerInOnePiece() throws Exception {
        assertThat(ask(Policies.clocks(0, 300, 0, 0, 0, 0), of("stall-headers"), false, "timeout_headers"))
                .startsWith("504 ");
    }

    @Test
    void headersStartsAnewWithEachPartOfTheBodyThatComes() throws Exception {
        String body = "{\"choices\":[]}";
        String head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
        List<RawStep> steps = new ArrayList<>(List.of(send(head)));
        for (int i = 0; i < 6; i++) { // as a provider does that sends blank lines while it thinks
            steps.add(sleep(120));
            steps.add(send(chunk("\n")));
        }
        steps.add(send(chunk(body) + LAST_CHUNK));
        steps.add(new RawStep.Keep());
        assertThat(ask(Policies.clocks(0, 400, 0, 0, 0, 0), playing(steps), false, ""))
                .isEqualTo("200 \n\n\n\n\n\n" + body);
    }

    @Test
    void firstContentWatchesAStream() throws Exception {
        assertThat(ask(
                        Policies.clocks(0, 0, 300, 0, 0, 0),
                        of("stall-first+keepalive=20ms"),
                        true,
                        "timeout_first_content"))
                .startsWith("504 ");
    }

    @Test
    void gapWatchesSilenceBetweenEventsAndCommentsAreSilence() throws Exception {
        assertThat(ask(Policies.clocks(0, 0, 0, 300, 0, 0), of("stall-after=2+keepalive=20ms"), true, "timeout_gap"))
                .startsWith("200 ");
    }

    @Test
    void toolGapHasItsPlaceWhileArgumentsOrReasoningAreOpen() throws Exception {
        for (String open : List.of(REASONING, TOOL)) {
            Scenario patient = playing(
                    send(STREAM + chunk(content("a")) + chunk(open)),
                    sleep(700),
                    send(chunk(finish(0)) + chunk(DONE) + LAST_CHUNK),
                    new RawStep.Keep());
            assertThat(ask(Policies.clocks(0, 0, 0, 200, 20_000, 0), patient, true, ""))
                    .endsWith(DONE);
            Scenario silent = playing(send(STREAM + chunk(open)), sleep(60_000));
            ask(Policies.clocks(0, 0, 0, 150, 400, 0), silent, true, "timeout_tool_gap");
        }
    }

    @Test
    void aShorterToolGapHoldsThoughTheGapIsLonger() throws Exception {
        Scenario silent = playing(send(STREAM + chunk(content("a")) + chunk(TOOL)), sleep(60_000));
        ask(Policies.clocks(0, 0, 0, 5_000, 300, 0), silent, true, "timeout_tool_gap");
        Scenario text = playing(
                send(STREAM + chunk(content("a"))),
                sleep(700),
                send(chunk(finish(0)) + chunk(DONE) + LAST_CHUNK),
                new RawStep.Keep());
        assertThat(ask(Policies.clocks(0, 0, 0, 5_000, 300, 0), text, true, "")).endsWith(DONE);
    }

    @Test
    void aToolCallThatIsSilentForLongerThanTheGapIsKeptAliveAllTheTime() throws Exception {
        Policy policy = Policies.beating(Policies.clocks(0, 0, 0, 200, 15_000, 0), Duration.ofMillis(100));
        try (HandFedProvider provider = new HandFedProvider();
                RelayFixture fixture = new RelayFixture(
                        Simulator.start(Behaviour.plain(), 0),
                        RelayFixture.provider("silent", provider.baseUrl()),
                        RelayOptions.defaults(),
                        policy,
                        Exchange.LIFE,
                        List.of(),
                        Resolver.SYSTEM);
                HttpClient client = fixture.client()) {
            client.send(fixture.chat("m", true));
            provider.accept().request();
            provider.send(STREAM + chunk(content("a")) + chunk(TOOL));
            for (int beats = 0; beats < 10; ) { // of which two fit in the gap
                String line = client.line();
                assertThat(line).doesNotContain("timeout");
                beats += line.equals(": hb") ? 1 : 0;
            }
            provider.send(chunk(finish(0)) + chunk(DONE) + LAST_CHUNK);
            for (String line; !(line = client.line()).equals(DONE.strip()); ) {
                assertThat(line).doesNotContain("timeout");
            }
            fixture.atRest();
        }
    }

    @Test
    void theGapIsShortAgainOnceThereIsVisibleText() throws Exception {
        Scenario silent = playing(send(STREAM + chunk(REASONING) + chunk(content("a"))), sleep(60_000));
        ask(Policies.clocks(0, 0, 0, 300, 20_000, 0), silent, true, "timeout_gap");
    }

    @Test
    void silenceBehindTheFinishIsTheEnd() throws Exception {
        Scenario silent = playing(send(STREAM + chunk(content("a")) + chunk(finish(0))), sleep(60_000));
        assertThat(ask(Policies.clocks(0, 0, 0, 300, 0, 0), silent, true, ""))
                .isEqualTo("200 " + content("a") + finish(0) + DONE);
    }

    @Test
    void totalEndsWhatWouldNotEnd() throws Exception {
        assertThat(ask(Policies.clocks(0, 0, 0, 0, 0, 500), of("infinite+speed=100"), true, "timeout_total"))
                .startsWith("200 ");
        assertThat(ask(Policies.clocks(0, 0, 0, 0, 0, 500), of("stall-headers"), false, "timeout_total"))
                .startsWith("504 ");
    }

    @Test
    void connectWatchesAHostThatDoesNotAnswer() throws Exception {
        List<Socket> crowd = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 4; i++) { // its queue is full: further connections get no answer
                Socket one = new Socket();
                crowd.add(one);
                try {
                    one.connect(deaf.getLocalSocketAddress(), 100);
                } catch (java.net.SocketTimeoutException full) {
                    break;
                }
            }
            Provider provider = RelayFixture.provider("deaf", "http://127.0.0.1:" + deaf.getLocalPort() + "/v1");
            try (RelayFixture fixture = new RelayFixture(
                            Simulator.start(Behaviour.plain(), 0),
                            provider,
                            RelayOptions.defaults(),
                            Policies.clocks(300, 0, 0, 0, 0, 0),
                            Exchange.LIFE,
                            List.of(),
                            Resolver.SYSTEM);
                    HttpClient client = fixture.client()) {
                HttpClient.Answer answer = client.ask(fixture.chat("m", true));
                assertThat(answer.status()).isEqualTo(504);
                assertThat(answer.body()).contains("\"code\":\"timeout_connect\"");
                fixture.atRest();
                long now = System.nanoTime();
                assertThat(fixture.relay.health().targets(now))
                        .as("one model is not closed for its host")
                        .allSatisfy(target -> assertThat(target.failures()).isZero());
                assertThat(fixture.relay.health().hosts(now))
                        .extracting(HostState::state)
                        .containsExactly(State.DOWN);
            }
        } finally {
            for (Socket one : crowd) {
                one.close();
            }
        }
    }

    @Test
    void aClientThatReadsSlowlyIsNotTheProvidersSilence() throws Exception {
        try (RelayFixture fixture = new RelayFixture(
                RelayOptions.defaults(), Policies.clocks(0, 0, 0, 300, 300, 0), Exchange.LIFE, List.of())) {
            fixture.simulator.behave(Behaviour.of("tokens=60000"));
            try (HttpClient client = fixture.client()) {
                client.socket.setReceiveBufferSize(16 << 10);
                client.send(fixture.chat("m", true));
                Thread.sleep(1_500);
                HttpClient.Answer answer = client.read();
                assertThat(answer.whole()).isTrue();
                assertThat(answer.body()).endsWith(DONE).doesNotContain("\"error\"");
                assertThat(answer.body().length()).isGreaterThan(10_000_000);
            }
            fixture.atRest();
        }
    }
}
