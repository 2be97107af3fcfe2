package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Policy.ClientGone;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream outlives its client's connection, and whoever comes back gets the same bytes. */
@ExtendWith(NothingLeaks.class)
class ResumableStreamsTest {
    private static final String RESUMABLE = "X-Tidemill-Resumable: true";
    private static final int ALL = Integer.MAX_VALUE;

    private final KeySecret other = KeySecret.generate(new SplittableRandom(8));
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        policy(ClientGone.CANCEL, null, null, Policy.DEFAULT.resume());
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private void policy(
            ClientGone clientGone, @Nullable Duration heartbeat, @Nullable Duration openEarly, Policy.Resume resume)
            throws IOException {
        if (fixture != null) {
            fixture.close();
        }
        Policy usual = Policies.ONCE;
        Policy policy = new Policy(
                usual.clocks(),
                new Policy.Retry(2, 0.1),
                null,
                usual.onBreak(),
                usual.badEvent(),
                clientGone,
                heartbeat,
                openEarly,
                null,
                resume);
        fixture = new RelayFixture(RelayOptions.defaults(), policy, Exchange.LIFE, List.of());
        fixture.directory.keys(new KeyRing(List.of(RelayFixture.record(fixture.key), RelayFixture.record(other))));
    }

    private String chat(String model) {
        return with(fixture.chat(model, true), RESUMABLE);
    }

    private static String with(String request, String header) {
        return request.replaceFirst("host:", header + "\r\nhost:");
    }

    private String get(String id, Object from) {
        return ask("GET", id + "?from=" + from, fixture.key);
    }

    private static String ask(String method, String path, KeySecret key) {
        return method + " /v1/streams/" + path + " HTTP/1.1\r\nhost: r\r\nauthorization: Bearer " + key.text()
                + "\r\n\r\n";
    }

    /** Reads so many bytes of payload, then leaves. */
    private Part part(String request, int bytes) throws IOException {
        return Part.of(fixture.address, request, bytes);
    }

    private Answer one(String request) throws IOException {
        try (HttpClient client = fixture.client()) {
            return client.ask(request);
        }
    }

