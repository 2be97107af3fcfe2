package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.FourProtocolsTest.Api;
import dev.tidemill.relay.HttpClient.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Coming back works alike in each API that streams events; only the numbers show where its clients bear them. */
class ResumableProtocolsTest {
    private static final int ALL = Integer.MAX_VALUE;

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

    private String ask(Api api, Protocol protocol, String behaviour) {
        return ask(api, protocol, behaviour, null);
    }

    private String ask(Api api, Protocol protocol, String behaviour, @Nullable Duration heartbeat) {
        URI base = URI.create(fixture.simulator.origin() + (protocol == Protocol.GEMINI ? "/v1beta" : "/v1"));
        Provider provider =
                new Provider("p", protocol, base, List.of("sk-p"), Map.of(), null, null, Provider.StreamUsage.ASK);
        Policy usual = Policies.ONCE;
        Policy policy = new Policy(
                usual.clocks(),
                usual.retry(),
                null,
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                heartbeat,
                null,
                null,
                usual.resume());
        fixture.directory.routes(new Routes(
                2,
                List.of(provider),
                List.of(new Model("m", List.of(new Target(provider, behaviour, "", 1, 1, false, 0)), policy))));
        return fixture.post(api.path("m", true), api.body("m", true))
                .replaceFirst("host:", "x-tidemill-resumable: true\r\nhost:");
    }

    private static Protocol protocol(Api api) {
        return switch (api) {
            case CHAT, RESPONSES -> Protocol.OPENAI;
            case MESSAGES -> Protocol.ANTHROPIC;
            case GEMINI, GEMINI_ARRAY -> Protocol.GEMINI;
        };
    }

    private Part get(String id, int from, int bytes) throws Exception {
        return Part.of(
                fixture.address,
                "GET /v1/streams/" + id + "?from=" + from + " HTTP/1.1\r\nhost: r\r\nx-api-key: " + fixture.key.text()
                        + "\r\n\r\n",
                bytes);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GEMINI_ARRAY")
    void theUnionOfWhatCutReadersGotIsTheUncutStream(Api api) throws Exception {
        SplittableRandom random = new SplittableRandom(api.ordinal());
        Part first =
                Part.of(fixture.address, ask(api, protocol(api), "sim-speed=150+tokens=40"), random.nextInt(1_000));
        List<Future<String>> unions = new ArrayList<>();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                SplittableRandom its = random.split();
                unions.add(readers.submit(() -> union(first, its)));
            }
        }
        Part uncut = get(first.id(), 0, ALL);
        assertThat(uncut.ended()).isTrue();
        assertThat(uncut.text()).startsWith(first.text()).doesNotContain("\r");
        List<String> events = uncut.events();
        assertThat(events).hasSizeGreaterThan(3);
        for (int i = 0; i < events.size(); i++) {
            assertThat(get(first.id(), i, ALL).text()).isEqualTo(String.join("", events.subList(i, events.size())));
            assertThat(events.get(i)).startsWith(protocol(api) == Protocol.GEMINI ? "data: " : "id: " + i + "\n");
        }
        for (Future<String> union : unions) {
            assertThat(union.get()).isEqualTo(uncut.text());
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
    }

    private String union(Part first, SplittableRandom random) throws Exception {
        List<String> events = new ArrayList<>(first.events());
        while (true) {
            Part next = get(first.id(), events.size(), random.nextInt(1, 3_000));
            events.addAll(next.events());
            if (next.ended()) {
                return String.join("", events);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GEMINI_ARRAY")
    void aBrokenStreamEndsForAllWithTheApisOwnError(Api api) throws Exception {
        Part first = Part.of(fixture.address, ask(api, protocol(api), "sim-speed=100+tokens=30+cut-after=10"), 0);
        Part rest = get(first.id(), 0, ALL);
        assertThat(rest.ended()).isTrue();
        assertThat(rest.text())
                .contains("error")
                .contains("provider p closed")
                .doesNotContain("[DONE]", "message_stop");
        assertThat(get(first.id(), 0, ALL).text()).isEqualTo(rest.text());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GEMINI_ARRAY")
    void heartbeatsHaveNoNumberAndAreNotKept(Api api) throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(ask(api, protocol(api), "sim-tokens=10+stall-after=3;for=400ms", Duration.ofMillis(60)));
            Part sent = Part.read(client.in(), ALL);
            String beat = switch (api) {
                case CHAT, RESPONSES -> ": hb\n";
                case MESSAGES -> "event: ping\ndata: {\"type\": \"ping\"}\n\n";
                case GEMINI, GEMINI_ARRAY -> "data: {}\r\n\r\n";
            };
            Part kept = get(sent.id(), 0, ALL);
            assertThat(sent.text()).contains("\n\n" + beat);
            assertThat(sent.text().replaceAll("(?<=\n\n)(" + Pattern.quote(beat) + ")+", ""))
                    .isEqualTo(kept.text());
        }
    }

    @Test
    void aGeminiClientsLastEventIdIsNoneOfOurNumbers() throws Exception {
        Part whole = Part.of(fixture.address, ask(Api.GEMINI, Protocol.GEMINI, "sim-tokens=10"), ALL);
        Part again = Part.of(
                fixture.address,
                "GET /v1/streams/" + whole.id() + " HTTP/1.1\r\nhost: r\r\nx-goog-api-key: " + fixture.key.text()
                        + "\r\nlast-event-id: 3\r\n\r\n",
                ALL);
        assertThat(again.text()).isEqualTo(whole.text());
    }

    @Test
    void anArrayCannotBeComeBackTo() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(ask(Api.GEMINI_ARRAY, Protocol.GEMINI, "sim"));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("alt=sse").contains("INVALID_ARGUMENT");
        }
    }
}
