package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.SeenRequest;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers that a provider keeps, gone on from and asked for by their ids. Two providers behind one model, the first with two
 * keys, and two projects.
 */
class StoredResponsesTest {
    private static final Pattern ID = Pattern.compile("\"id\":\\s*\"(resp_[^\"]+)\"");

    private final KeySecret stranger = KeySecret.generate(new SplittableRandom(8));
    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        other = Simulator.start(Behaviour.plain(), 0);
        fixture.directory.keys(
                new KeyRing(List.of(RelayFixture.record(fixture.key), RelayFixture.record(stranger, "another"))));
        route(List.of("sk-1", "sk-2"));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
        other.close();
    }

    private void route(List<String> keys) {
        Provider first = provider("first", fixture.simulator, keys);
        Provider second = provider("second", other, List.of("sk-3"));
        Target there = new Target(first, "sim-tokens=5", "", 1, 1, false, 0);
        Target elsewhere = new Target(second, "sim-tokens=5", "", 2, 1, false, 0);
        fixture.directory.routes(new Routes(
                2,
                List.of(first, second),
                List.of(
                        new Model("m", List.of(there, elsewhere), Policy.DEFAULT),
                        new Model("n", List.of(elsewhere), Policy.DEFAULT))));
    }

    private static Provider provider(String name, Simulator simulator, List<String> keys) {
        URI base = URI.create(simulator.baseUrl());
        return new Provider(name, Protocol.OPENAI, base, keys, Map.of(), null, null, Provider.StreamUsage.ASK);
    }

    private Answer ask(String method, String path, KeySecret as, String body) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.send(RelayFixture.ask(method, path, as, body)).read(method.equals("HEAD"));
        }
    }

    private Answer create(String more) throws Exception {
        return ask("POST", "/v1/responses", fixture.key, "{\"model\":\"m\",\"input\":\"Hello\"" + more + "}");
    }

    private String created(boolean stream) throws Exception {
        Answer answer = create(stream ? ",\"stream\":true" : "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        Matcher id = ID.matcher(answer.body());
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private static String following(String id) {
        return ",\"previous_response_id\":\"" + id + "\"";
    }

    private SeenRequest lastSeen() {
        return fixture.simulator.requests().getLast();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anIdIsRecordedWithItsOwnerTargetAndCredentialButNotTheKeyItself(boolean stream) throws Exception {
        String id = created(stream);
        ResponseRecord record = fixture.responses.all().get(List.of("default", "default", id));
        assertThat(record.model()).isEqualTo("m");
        assertThat(record.provider()).isEqualTo("first");
        assertThat(record.upstreamModel()).isEqualTo("sim-tokens=5");
        assertThat(record.credential()).hasSize(8);
        assertThat(record.toString()).doesNotContain("sk-");
        assertThat(record.expires()).isEqualTo(record.created().plus(Duration.ofDays(30)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingLeavesBeforeTheRecordIsKept(boolean stream) throws Exception {
        CompletableFuture<Void> disk = new CompletableFuture<>();
        fixture.responses.until = disk;
        try (HttpClient client = fixture.client()) {
            client.send(
                    fixture.post("/v1/responses", "{\"model\":\"m\",\"input\":\"Hello\",\"stream\":" + stream + "}"));
            fixture.simulator.countsAtRest(Duration.ofSeconds(5));
            client.socket.setSoTimeout(200);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> client.in().read())
                    .isInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(fixture.responses.all()).isEmpty();
            client.socket.setSoTimeout(20_000);
            disk.complete(null);
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.whole()).isTrue();
            assertThat(answer.body()).contains("completed");
        }
        assertThat(fixture.responses.all()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatCannotBeRecordedIsNotDeliveredAndNotPaidForAgain(boolean stream) throws Exception {
        fixture.responses.fails = true;
        Answer answer = create(stream ? ",\"stream\":true" : "");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body())
                .contains("response_not_recorded")
                .contains("\\\"store\\\": false")
                .doesNotContain("resp_")
                .doesNotContain("disk");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
        assertThat(fixture.simulator.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsNotToBeStoredIsNotRecordedAndWaitsForNothing(boolean stream) throws Exception {
        fixture.responses.fails = true;
        assertThat(create(",\"store\":false,\"stream\":" + stream).status()).isEqualTo(200);
        assertThat(fixture.responses.all()).isEmpty();
    }

    @Test
    void aFollowUpGoesToTheTargetAndKeyThatHoldTheAnswer() throws Exception {
        for (int i = 0; i < 6; i++) {
            String id = created(i % 2 == 0);
            String key = lastSeen().header("authorization");
            Answer answer = create(following(id) + (i % 3 == 0 ? ",\"stream\":true" : ""));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(lastSeen().header("authorization")).isEqualTo(key);
            assertThat(lastSeen().text()).contains(id);
        }
        assertThat(other.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"503", "close", "401", "429;retry-after=1", "404"})
    void aFollowUpNeverFailsOver(String fault) throws Exception {
        String id = created(true);
        String key = lastSeen().header("authorization");
        fixture.simulator.reset();
        fixture.simulator.behave(Behaviour.of(fault));
        Answer answer = create(following(id));
        assertThat(answer.status()).as(answer.body()).isGreaterThanOrEqualTo(400);
        assertThat(other.requests()).isEmpty();
        assertThat(fixture.simulator.requests())
                .isNotEmpty()
                .allSatisfy(seen -> assertThat(seen.header("authorization")).isEqualTo(key));
    }

    @Test
    void aFollowUpIsTriedAgainWhereItsAnswerIs() throws Exception {
        String id = created(true);
        fixture.simulator.behave(Behaviour.of("503;times=1"));
        Answer answer = create(following(id));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        assertThat(answer.header("x-tidemill-target")).startsWith("first/");
    }

    @Test
    void aFollowUpWhoseProviderIsAwaySaysSo() throws Exception {
        String id = created(true);
        fixture.simulator.door(Door.REFUSE);
        fixture.simulator.dropConnections();
        Answer answer = create(following(id));
        assertThat(answer.status()).isIn(502, 503);
        assertThat(other.requests()).isEmpty();
        fixture.simulator.door(Door.OPEN);
    }

    @Test
    void anUnknownAForeignAndAnExpiredIdAreTheSame() throws Exception {
        String id = created(false);
        String unknown = "resp_" + "0".repeat(id.length() - 5);
        ResponseRecord old = fixture.responses.all().get(List.of("default", "default", id));
        fixture.responses
                .record(new ResponseRecord(
                        "default",
                        "another",
                        unknown,
                        "m",
                        "first",
                        "sim-tokens=5",
                        old.credential(),
                        old.created().minus(ResponseRecord.KEPT).minusSeconds(1)))
                .join();
        String body = "{\"model\":\"m\",\"input\":\"Hello\",\"previous_response_id\":\"%s\"}";
        String path = "/v1/responses/%s";
        for (List<String> call : List.of(
                List.of("POST", "/v1/responses", body),
                List.of("GET", path, ""),
                List.of("GET", path + "/input_items", ""),
                List.of("DELETE", path, ""),
                List.of("POST", path + "/cancel", ""))) {
            fixture.simulator.reset();
            List<Answer> answers = new java.util.ArrayList<>();
            for (String each : List.of(id, unknown, "resp_2")) {
                Answer answer = ask(
                        call.get(0),
                        call.get(1).formatted(each),
                        stranger,
                        call.get(2).formatted(each));
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.body()).contains("not_found").contains("'" + each + "'");
                answers.add(new Answer(404, List.of(), answer.body().replace(each, ""), true, 0));
            }
            assertThat(answers).containsOnly(answers.getFirst());
            assertThat(fixture.simulator.requests()).isEmpty();
        }
    }

    @Test
    void aResponseIsShownCancelledAndDeletedByItsOwner() throws Exception {
        String id = created(true);
        String key = lastSeen().header("authorization");
        String path = "/v1/responses/" + id;

        Answer shown =
                ask("GET", path + "?include[]=reasoning.encrypted_content&key=" + fixture.key.text(), fixture.key, "");
        assertThat(shown.status()).as(shown.body()).isEqualTo(200);
        assertThat(shown.body()).contains("\"id\":\"" + id + "\"").contains("\"status\":\"completed\"");
        assertThat(shown.header("x-tidemill-target")).isEqualTo("first/sim-tokens=5");
        assertThat(lastSeen().head())
                .startsWith("GET " + path + "?include[]=reasoning.encrypted_content HTTP/1.1\r\n")
                .doesNotContain("content-length")
                .doesNotContain(fixture.key.text());
        assertThat(lastSeen().header("authorization")).isEqualTo(key);

        Answer head = ask("HEAD", path, fixture.key, "");
        assertThat(head.status()).isEqualTo(200);

        ask("GET", path + "/input_items?limit=3&order=asc", fixture.key, "");
        assertThat(lastSeen().head()).startsWith("GET " + path + "/input_items?limit=3&order=asc HTTP/1.1\r\n");

        Answer cancelled = ask("POST", path + "/cancel", fixture.key, "");
        assertThat(cancelled.status()).isEqualTo(400);
        assertThat(cancelled.body()).contains("synchronous");

        Answer deleted = ask("DELETE", path, fixture.key, "");
        assertThat(deleted.status()).as(deleted.body()).isEqualTo(200);
        assertThat(deleted.body()).contains("\"deleted\":true");
        assertThat(lastSeen().header("authorization")).isEqualTo(key);
        assertThat(fixture.responses.all()).isEmpty();
        assertThat(ask("GET", path, fixture.key, "").status()).isEqualTo(404);
        assertThat(create(following(id)).status()).isEqualTo(404);
    }

    @Test
    void lookingAtAnAnswerCountsNoTokensAndNothingForTheTarget() throws Exception {
        String id = created(false);
        fixture.atRest();
        long tokens = fixture.relay.meters().outputTokens();
        String before = fixture.relay.health().targets(System.nanoTime()).toString();
        for (int i = 0; i < 3; i++) {
            assertThat(ask("GET", "/v1/responses/" + id, fixture.key, "").status())
                    .isEqualTo(200);
        }
        fixture.atRest();
        assertThat(fixture.relay.meters().outputTokens()).isEqualTo(tokens);
        assertThat(fixture.relay.health().targets(System.nanoTime()).toString()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%2e%2e", "..", "a%2Fb", "a%00", "a%20b", ""})
    void anIdThatIsNoNameReachesNobody(String id) throws Exception {
        for (String method : List.of("GET", "DELETE")) {
            assertThat(ask(method, "/v1/responses/" + id, fixture.key, "").status())
                    .isEqualTo(404);
        }
        assertThat(fixture.simulator.requests()).isEmpty();
    }

    @Test
    void anotherMethodIsToldWhichThereAre() throws Exception {
        Answer answer = ask("PUT", "/v1/responses/resp_1", fixture.key, "");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo("GET, HEAD, DELETE, OPTIONS");
        assertThat(ask("GET", "/v1/responses/resp_1/cancel", fixture.key, "").header("allow"))
                .isEqualTo("POST, OPTIONS");
    }

    @Test
    void aModelOfAnotherProviderCannotGoOn() throws Exception {
        String id = created(false);
        Answer answer =
                ask("POST", "/v1/responses", fixture.key, "{\"model\":\"n\",\"input\":\"x\"" + following(id) + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("previous_response_elsewhere").contains("'m'");
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void aCredentialThatIsConfiguredNoMoreTakesItsAnswersWithIt() throws Exception {
        String id = created(false);
        route(List.of("sk-9"));
        fixture.simulator.reset();
        assertThat(create(following(id)).status()).isEqualTo(404);
        assertThat(ask("GET", "/v1/responses/" + id, fixture.key, "").status()).isEqualTo(404);
        assertThat(fixture.simulator.requests()).isEmpty();
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void aStoreThatCannotBeReadIsNoUnknownId() throws Exception {
        String id = created(false);
        fixture.responses.fails = true;
        Answer answer = create(following(id));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
    }
}