    @Test
    void aReaderGetsTheRestFromAnyEvent() throws Exception {
        Part whole = part(chat("sim-tokens=30"), ALL);
        List<String> events = whole.events();
        assertThat(whole.ended()).isTrue();
        assertThat(events).hasSizeGreaterThan(30).last().isEqualTo("id: " + (events.size() - 1) + "\ndata: [DONE]\n\n");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i)).startsWith("id: " + i + "\ndata: ");
            Part rest = part(get(whole.id(), i), ALL);
            assertThat(rest.text()).isEqualTo(String.join("", events.subList(i, events.size())));
            assertThat(rest.ended()).isTrue();
            assertThat(rest.id()).isEqualTo(whole.id());
        }
        assertThat(part(get(whole.id(), events.size()), ALL).bytes()).isEmpty();
        assertThat(part(get(whole.id(), "999999999999999999"), ALL).bytes()).isEmpty();
        Answer after = one(with(ask("GET", whole.id(), fixture.key), "Last-Event-ID: 3"));
        assertThat(after.body()).isEqualTo(String.join("", events.subList(4, events.size())));
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
        assertThat(fixture.relay.streams().replays()).isEqualTo(events.size() + 3L);
        fixture.atRest();
    }

    /** The first client and three readers, each cut again and again at random bytes while the stream runs. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whereverReadersAreCutTheUnionIsTheUncutStream(long seed) throws Exception {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Part first = part(chat("sim-speed=150+jitter=80%+tokens=120"), random.nextInt(2_000));
        List<Future<String>> unions = new ArrayList<>();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                SplittableRandom its = random.split();
                unions.add(readers.submit(() -> union(first, its)));
            }
        }
        String uncut = part(get(first.id(), 0), ALL).text();
        assertThat(uncut).endsWith("data: [DONE]\n\n").startsWith(first.text());
        for (Future<String> union : unions) {
            assertThat(union.get()).isEqualTo(uncut);
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
        assertThat(fixture.simulator.counts().total().cancelled()).isZero();
        fixture.atRest();
    }

    private String union(Part first, SplittableRandom random) throws IOException {
        List<String> events = new ArrayList<>(first.events());
        while (true) {
            Part next = part(get(first.id(), events.size()), random.nextInt(1, 4_000));
            events.addAll(next.events());
            if (next.ended()) {
                return String.join("", events);
            }
        }
    }

    @Test
    void aClientThatLeavesAtOnceComesBackToAWholeStream() throws Exception {
        Part first = part(chat("sim-speed=200+tokens=60"), 0);
        assertThat(first.bytes()).isEmpty();
        Part whole = part(get(first.id(), 0), ALL);
        assertThat(whole.ended()).isTrue();
        assertThat(whole.events()).hasSizeGreaterThan(60);
        assertThat(whole.text()).endsWith("data: [DONE]\n\n");
        fixture.atRest();
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(60);
        assertThat(fixture.relay.meters().failures(Failure.Kind.CLIENT_GONE)).isZero();
        assertThat(fixture.relay.replayLogs().streams()).isEqualTo(1);
        assertThat(fixture.relay.replayLogs().bytes()).isGreaterThan(whole.bytes().length);
    }

    @Test
    void aClientThatLeavesBeforeItHasTheIdTakesItsRequestWithIt() throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(chat("sim-stall-first=1m"));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
        }
        Eventually.until(() -> fixture.simulator.counts().total().cancelled() == 1);
        fixture.atRest();
        assertThat(fixture.relay.replayLogs().streams()).isZero();
    }

    @Test
    void anAttemptThatIsMadeAfterTheClientLeftHasItsRequest() throws Exception {
        policy(ClientGone.CANCEL, Duration.ofMillis(100), Duration.ofMillis(50), Policy.DEFAULT.resume());
        Part first = part(chat("sim-stall-headers=400ms+500;times=1+tokens=5"), 0);
        Part whole = part(get(first.id(), 0), ALL);
        assertThat(whole.ended()).isTrue();
        assertThat(whole.text()).contains(": hb\nid: 0\n").endsWith("data: [DONE]\n\n");
        assertThat(fixture.simulator.requests()).hasSize(2);
        assertThat(fixture.simulator.requests().get(1).body())
                .isEqualTo(fixture.simulator.requests().get(0).body());
        fixture.atRest();
    }

    @Test
    void aProviderThatBreaksEndsAllReadersWithTheSameError() throws Exception {
        Part first = part(chat("sim-speed=100+tokens=50+cut-after=20"), 300);
        Part rest = part(get(first.id(), first.events().size()), ALL);
        assertThat(rest.ended()).as("told, not cut").isTrue();
        assertThat(rest.events().getLast())
                .matches("(?s)id: \\d+\ndata: \\{\"error\":\\{.*")
                .contains("upstream_connection_closed");
        assertThat(rest.text()).doesNotContain("[DONE]");
        assertThat(part(get(first.id(), 0), ALL).text()).isEqualTo(String.join("", first.events()) + rest.text());
    }

    @Test
    void aCancelledStreamEndsWithAnErrorForAllWhoRead() throws Exception {
        try (HttpClient client = fixture.client();
                HttpClient reader = fixture.client()) {
            client.send(chat("sim-infinite+speed=100"));
            String id = Part.id(Unchunked.head(client.in()));
            reader.send(get(id, 2));
            Eventually.until(() -> fixture.relay.streams().readers() == 1);

            Answer cancelled = one(ask("DELETE", id, fixture.key));
            assertThat(cancelled.status()).isEqualTo(204);
            Part read = Part.read(reader.in(), ALL);
            assertThat(read.ended()).isTrue();
            assertThat(read.events().getLast()).contains("data: {\"error\":{").contains("stream_cancelled");
            assertThat(new String(new Unchunked(client.in()).readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith(read.events().getLast());
            Eventually.until(() -> fixture.simulator.counts().total().cancelled() == 1);
            assertThat(one(ask("DELETE", id, fixture.key)).status()).isEqualTo(204);
            assertThat(part(get(id, 2), ALL).text()).isEqualTo(read.text());
        }
        fixture.atRest();
        assertThat(fixture.relay.meters().failures(Failure.Kind.CANCELLED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE"})
    void aStreamOfAnotherKeyIsAnUnknownOne(String method) throws Exception {
        Part first = part(chat("sim-infinite+speed=50"), 100);
        Answer foreign = one(ask(method, first.id(), other));
        Answer unknown = one(ask(method, "stream_0", other));
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(ErrorBody.of(foreign).code()).isEqualTo("stream_not_found");
        assertThat(foreign.body().replace(first.id(), "stream_0")).isEqualTo(unknown.body());
        Eventually.until(() -> fixture.relay.running() == 1);
        assertThat(one(ask("DELETE", first.id(), fixture.key)).status()).isEqualTo(204);
        fixture.atRest();
    }

    @Test
    void pastItsTimeAStreamIsUnknown() throws Exception {
        policy(ClientGone.CANCEL, null, null, new Policy.Resume(4 << 20, Duration.ofMillis(1)));
        Part whole = part(chat("sim-tokens=5"), ALL);
        Eventually.until(() -> one(get(whole.id(), 0)).status() == 404);
        Eventually.until(() -> fixture.relay.replayLogs().streams() == 0);
        assertThat(fixture.relay.replayLogs().bytes()).isZero();
    }

    @Test
    void aStreamThatOutgrowsItsLogReachesItsClientAllTheSame() throws Exception {
        policy(ClientGone.CANCEL, null, null, new Policy.Resume(4_000, Duration.ofMinutes(1)));
        Part whole = part(chat("sim-tokens=100"), ALL);
        assertThat(whole.ended()).isTrue();
        assertThat(whole.bytes()).hasSizeGreaterThan(4_000);
        assertThat(whole.text()).endsWith("data: [DONE]\n\n");
        assertThat(one(get(whole.id(), 0)).status()).isEqualTo(404);
        assertThat(fixture.relay.replayLogs().lost()).isEqualTo(1);
        assertThat(fixture.relay.replayLogs().bytes()).isZero();
    }

    @Test
    void aStreamThatOutgrowsItsLogWhileNobodyIsThereEnds() throws Exception {
        policy(ClientGone.CANCEL, null, null, new Policy.Resume(4_000, Duration.ofMinutes(1)));
        Part first = part(chat("sim-infinite+speed=300"), 200);
        Part reader = part(get(first.id(), 0), ALL);
        assertThat(reader.ended()).as("cut, since it must not look whole").isFalse();
        Eventually.until(() -> fixture.simulator.counts().total().cancelled() == 1);
        fixture.atRest();
        assertThat(fixture.relay.meters().failures(Failure.Kind.CLIENT_GONE)).isEqualTo(1);
    }

    @Test
    void aSlowReaderHoldsUpNobody() throws Exception {
        try (HttpClient slow = new HttpClient(fixture.address, 4 << 10);
                HttpClient client = fixture.client()) {
            client.send(chat("sim-tokens=12000"));
            String id = Part.id(Unchunked.head(client.in()));
            slow.send(get(id, 0));
            byte[] whole = new Unchunked(client.in()).readAllBytes();
            assertThat(whole).hasSizeGreaterThan(2_000_000);
            Part fast = part(get(id, 0), ALL);
            assertThat(fast.bytes()).isEqualTo(whole);
            assertThat(fixture.relay.streams().readers()).isEqualTo(1);
            assertThat(Part.read(slow.in(), ALL).bytes()).isEqualTo(whole);
        }
        fixture.atRest();
    }

    @Test
    void heartbeatsAreSeenByWhoWaitsAndKeptByNobody() throws Exception {
        policy(ClientGone.CANCEL, Duration.ofMillis(60), null, Policy.DEFAULT.resume());
        try (HttpClient client = fixture.client()) {
            client.send(chat("sim-tokens=10+stall-after=3;for=500ms"));
            String id = Part.id(Unchunked.head(client.in()));
            Part reader = part(get(id, 0), ALL);
            String sent = new String(new Unchunked(client.in()).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(sent)
                    .as("no blank line behind it")
                    .containsPattern("\n\n(: hb\n)+id: ")
                    .doesNotContain(": hb\n\n");
            assertThat(reader.text()).contains("\n\n: hb\n").doesNotContain(": hb\n\n");
            String kept = part(get(id, 0), ALL).text();
            assertThat(kept).doesNotContain("hb");
            assertThat(sent.replace(": hb\n", "")).isEqualTo(kept);
            assertThat(reader.text().replace(": hb\n", "")).isEqualTo(kept);
        }
    }

    @Test
    void whateverTheProvidersLineEndsCommentsAndIdsAreTheEventsAreInOneForm() throws Exception {
        String content = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}";
        String finish = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
        String sent = "\uFEFF: PROCESSING\r\n\r\nid: x\r\ndata: " + content + "\r\n\r\nretry: 5\r\n\r\n: again\r\n\r\n"
                + "data:" + finish + "\rid\r\rdata: [DONE]\n\n";
        String expected = "id: 0\ndata: " + content + "\n\nid: 1\ndata:" + finish + "\n\nid: 2\ndata: [DONE]\n\n";
        for (int size : new int[] {1, 3, 7, 1000}) {
            StringBuilder chunks = new StringBuilder(Script.STREAM);
            for (int at = 0; at < sent.length(); at += size) {
                chunks.append(Script.chunk(sent.substring(at, Math.min(sent.length(), at + size))));
            }
            fixture.simulator.play(
                    Script.playing(Script.send(chunks + Script.LAST_CHUNK), new dev.tidemill.simulator.RawStep.Keep()));
            Part whole = part(chat("m"), ALL);
            assertThat(whole.text()).isEqualTo(expected);
            assertThat(part(get(whole.id(), 1), ALL).text()).isEqualTo(expected.substring(expected.indexOf("id: 1")));
        }
    }

    @Test
    void whatIsNoStreamPassesAsIfNothingHadBeenAsked() throws Exception {
        Answer json = one(with(fixture.chat("m", false), RESUMABLE));
        assertThat(json.status()).isEqualTo(200);
        assertThat(json.header("x-tidemill-stream")).isNull();
        assertThat(json.body()).contains("\"object\":\"chat.completion\"");
        Answer refused = one(chat("sim-429"));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("x-tidemill-stream")).isNull();
        Answer usual = one(with(fixture.chat("m", true), "X-Tidemill-Resumable: false"));
        assertThat(usual.body()).startsWith("data: ").doesNotContain("id: ");
        assertThat(fixture.relay.replayLogs().streams()).isZero();
    }

    @Test
    void aHeadTellsWhetherAStreamIsThere() throws Exception {
        Part first = part(chat("sim-infinite+speed=50"), 100);
        try (HttpClient client = fixture.client()) {
            Answer head = client.send(ask("HEAD", first.id(), fixture.key)).read(true);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("x-tidemill-stream")).isEqualTo(first.id());
            assertThat(client.send(ask("HEAD", "stream_0", fixture.key))
                            .read(true)
                            .status())
                    .isEqualTo(404);
        }
        one(ask("DELETE", first.id(), fixture.key));
        fixture.atRest();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "", "1.5", "1e3", "9999999999999999999"})
    void aFromThatIsNoNumberIsRefused(String from) throws Exception {
        Part first = part(chat("sim-tokens=3"), ALL);
        Answer answer = one(get(first.id(), from));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(ErrorBody.of(answer).message())
                .isEqualTo("from: '" + from + "' (expected: the number of an event, 0 or more)");
    }

    @Test
    void aWishThatIsNeitherTrueNorFalseIsRefused() throws Exception {
        Answer answer = one(with(fixture.chat("m", true), "X-Tidemill-Resumable: maybe"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("X-Tidemill-Resumable: 'maybe' (expected: true or false)");
        assertThat(fixture.simulator.requests()).isEmpty();
    }

    @Test
    void aStreamThatNobodyCanComeBackToIsReadToItsEndWhereTheRouteSaysDetach() throws Exception {
        policy(ClientGone.DETACH, null, null, Policy.DEFAULT.resume());
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("sim-speed=200+tokens=100", true));
            assertThat(client.in().read()).isEqualTo('H');
        }
        Eventually.until(() -> fixture.relay.meters().failures(Failure.Kind.CLIENT_GONE) == 1);
        assertThat(fixture.simulator.counts().total().cancelled()).isZero();
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(100);
    }

    @Test
    void aDrainThatLosesPatienceTellsReaders() throws Exception {
        Part first = part(chat("sim-infinite+speed=100"), 100);
        try (HttpClient reader = fixture.client()) {
            reader.send(get(first.id(), 0));
            Eventually.until(() -> fixture.relay.streams().readers() == 1);
            fixture.relay.drain(Duration.ofMillis(100));
            Part read = Part.read(reader.in(), ALL);
            assertThat(read.ended()).isTrue();
            assertThat(read.events().getLast()).contains("\"code\":\"draining\"");
            assertThat(fixture.relay.running()).isZero();
        }
    }

    @Test
    void aClosedRelayCutsItsReaders() throws Exception {
        Part first = part(chat("sim-infinite+speed=100"), 100);
        try (HttpClient reader = fixture.client()) {
            reader.send(get(first.id(), 1_000_000));
            Eventually.until(() -> fixture.relay.streams().readers() == 1);
            fixture.relay.close();
            assertThat(Part.read(reader.in(), ALL).ended()).isFalse();
        }
        Eventually.until(() -> fixture.relay.streams().readers() == 0);
    }
}
