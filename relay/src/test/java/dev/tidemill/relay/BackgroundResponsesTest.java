package dev.tidemill.relay;

import static dev.tidemill.relay.Script.LAST_CHUNK;
import static dev.tidemill.relay.Script.STREAM;
import static dev.tidemill.relay.Script.chunk;
import static dev.tidemill.relay.Script.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.route.Policy;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.RawStep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses with {@code background: true}, which the provider is asked for in the foreground. */
class BackgroundResponsesTest {
    private static final Pattern ID = Pattern.compile("\"id\":\\s*\"(resp_[^\"]+)\"");
    private static final Pattern NUMBER = Pattern.compile("\"sequence_number\":(\\d+)");
    /** Takes a second. */
    private static final String SLOW = "sim-tokens=20+speed=20";

    private final KeySecret stranger = KeySecret.generate(new SplittableRandom(8));
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        fixture.directory.keys(
                new KeyRing(List.of(RelayFixture.record(fixture.key), RelayFixture.record(stranger, "another"))));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
    }

    private static String body(String model, String more) {
        return "{\"model\":\"" + model + "\",\"input\":\"Hello\",\"background\":true" + more + "}";
    }

    private String post(String model, String more) {
        return fixture.post("/v1/responses", body(model, more));
    }

    private Answer ask(String method, String path, KeySecret as) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(RelayFixture.ask(method, path, as, ""));
        }
    }

    private Answer get(String id) throws Exception {
        return ask("GET", "/v1/responses/" + id, fixture.key);
    }

    private static String id(String text) {
        Matcher id = ID.matcher(text);
        assertThat(id.find()).as(text).isTrue();
        return id.group(1);
    }

    private static List<Long> numbers(String stream) {
        List<Long> all = new ArrayList<>();
        NUMBER.matcher(stream).results().forEach(each -> all.add(Long.parseLong(each.group(1))));
        return all;
    }

    private Answer ended(String id) throws Exception {
        Answer answer = get(id);
        while (answer.body().contains("\"status\":\"in_progress\",\"background\"")) {
            Thread.sleep(20);
            answer = get(id);
        }
        return answer;
    }

    @Test
    void theResponseComesAtOnceAndIsMadeWhileNobodyListens() throws Exception {
        String id;
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(post(SLOW, ""));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.header("content-type")).isEqualTo("application/json");
            assertThat(answer.header("x-tidemill-target")).isEqualTo("sim/" + SLOW);
            assertThat(answer.body()).contains("\"object\":\"response\"").contains("\"status\":\"in_progress\"");
            id = id(answer.body());
            assertThat(client.ask(RelayFixture.ask("GET", "/v1/responses/" + id, fixture.key, ""))
                            .body())
                    .as("on the same connection")
                    .contains("\"id\":\"" + id + "\"")
                    .contains("\"status\":\"in_progress\"");
        }
        String sent = fixture.simulator.requests().getFirst().text();
        assertThat(sent).contains("\"stream\":true").doesNotContain("background");
        Answer done = ended(id);
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.body()).contains("\"status\":\"completed\"").contains("output_text");
        assertThat(fixture.simulator.requests()).as("nothing was asked again").hasSize(1);
        fixture.atRest();
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(20);
    }

    @Test
    void aStreamThatItsClientHasLeftGoesOnAndIsReadFromAnyEvent() throws Exception {
        String id;
        try (HttpClient client = fixture.client()) {
            client.send(post(SLOW, ",\"stream\":true"));
            StringBuilder seen = new StringBuilder();
            while (numbers(seen.toString()).size() < 5) {
                seen.append((char) client.in().read());
            }
            id = id(seen.toString());
        }
        String path = "/v1/responses/" + id + "?stream=true";
        Answer all = ask("GET", path, fixture.key);
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.header("content-type")).startsWith("text/event-stream");
        assertThat(all.whole()).isTrue();
        List<Long> numbers = numbers(all.body());
        assertThat(numbers)
                .isEqualTo(LongStream.range(0, numbers.size()).boxed().toList())
                .hasSizeGreaterThan(20);
        assertThat(all.body()).contains("event: response.created").contains("event: response.completed");
        for (long after = 0; after <= numbers.size(); after += 7) {
            Answer rest = ask("GET", path + "&starting_after=" + after, fixture.key);
            assertThat(numbers(rest.body()))
                    .isEqualTo(
                            LongStream.range(after + 1, numbers.size()).boxed().toList());
            assertThat(all.body()).endsWith(rest.body());
        }
        assertThat(ask("GET", path + "&starting_after=-1", fixture.key).status())
                .isEqualTo(400);
        assertThat(fixture.simulator.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsCancelledStopsAtTheProviderAndIsShownAsCancelled(boolean stream) throws Exception {
        String id;
        try (HttpClient client = fixture.client()) {
            client.send(post("sim-tokens=100000+speed=50", stream ? ",\"stream\":true" : ""));
            StringBuilder seen = new StringBuilder();
            while (!ID.matcher(seen).find()) {
                seen.append((char) client.in().read());
            }
            id = id(seen.toString());
        }
        for (int i = 0; i < 2; i++) {
            Answer cancelled = ask("POST", "/v1/responses/" + id + "/cancel", fixture.key);
            assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(200);
            assertThat(cancelled.body()).contains("\"id\":\"" + id + "\"").contains("\"status\":\"cancelled\"");
        }
        fixture.simulator.countsAtRest(Duration.ofSeconds(5));
        assertThat(get(id).body()).contains("\"status\":\"cancelled\"");
        Answer read = ask("GET", "/v1/responses/" + id + "?stream=true", fixture.key);
        assertThat(read.whole()).isTrue();
        assertThat(read.body()).contains("event: response.failed").doesNotContain("response.completed");
    }

    @Test
    void anothersIsTheSameAsNone() throws Exception {
        String id;
        try (HttpClient client = fixture.client()) {
            id = id(client.ask(post(SLOW, "")).body());
        }
        for (String path : List.of("/v1/responses/" + id, "/v1/responses/" + id + "?stream=true")) {
            assertThat(ask("GET", path, stranger).status()).isEqualTo(404);
        }
        assertThat(ask("POST", "/v1/responses/" + id + "/cancel", stranger).status())
                .isEqualTo(404);
        assertThat(ended(id).body()).contains("\"status\":\"completed\"");
        assertThat(ask("DELETE", "/v1/responses/" + id, fixture.key).status()).isEqualTo(200);
        assertThat(get(id).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim-cut-after=3+speed=20", "sim-error-event=3+speed=20"})
    void whatBreaksIsShownAsFailed(String model) throws Exception {
        String id;
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(post(model, ""));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            id = id(answer.body());
        }
        fixture.atRest();
        Answer read = ask("GET", "/v1/responses/" + id + "?stream=true", fixture.key);
        assertThat(read.whole()).isTrue();
        assertThat(read.body()).contains("event: error").doesNotContain("response.completed");
        assertThat(numbers(read.body())).doesNotHaveDuplicates().isSorted();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRefusalIsARefusal(boolean stream) throws Exception {
        try (HttpClient client = fixture.client()) {
            String more = ",\"stream\":" + stream;
            Answer answer = client.ask(post("sim-400;message=too much water", more));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("content-type")).isEqualTo("application/json");
            assertThat(answer.body()).contains("too much water");
            assertThat(client.ask(post("sim-close", more)).status()).isEqualTo(502);
            assertThat(client.ask(post("sim-ok", more)).status()).isEqualTo(200);
        }
    }

    @Test
    void eventsWithoutNumbersGetThem() throws Exception {
        String response = "\"response\":{\"id\":\"resp_n\",\"object\":\"response\",\"status\":\"";
        fixture.simulator.play(Script.playing(
                send(STREAM
                        + chunk("data: {\"type\":\"response.created\"," + response + "in_progress\"}}\r\n\r\n")
                        + chunk("id: 9\nevent: response.output_text.delta\ndata: {\"type\":"
                                + "\"response.output_text.delta\",\ndata: \"delta\":\"a\"}\n\n")
                        + chunk(": comment\n\n")
                        + chunk("data: {\"type\":\"response.completed\"," + response + "completed\"}}\n\n")
                        + LAST_CHUNK),
                new RawStep.Keep()));
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(post("m", ",\"stream\":true"));
            assertThat(answer.body()).isEqualTo("""
                    event: response.created
                    data: {"sequence_number":0,"type":"response.created",%1$sin_progress"}}

                    event: response.output_text.delta
                    data: {"sequence_number":1,"type":"response.output_text.delta",
                    data: "delta":"a"}

                    event: response.completed
                    data: {"sequence_number":2,"type":"response.completed",%1$scompleted"}}

                    """.formatted(response));
        }
        fixture.simulator.behave(Behaviour.plain());
        assertThat(numbers(ask("GET", "/v1/responses/resp_n?stream=true&starting_after=0", fixture.key)
                        .body()))
                .containsExactly(1L, 2L);
    }

    /** And not from the id, which leaves before it. */
    @Test
    void theFirstContentIsWaitedForFromTheSend() throws Exception {
        fixture.directory.routes(RelayFixture.routes(
                2,
                List.of(RelayFixture.provider("sim", fixture.simulator.baseUrl())),
                Policies.clocks(0, 0, 1000, 0, 0, 0)));
        String response = "\"response\":{\"id\":\"resp_n\",\"object\":\"response\",\"status\":\"";
        fixture.simulator.play(Script.playing(
                Script.sleep(600),
                send(STREAM + chunk("data: {\"type\":\"response.created\"," + response + "in_progress\"}}\n\n")),
                Script.sleep(600),
                send(chunk("data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\n")
                        + chunk("data: {\"type\":\"response.completed\"," + response + "completed\"}}\n\n")
                        + LAST_CHUNK)));
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(post("m", ",\"stream\":true")).body())
                    .contains("timeout_first_content")
                    .doesNotContain("response.completed");
        }
    }

    @Test
    void anIdIsRecordedBeforeItIsToldThoughTheAnswerIsNotStored() throws Exception {
        try (HttpClient client = fixture.client()) {
            String id = id(client.ask(post(SLOW, ",\"store\":false")).body());
            ResponseRecord record = fixture.responses.all().get(List.of("default", "default", id));
            assertThat(record).isNotNull();
            assertThat(ended(id).body()).contains("\"status\":\"completed\"");
        }
        fixture.atRest();
        fixture.responses.fails = true;
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(post("sim-ok", ""));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("response_not_recorded").doesNotContain("resp_");
        }
    }

    private static final String CREATED =
            "data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_h\",\"object\":\"response\",\n"
                    + "data: \"status\":\"in_progress\",\"error\":null}}\n\n";

    private static String delta(String text) {
        return "data: {\"type\":\"response.output_text.delta\",\"delta\":\"" + text + "\"}\n\n";
    }

    /** A fixture whose provider is fed by hand, or keeps little. */
    private void reopen(String baseUrl, Policy.Resume resume) throws Exception {
        fixture.close();
        Policy usual = Policies.ONCE;
        Policy policy = new Policy(
                usual.clocks(),
                usual.retry(),
                usual.breaker(),
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                resume);
        fixture = new RelayFixture(RelayOptions.defaults(), policy, Exchange.LIFE, List.of());
        if (!baseUrl.isEmpty()) {
            fixture.directory.routes(RelayFixture.routes(2, List.of(RelayFixture.provider("hand", baseUrl)), policy));
        }
    }

    /** Asks, and leaves as soon as it has been told the id. */
    private String leave(String model, String more) throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(post(model, more));
            StringBuilder seen = new StringBuilder();
            while (!ID.matcher(seen).find()) {
                seen.append((char) client.in().read());
            }
            return id(seen.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void whatOutgrowsItsLogIsStillShownAndCancelled(String stream) throws Exception {
        reopen("", new Policy.Resume(8_000, Duration.ofMinutes(1)));
        String id = leave("sim-infinite+speed=500", stream);
        Eventually.until(() -> fixture.relay.replayLogs().lost() == 1);
        assertThat(get(id).body()).contains("\"id\":\"" + id + "\"").contains("\"status\":\"in_progress\"");
        Answer events = ask("GET", "/v1/responses/" + id + "?stream=true", fixture.key);
        assertThat(events.status()).isEqualTo(404);
        assertThat(events.body()).contains("response_events_not_kept").contains("expected");
        assertThat(fixture.simulator.requests())
                .as("the provider was not asked")
                .hasSize(1);
        assertThat(ask("POST", "/v1/responses/" + id + "/cancel", fixture.key).body())
                .contains("\"status\":\"cancelled\"");
        assertThat(fixture.simulator.countsAtRest(Duration.ofSeconds(5)).total().cancelled())
                .isEqualTo(1);
        assertThat(get(id).body()).contains("\"status\":\"cancelled\"");
    }

    @Test
    void whatOutgrowsItsLogIsMadeToItsEndAllTheSame() throws Exception {
        reopen("", new Policy.Resume(16_000, Duration.ofMinutes(1)));
        String id = leave("sim-tokens=200+speed=400", "");
        fixture.atRest();
        assertThat(fixture.relay.replayLogs().lost()).isEqualTo(1);
        assertThat(get(id).body()).contains("\"status\":\"completed\"").contains("output_text");
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(200);
    }

    @Test
    void whatOutgrowsEvenThatEndsWhenNobodyIsThere() throws Exception {
        try (HandFedProvider provider = new HandFedProvider()) {
            reopen(provider.baseUrl(), new Policy.Resume(4_096, Duration.ofMinutes(1)));
            try (HttpClient client = fixture.client()) {
                client.send(post("m", ""));
                provider.accept().request();
                provider.send(STREAM + chunk(CREATED));
                assertThat(client.read(false).status()).isEqualTo(200);
            }
            String whole = CREATED.replace("resp_h\"", "resp_h\",\"instructions\":\"" + "x".repeat(5_000) + "\"");
            provider.send(chunk(whole)).leftAlone();
        }
        fixture.atRest();
        assertThat(fixture.relay.meters().failures(Failure.Kind.CLIENT_GONE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void whatCannotBeKeptIsRefusedBeforeItsIdIsTold(String stream) throws Exception {
        reopen("", new Policy.Resume(1 << 20, Duration.ofMinutes(1), 1));
        String first = leave("sim-infinite+speed=50", "");
        try (HttpClient client = fixture.client()) {
            Answer refused = client.ask(post("sim-infinite+speed=50", stream));
            assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            assertThat(refused.header("x-should-retry")).isEqualTo("false");
            assertThat(refused.body())
                    .contains("\"code\":\"response_not_kept\"")
                    .doesNotContain("resp_");
        }
        Eventually.until(() -> fixture.simulator.counts().total().cancelled() == 1);
        assertThat(ask("POST", "/v1/responses/" + first + "/cancel", fixture.key)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"no slot\"}}\n\n",
                "data: {\"error\":{\"message\":\"no slot\"}}\n\n",
                "error: {\"code\":500,\"message\":\"no slot\",\"type\":\"server_error\"}\n\n"
            })
    void anErrorOfTheProvidersAloneIsTheEndOfTheResponse(String error) throws Exception {
        try (HandFedProvider provider = new HandFedProvider()) {
            reopen(provider.baseUrl(), Policy.DEFAULT.resume());
            try (HttpClient client = fixture.client()) {
                client.send(post("m", ",\"stream\":true"));
                provider.accept().request();
                provider.send(STREAM + chunk(CREATED));
                Unchunked.head(client.in());
                Unchunked events = new Unchunked(client.in());
                StringBuilder seen = new StringBuilder();
                while (seen.indexOf("\n\n") < 0) {
                    seen.append((char) events.read());
                }
                provider.send(chunk(delta("a")) + chunk(error) + LAST_CHUNK);
                seen.append(new String(events.readAllBytes(), StandardCharsets.UTF_8));
                assertThat(seen.toString()).contains("no slot").contains("event: response.failed");
                Answer read = ask("GET", "/v1/responses/resp_h?stream=true", fixture.key);
                assertThat(read.whole()).isTrue();
                assertThat(read.body()).isEqualTo(seen.toString());
            }
        }
        assertThat(get("resp_h").body())
                .contains("\"id\":\"resp_h\"")
                .contains("\"status\":\"failed\"")
                .contains("\"error\":{\"code\":\"server_error\"");
    }

    @Test
    void anErrorOfOursIsNumberedOnWhereTheProviderGivesNoNumbers() throws Exception {
        try (HandFedProvider provider = new HandFedProvider()) {
            reopen(provider.baseUrl(), Policy.DEFAULT.resume());
            try (HttpClient client = fixture.client()) {
                client.send(post("m", ""));
                provider.accept().request();
                provider.send(STREAM + chunk(CREATED));
                assertThat(client.read(false).status()).isEqualTo(200);
                provider.send(chunk(delta("a")) + chunk(delta("b"))).hangUp();
            }
        }
        fixture.atRest();
        assertThat(numbers(ask("GET", "/v1/responses/resp_h?stream=true", fixture.key)
                        .body()))
                .containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(ask("GET", "/v1/responses/resp_h?stream=true&starting_after=2", fixture.key)
                        .body())
                .contains("event: error")
                .contains("event: response.failed");
        assertThat(get("resp_h").body()).contains("\"status\":\"failed\"");
    }

    @Test
    void aStreamIsComeBackToByItsResponsesIdAlone() throws Exception {
        String id;
        try (HttpClient client = fixture.client()) {
            client.send(post(SLOW, ",\"stream\":true").replaceFirst("host:", "X-Tidemill-Resumable: true\r\nhost:"));
            assertThat(Unchunked.head(client.in())).contains(" 200 ").doesNotContainIgnoringCase("x-tidemill-stream");
            StringBuilder seen = new StringBuilder();
            while (!ID.matcher(seen).find()) {
                seen.append((char) client.in().read());
            }
            id = id(seen.toString());
        }
        assertThat(fixture.relay.replayLogs().streams()).isEqualTo(1);
        assertThat(ask("GET", "/v1/responses/" + id + "?stream=true", fixture.key)
                        .body())
                .contains("event: response.completed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"id\":\"resp_i\",", ""})
    void aProviderThatChangesTheIdIsReadByTheOneToldFirst(String other) throws Exception {
        try (HandFedProvider provider = new HandFedProvider()) {
            reopen(provider.baseUrl(), Policy.DEFAULT.resume());
            try (HttpClient client = fixture.client()) {
                client.send(post("m", ""));
                provider.accept().request();
                provider.send(STREAM
                        + chunk(CREATED.replace("\"id\":\"resp_h\",", ""))
                        + chunk(CREATED.replace("created", "in_progress")));
                assertThat(client.read(false).body()).contains("\"id\":\"resp_h\"");
                provider.send(chunk(CREATED.replace("response.created", "response.completed")
                                .replace("in_progress", "completed")
                                .replace("\"id\":\"resp_h\",", other))
                        + LAST_CHUNK);
            }
            fixture.atRest();
        }
        assertThat(get("resp_h").body())
                .contains("\"id\":\"resp_h\"")
                .contains("\"status\":\"completed\"")
                .doesNotContain("resp_i");
    }

    @Test
    void aResponseWithoutAnIdIsGivenWhenItIsMade() throws Exception {
        try (HandFedProvider provider = new HandFedProvider();
                HttpClient client = client(provider)) {
            client.send(post("m", ""));
            provider.accept().request();
            String nameless = CREATED.replace("\"id\":\"resp_h\",", "");
            provider.send(STREAM
                    + chunk(nameless)
                    + chunk(delta("a"))
                    + chunk(nameless.replace("response.created", "response.completed")
                            .replace("in_progress", "completed"))
                    + LAST_CHUNK);
            Answer answer = client.read(false);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("\"status\":\"completed\"");
            fixture.atRest();
        }
    }

    private HttpClient client(HandFedProvider provider) throws Exception {
        reopen(provider.baseUrl(), Policy.DEFAULT.resume());
        return fixture.client();
    }

    @Test
    void theKeysLimitsAreOnTheAnswer() throws Exception {
        Key key = RelayFixture.record(fixture.key);
        fixture.directory.keys(new KeyRing(List.of(new Key(
                key.id(),
                key.name(),
                key.organization(),
                key.project(),
                key.digest(),
                key.models(),
                9,
                0,
                0,
                key.created(),
                null,
                null))));
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(post("sim-ok", ""));
            assertThat(answer.header("x-ratelimit-limit-requests")).isEqualTo("9");
            assertThat(answer.header("x-ratelimit-remaining-requests")).isEqualTo("8");
        }
    }
}
