package dev.tidemill.relay;

import static dev.tidemill.relay.Script.LAST_CHUNK;
import static dev.tidemill.relay.Script.STREAM;
import static dev.tidemill.relay.Script.chunk;
import static dev.tidemill.relay.Script.content;
import static dev.tidemill.relay.Script.event;
import static dev.tidemill.relay.Script.finish;
import static dev.tidemill.relay.Script.role;
import static dev.tidemill.relay.Script.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Policy.OnBreak;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What failed attempts cost is in the sum, as the provider said it, as an estimate, or as what nobody knows. */
class EveryAttemptIsAccountedTest {
    /** Twelve texts of forty bytes: ten tokens each. */
    private static final String TWELVE_TEXTS = chunk(content("x".repeat(40))).repeat(12);

    @TempDir
    Path folder;

    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                List.of());
        other = Simulator.start(Behaviour.plain(), 0);
        route(OnBreak.ERROR, Protocol.OPENAI);
    }

    @AfterEach
    void stop() {
        fixture.close();
        other.close();
    }

    /** One attempt at the first, then the second. */
    private void route(OnBreak onBreak, Protocol protocol) {
        Policy usual = Policy.DEFAULT;
        Policy policy = new Policy(
                Clocks.DEFAULT,
                new Policy.Retry(1, 0.1),
                null,
                onBreak,
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume());
        Provider one = provider("first", fixture.simulator, protocol);
        Provider two = provider("second", other, protocol);
        fixture.directory.routes(new Routes(
                2,
                List.of(one, two),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(one, "sim", "", 1, 1, false, 0),
                                new Target(two, "sim-tokens=5", "", 2, 1, false, 0)),
                        policy))));
    }

    private static Provider provider(String name, Simulator simulator, Protocol protocol) {
        return new Provider(
                name,
                protocol,
                URI.create(simulator.baseUrl()),
                List.of("sk-" + name),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
    }

    private Answer ask(String request) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(request);
        }
    }

    private JsonNode line() throws Exception {
        fixture.atRest();
        Path log = folder.resolve("access.log");
        Eventually.until(() -> Files.exists(log) && !Files.readString(log).isEmpty());
        return new ObjectMapper().readTree(Files.readString(log));
    }

    private Meters meters() {
        return fixture.relay.meters();
    }

    private static int bodyTokens(JsonNode line) {
        return (line.get("bytes_in").intValue() + 3) / 4;
    }

    @Test
    void oneThatBrokeBeforeItsHeadMayHaveBeenBilled() throws Exception {
        fixture.simulator.behave(Behaviour.of("close"));
        assertThat(ask(fixture.chat("m", true)).status()).isEqualTo(200);
        JsonNode line = line();
        JsonNode tried = line.get("tries").get(0);
        assertThat(tried.get("maybe_billed").booleanValue()).isTrue();
        assertThat(tried.has("usage")).isFalse();
        assertThat(line.get("usage").get("output").intValue()).isEqualTo(5);
        assertThat(line.get("usage").has("estimated")).isFalse();
        assertThat(meters().maybeBilled()).isEqualTo(1);
        assertThat(meters().outputTokens()).isEqualTo(5);
        assertThat(meters().estimatedInputTokens() + meters().estimatedOutputTokens())
                .isZero();
    }

    @Test
    void oneThatWasRefusedCostNothing() throws Exception {
        for (String refusal : List.of("503", "error-body")) {
            fixture.simulator.behave(Behaviour.of(refusal));
            assertThat(ask(fixture.chat("m", false)).status()).isEqualTo(200);
        }
        assertThat(ask(fixture.chat("m", false)).status()).isEqualTo(200);
        fixture.atRest();
        assertThat(meters().maybeBilled()).isZero();
        assertThat(meters().estimatedInputTokens()).isZero();
    }

    @Test
    void whatCameOfABrokenAnswerIsEstimatedBesideTheAnswerThatTookItsPlace() throws Exception {
        route(OnBreak.RESTART, Protocol.OPENAI);
        fixture.simulator.play(
                Script.playing(send(STREAM + chunk(role()) + chunk(content("Hello"))), new RawStep.Reset()));
        assertThat(ask(fixture.chat("m", true)).status()).isEqualTo(200);
        JsonNode line = line();
        JsonNode usage = line.get("tries").get(0).get("usage");
        assertThat(usage.get("estimated").booleanValue()).isTrue();
        assertThat(usage.get("input").intValue()).isEqualTo(bodyTokens(line));
        assertThat(usage.get("output").intValue()).isEqualTo(2);
        assertThat(meters().estimatedInputTokens()).isGreaterThanOrEqualTo(bodyTokens(line));
        assertThat(meters().estimatedOutputTokens()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void theTextThatIsSeenIsCountedWithoutLookingIntoEveryEvent() throws Exception {
        fixture.simulator.play(Script.playing(
                send(STREAM + chunk(role()) + TWELVE_TEXTS.repeat(10)), RawStep.Send.utf8(""), new RawStep.Close()));
        ask(fixture.chat("m", true));
        JsonNode line = line();
        assertThat(line.get("tries")).hasSize(1);
        assertThat(line.has("usage")).as("stands with the try").isFalse();
        assertThat(line.get("tries").get(0).get("usage").get("output").intValue())
                .isEqualTo(1200);
    }

    @Test
    void whatTheProviderStatedBeforeItBrokeIsNoEstimate() throws Exception {
        String usage = event("{\"choices\":[],\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":200}}");
        fixture.simulator.play(
                Script.playing(send(STREAM + chunk(role()) + TWELVE_TEXTS + chunk(usage)), new RawStep.Close()));
        ask(fixture.chat("m", true));
        JsonNode stated = line().get("tries").get(0).get("usage");
        assertThat(stated.get("input").intValue()).isEqualTo(30);
        assertThat(stated.get("output").intValue()).isEqualTo(200);
        assertThat(stated.has("estimated")).isFalse();
        assertThat(meters().inputTokens()).isEqualTo(30);
        assertThat(meters().outputTokens()).isEqualTo(200);
    }

    @Test
    void theInputThatAMessageBeganWithIsTakenAndItsOutputEstimated() throws Exception {
        route(OnBreak.ERROR, Protocol.ANTHROPIC);
        String start =
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"usage\":"
                        + "{\"input_tokens\":70,\"cache_read_input_tokens\":5,\"output_tokens\":1}}}\n\n";
        String block = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
                + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
        String delta = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                + "\"delta\":{\"type\":\"text_delta\",\"text\":\"" + "y".repeat(80) + "\"}}\n\n";
        fixture.simulator.play(Script.playing(
                send(STREAM + chunk(start) + chunk(block) + chunk(delta) + chunk(delta)), new RawStep.Close()));
        ask(
                fixture.post(
                        "/v1/messages",
                        "{\"model\":\"m\",\"max_tokens\":99,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"));
        JsonNode usage = line().get("tries").get(0).get("usage");
        assertThat(usage.get("input").intValue()).isEqualTo(75);
        assertThat(usage.get("cache_read").intValue()).isEqualTo(5);
        assertThat(usage.get("output").intValue()).isEqualTo(40);
        assertThat(usage.get("estimated").booleanValue()).isTrue();
    }

    @Test
    void anAnswerWithoutUsageIsEstimatedAndCountedAsUnknown() throws Exception {
        fixture.simulator.play(Script.playing(Script.stream(role(), content("x".repeat(40)), finish(0), Script.DONE)));
        ask(fixture.chat("m", true));
        JsonNode line = line();
        assertThat(line.get("usage").get("estimated").booleanValue()).isTrue();
        assertThat(line.get("usage").get("output").intValue()).isEqualTo(10);
        assertThat(meters().unknownUsage()).isEqualTo(1);
        assertThat(meters().estimatedOutputTokens()).isEqualTo(10);
        assertThat(meters().outputTokens()).isZero();
    }

    @Test
    void aClientThatLeavesHasHadWhatItHasHad() throws Exception {
        try (HandFedProvider byHand = new HandFedProvider()) {
            Provider one = RelayFixture.provider("first", byHand.baseUrl());
            fixture.directory.routes(
                    new Routes(3, List.of(one), List.of(new Model("m", List.of(Target.of(one)), Policies.ONCE))));
            try (HttpClient client = fixture.client()) {
                client.send(fixture.chat("m", true));
                byHand.accept().request();
                byHand.send(STREAM + chunk(role()) + chunk(content("x".repeat(400))));
                assertThat(client.in().readNBytes(700)).hasSize(700);
            }
            JsonNode usage = line().get("usage");
            assertThat(usage.get("output").intValue()).isEqualTo(100);
            assertThat(usage.get("estimated").booleanValue()).isTrue();
        }
    }

    @Test
    void aKeysTokensAreThoseOfAllItsAttempts() throws Exception {
        Key key = RelayFixture.record(fixture.key);
        fixture.directory.keys(new KeyRing(List.of(new Key(
                key.id(),
                key.name(),
                key.organization(),
                key.project(),
                key.digest(),
                key.models(),
                0,
                6_000,
                0,
                key.created(),
                null,
                null))));
        String stated = event("{\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":3000}}");
        fixture.simulator.play(
                Script.playing(send(STREAM + chunk(role()) + chunk(stated) + LAST_CHUNK), new RawStep.Close()));
        assertThat(ask(fixture.chat("m", true)).status()).isEqualTo(200);
        fixture.atRest();
        assertThat(meters().outputTokens()).isEqualTo(3005);
        Answer next = ask(fixture.chat("m", true));
        String left = Objects.requireNonNull(next.header("x-ratelimit-remaining-tokens"));
        assertThat(Long.parseLong(left)).as("100 a second come back").isLessThan(3_500);
    }
}
