package dev.tidemill.relay;

import static dev.tidemill.relay.Script.DONE;
import static dev.tidemill.relay.Script.LAST_CHUNK;
import static dev.tidemill.relay.Script.STREAM;
import static dev.tidemill.relay.Script.chunk;
import static dev.tidemill.relay.Script.content;
import static dev.tidemill.relay.Script.event;
import static dev.tidemill.relay.Script.finish;
import static dev.tidemill.relay.Script.playing;
import static dev.tidemill.relay.Script.role;
import static dev.tidemill.relay.Script.send;
import static dev.tidemill.relay.Script.sleep;
import static dev.tidemill.relay.Script.stream;
import static dev.tidemill.relay.Script.usage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What leaves when, and what is added to a stream or taken out of it; beside {@link FaultTableTest}. */
@ExtendWith(NothingLeaks.class)
class CommitPointTest {
    private static final String ERROR = "{\"error\":{\"message\":\"too many\",\"type\":\"overloaded\",\"code\":null}}";

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

    private HttpClient.Answer ask() throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat("m", true));
        }
    }

    private HttpClient.Answer ask(RawStep... steps) throws Exception {
        fixture.simulator.play(playing(steps));
        return ask();
    }

    @Test
    void nothingOfTheHeadIsSeenBeforeTheFirstContent() throws Exception {
        HttpClient.Answer answer =
                ask(send(STREAM), sleep(60), send(chunk(role())), sleep(60), send(chunk(": ping\n\n")), sleep(60));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("\"code\":\"upstream_connection_closed\"");
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void aProvidersErrorAfterContentGoesThroughAsItIsWithWhateverFollows() throws Exception {
        fixture.simulator.play(playing(stream(role(), content("a"), "event: error\n" + event(ERROR), DONE)));
        HttpClient.Answer answer = ask();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.body()).isEqualTo(role() + content("a") + "event: error\n" + event(ERROR) + DONE);
        fixture.atRest();
        assertThat(fixture.relay.meters().failures(Failure.Kind.UPSTREAM_ERROR)).isEqualTo(1);
    }

    @Test
    void whatTheProviderSendsBehindItsErrorIsNotTakenForTheEnd() throws Exception {
        HttpClient.Answer answer = ask(send(STREAM + chunk(content("a")) + chunk(event(ERROR))), sleep(30));
        assertThat(answer.body()).isEqualTo(content("a") + event(ERROR));
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void theUsageChunkOfAClientThatDidNotAskIsTakenOut() throws Exception {
        fixture.simulator.play(playing(stream(role(), content("a"), finish(0), usage(), DONE)));
        assertThat(ask().body()).isEqualTo(role() + content("a") + finish(0) + DONE);
        assertThat(fixture.simulator.requests().getFirst().text())
                .startsWith("{\"stream_options\":{\"include_usage\":true},\"model\":\"m\"");
        fixture.atRest();
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(2);
    }

    @Test
    void usageInTheFinishChunkStays() throws Exception {
        String last = event("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":7}}");
        fixture.simulator.play(playing(stream(role(), content("a"), last, DONE)));
        assertThat(ask().body()).isEqualTo(role() + content("a") + last + DONE);
        fixture.atRest();
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(7);
    }

    @Test
    void aClientThatAsksForUsageGetsItAndItsRequestIsNotTouched() throws Exception {
        fixture.simulator.play(playing(stream(role(), content("a"), finish(0), usage(), DONE)));
        String body =
                "{ \"model\" : \"m\", \"stream_options\": {\"include_usage\":true}, \"stream\": true, \"messages\":[{\"role\":\"user\",\"content\":\"?\"}] }";
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.post("/v1/chat/completions", body));
            assertThat(answer.body()).isEqualTo(role() + content("a") + finish(0) + usage() + DONE);
        }
        assertThat(fixture.simulator.requests().getFirst().text()).isEqualTo(body);
    }

    @Test
    void aProviderWhoseUsageIsLeftAloneSeesTheBodyAsItCame() throws Exception {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        Provider usual = RelayFixture.provider("sim", simulator.baseUrl());
        Provider left = new Provider(
                usual.name(),
                usual.protocol(),
                URI.create(simulator.baseUrl()),
                usual.keys(),
                usual.headers(),
                null,
                null,
                Provider.StreamUsage.LEAVE);
        try (RelayFixture own = new RelayFixture(
                simulator, left, RelayOptions.defaults(), Policies.ONCE, Exchange.LIFE, List.of(), Resolver.SYSTEM)) {
            simulator.play(playing(stream(role(), content("a"), finish(0), usage(), DONE)));
            String body = "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]}";
            try (HttpClient client = own.client()) {
                HttpClient.Answer answer = client.ask(own.post("/v1/chat/completions", body));
                assertThat(answer.body()).isEqualTo(role() + content("a") + finish(0) + usage() + DONE);
            }
            assertThat(simulator.requests().getFirst().text()).isEqualTo(body);
            own.atRest();
        }
    }

    @Test
    void malformedEventsAndWhatComesBehindDoneAreDroppedAndCounted() throws Exception {
        String odd = event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"},\"logprob\":NaN}]}");
        fixture.simulator.play(playing(stream(
                role(),
                event("{\"choices\":[{"),
                content("a"),
                event("not json"),
                event(""),
                event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"cut off\"}"),
                event("{\"choices\":[]}{\"choices\":[]}"),
                event("{not json}"),
                event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":}}]}"),
                event("{\"choices\":[{\"index\":0x,\"delta\":{\"content\":\"x\"}}]}"),
                odd,
                finish(0),
                DONE,
                content("of someone else"),
                DONE)));
        assertThat(ask().body()).isEqualTo(role() + content("a") + odd + finish(0) + DONE);
        fixture.atRest();
        assertThat(fixture.relay.meters().droppedEvents()).isEqualTo(10);
    }

    @Test
    void commentsIdsAndUnknownFieldsGoThrough() throws Exception {
        String odd = ": comment\r\n\r\nid: 7\r\nx: y\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"é\"}}]}\r\n\r\n";
        fixture.simulator.play(playing(stream(": hello\n\n", role(), odd, finish(0), DONE)));
        assertThat(ask().body()).isEqualTo(": hello\n\n" + role() + odd + finish(0) + DONE);
    }

    @Test
    void oneFinishOfTwoChoicesIsNotTheEnd() throws Exception {
        String two = "{\"model\":\"m\",\"n\":2,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]}";
        try (HttpClient client = fixture.client()) {
            fixture.simulator.play(playing(stream(role(), content("a"), finish(0))));
            HttpClient.Answer cut = client.ask(fixture.post("/v1/chat/completions", two));
            assertThat(cut.body()).contains("\"code\":\"upstream_truncated\"").doesNotContain("[DONE]");
            fixture.simulator.play(playing(stream(role(), content("a"), finish(0), finish(1))));
            HttpClient.Answer whole = client.ask(fixture.post("/v1/chat/completions", two));
            assertThat(whole.body()).isEqualTo(role() + content("a") + finish(0) + finish(1) + DONE);
        }
    }

    @Test
    void anEndWithoutContentIsAnAnswerToo() throws Exception {
        fixture.simulator.play(playing(stream(role(), finish(0), DONE)));
        assertThat(ask().body()).isEqualTo(role() + finish(0) + DONE);
    }

    @Test
    void aConnectionThatBreaksBehindTheFinishHasBrokenOff() throws Exception {
        HttpClient.Answer answer =
                ask(send(STREAM + chunk(content("a")) + chunk(finish(0))), sleep(30), new RawStep.Reset());
        assertThat(answer.body()).contains("upstream_connection_closed").doesNotContain("[DONE]");
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void aProviderThatForgetsToEndItsAnswerBehindDoneIsNotWaitedFor() throws Exception {
        HttpClient.Answer answer =
                ask(send(STREAM + chunk(content("a")) + chunk(finish(0)) + chunk(DONE)), sleep(60_000));
        assertThat(answer.body()).isEqualTo(content("a") + finish(0) + DONE);
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void aBeginningThatIsTooLongToHoldLeavesAndThenFailsInTheStream() throws Exception {
        String padded = event(
                "{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}],\"obfuscation\":\"" + "x".repeat(9_000) + "\"}");
        StringBuilder many = new StringBuilder(STREAM);
        for (int i = 0; i < 8; i++) {
            many.append(chunk(padded));
        }
        HttpClient.Answer answer = ask(send(many.toString()), sleep(50));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith(padded)
                .contains("data: {\"error\":{")
                .contains("upstream_connection_closed")
                .doesNotContain("[DONE]");
        assertThat(answer.whole()).isTrue();
    }

    @Test
    void whatAClientSeesDoesNotDependOnWhereTheReadsAreCut() throws Exception {
        List<String> answers = List.of(
                STREAM
                        + chunk(role())
                        + chunk(content("aé"))
                        + chunk(finish(0))
                        + chunk(usage())
                        + chunk(DONE)
                        + LAST_CHUNK,
                STREAM + chunk(role()) + chunk(content("a")) + chunk(event(ERROR)) + chunk(DONE) + LAST_CHUNK,
                STREAM + chunk(role()) + chunk(event(ERROR)) + LAST_CHUNK,
                STREAM + chunk(role()) + chunk(content("a")) + LAST_CHUNK,
                STREAM + chunk(role()) + chunk(content("a")) + "zz\r\n",
                STREAM + chunk(role()) + "zz\r\n",
                STREAM
                        + chunk(role())
                        + chunk(content("a"))
                        + chunk(content("b").substring(0, 20)));
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (String answer : answers) {
            String bytes = new String(answer.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            boolean ends = answer.endsWith(LAST_CHUNK);
            HttpClient.Answer atOnce = ask(ended(List.of(new RawStep.Send(bytes)), ends));
            for (int i = 0; i < 12; i++) {
                List<RawStep> pieces = new ArrayList<>();
                int at = random.nextInt(1, bytes.length());
                pieces.add(new RawStep.Send(bytes.substring(0, at)));
                pieces.add(sleep(3));
                pieces.addAll(Script.inPieces(bytes.substring(at), 200, random));
                HttpClient.Answer cut = ask(ended(pieces, ends));
                assertThat(cut.status()).as("cut at %d of %s", at, answer).isEqualTo(atOnce.status());
                assertThat(cut.body()).as("cut at %d of %s", at, answer).isEqualTo(atOnce.body());
                assertThat(cut.whole()).isTrue();
            }
        }
    }

    private static RawStep[] ended(List<RawStep> steps, boolean keep) {
        List<RawStep> all = new ArrayList<>(steps);
        all.add(keep ? new RawStep.Keep() : new RawStep.Close());
        return all.toArray(RawStep[]::new);
    }
}
