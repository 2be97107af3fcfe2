package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.health.Health;
import dev.tidemill.core.health.RetryBudget;
import dev.tidemill.core.health.TargetState;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Quota;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.relay.exchange.Step;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.meter.AdmissionMeters;
import dev.tidemill.relay.meter.AdmissionMeters.Line;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import dev.tidemill.simulator.Behaviour;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What all who ask for a model, or are served with a provider's credential, may do together by the configuration. */
@ExtendWith(NothingLeaks.class)
class SharedLimitsTest {
    private static final Quota NONE = Quota.NONE;
    private static final Quota ONE_AT_ONCE = new Quota(0, 0, 1);
    private static final String HOLDS = "sim-ttft=60s";

    private final KeySecret a = KeySecret.generate(new SplittableRandom(1));
    private final KeySecret b = KeySecret.generate(new SplittableRandom(2));
    private RelayFixture fixture;
    private long generation = 2;

    @BeforeEach
    void start() throws Exception {
        begin(new RelayFixture());
    }

    private void begin(RelayFixture next) {
        fixture = next;
        keys(0, 0);
    }

    /** The two keys and how many requests each may have at once, 0: any number. */
    private void keys(long atOnceA, long atOnceB) {
        fixture.directory.keys(new KeyRing(List.of(key(a, "a", atOnceA), key(b, "b", atOnceB))));
    }

    private static Key key(KeySecret secret, String name, long atOnce) {
        return new Key(
                secret.id(),
                name,
                "default",
                "default",
                secret.digest(),
                List.of(),
                0,
                0,
                atOnce,
                Instant.EPOCH,
                null,
                null);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        fixture.atRest();
        AdmissionMeters meters = fixture.relay.limits().meters();
        for (Priority priority : Priority.values()) {
            for (Line line : Line.values()) {
                assertThat(meters.waiting(line, priority)).isZero();
            }
        }
        assertThat(fixture.relay.limits().targets())
                .allSatisfy(target -> assertThat(target.inFlight()).isZero());
        fixture.close();
    }

    /** Model {@code *} with limits at a provider with limits for each of its keys; {@code free} there, and it has none itself. */
    private void route(Quota model, Quota credential, String... credentials) {
        Provider provider = provider("sim", credential, credentials);
        fixture.directory.routes(new Routes(
                generation++,
                List.of(provider),
                List.of(
                        new Model("*", List.of(Target.of(provider)), Policies.ONCE, model),
                        new Model("free", List.of(Target.of(provider)), Policies.ONCE),
                        new Model(
                                "free-holds",
                                List.of(new Target(provider, HOLDS, "", 1, 1, false, 0)),
                                Policies.ONCE))));
    }

    private Provider provider(String name, Quota limits, String... credentials) {
        return new Provider(
                name,
                Protocol.OPENAI,
                URI.create(fixture.simulator.baseUrl()),
                List.of(credentials),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK,
                Provider.Pool.DEFAULT,
                limits);
    }

    private String chat(KeySecret as, String model, String... headers) {
        String body = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]"
                + (model.equals(HOLDS) || model.equals("free-holds") ? ",\"stream\":true" : "") + "}";
        StringBuilder more = new StringBuilder();
        for (String header : headers) {
            more.append(header).append("\r\n");
        }
        return RelayFixture.ask("POST", "/v1/chat/completions", as, body)
                .replaceFirst("content-type", more + "content-type");
    }

    private LineRequest line(KeySecret owner, String model) {
        return new LineRequest(
                owner.id(),
                "/v1/chat/completions",
                ("{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")
                        .getBytes(StandardCharsets.UTF_8),
                "tidemill-b1-1");
    }

    private void running(int count) throws Exception {
        Eventually.until(() -> fixture.simulator.counts().running() == count);
    }

    private void waiting(Line line, Priority priority, int count) throws Exception {
        Eventually.until(() -> fixture.relay.limits().meters().waiting(line, priority) == count);
    }

    private List<String> order() {
        return fixture.simulator.requests().stream()
                .map(seen -> seen.text().replaceAll("(?s).*\"model\":\"([^\"]*)\".*", "$1"))
                .toList();
    }

    private long refused(Reason reason) {
        return fixture.relay.limits().meters().refused(reason, Priority.NORMAL);
    }

    // A model's

    @Test
    void theModelsLimitIsOneForAllKeysAndNamedToWhoeverMeetsIt() throws Exception {
        route(new Quota(2, 0, 0), NONE);
        try (HttpClient client = fixture.client()) {
            Answer first = client.ask(chat(a, "one"));
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.header("x-ratelimit-limit-requests"))
                    .as("they are the key's")
                    .isNull();
            assertThat(client.ask(chat(b, "two")).status()).isEqualTo(200);
            Answer third = client.ask(chat(a, "three"));
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.header("retry-after")).matches("30|29");
            assertThat(third.header("x-ratelimit-limit-requests")).isNull();
            ErrorBody error = ErrorBody.of(third.body());
            assertThat(error.code()).isEqualTo("rate_limit_exceeded");
            assertThat(error.message())
                    .startsWith("the model '*' has reached its limit of 2 requests a minute")
                    .contains("0 left")
                    .contains("Try again in");
            assertThat(client.ask(chat(a, "free")).status()).isEqualTo(200);
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(3);
        assertThat(refused(Reason.MODEL_REQUESTS)).isEqualTo(1);
        assertThat(fixture.relay.limits().keys()).as("keys that are counted").isZero();
    }

    @Test
    void tokensOfAModelAreTruedUpAndWhatIsOwedIsPaidByWhoeverComesNext() throws Exception {
        route(new Quota(0, 1_000, 0), NONE);
        try (HttpClient client = fixture.client()) {
            fixture.simulator.behave(Behaviour.of("tokens=10"));
            assertThat(client.ask(chat(a, "m")).status()).isEqualTo(200);
            assertThat(client.ask(chat(b, "m")).status())
                    .as("what the first did not use was given back")
                    .isEqualTo(200);
            fixture.simulator.behave(Behaviour.of("tokens=3000"));
            assertThat(client.ask(chat(a, "m")).status()).isEqualTo(200);
            Answer owing = client.ask(chat(b, "m"));
            assertThat(owing.status()).isEqualTo(429);
            assertThat(Integer.parseInt(owing.header("retry-after"))).isGreaterThan(30);
            assertThat(ErrorBody.of(owing.body()).message())
                    .startsWith("the model '*' has reached its limit of 1000 tokens a minute");
        }
        assertThat(refused(Reason.MODEL_TOKENS)).isEqualTo(1);
    }

    @Test
    void exactlyTheBurstGetsInWhenManyKeysComeAtOnce() throws Exception {
        route(new Quota(10, 0, 0), NONE);
        AtomicInteger good = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        Together.run(32, i -> {
            try (HttpClient client = fixture.client()) {
                Answer answer = client.ask(chat(i % 2 == 0 ? a : b, "m", "x-tidemill-timeout: 3s"));
                (answer.status() == 200 ? good : told).incrementAndGet();
            }
        });
        assertThat(good.get()).isEqualTo(10);
        assertThat(told.get()).isEqualTo(22);
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(10);
    }

    @Test
    void neverMoreAtOnceThanTheModelAndEachKeyMayHaveAndNobodyIsForgotten() throws Exception {
        AtomicInteger in = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger ofKeyA = new AtomicInteger();
        AtomicInteger mostOfKeyA = new AtomicInteger();
        List<Phase> life = new ArrayList<>(Exchange.LIFE);
        life.add(life.size() - 1, exchange -> {
            in.decrementAndGet();
            ofKeyA.addAndGet(exchange.key().name().equals("a") ? -1 : 0);
            return Step.NEXT;
        });
        int admit = Exchange.LIFE.stream().map(Phase::phaseName).toList().indexOf("admit");
        life.add(admit + 1, exchange -> {
            most.accumulateAndGet(in.incrementAndGet(), Math::max);
            mostOfKeyA.accumulateAndGet(ofKeyA.addAndGet(exchange.key().name().equals("a") ? 1 : 0), Math::max);
            return Step.NEXT;
        });
        fixture.close();
        begin(new RelayFixture(RelayOptions.defaults(), Policies.ONCE, life, List.of()));
        keys(2, 0);
        route(new Quota(0, 0, 3), NONE);
        fixture.simulator.behave(Behaviour.of("ttft=5ms+tokens=5"));
        AtomicInteger good = new AtomicInteger();
        Together.run(24, i -> {
            try (HttpClient client = fixture.client()) {
                for (int j = 0; j < 20; j++) {
                    good.addAndGet(client.ask(chat(i % 2 == 0 ? a : b, "m")).status() == 200 ? 1 : 0);
                }
            }
        });
        assertThat(good.get()).isEqualTo(24 * 20);
        assertThat(most.get()).isEqualTo(3);
        assertThat(mostOfKeyA.get()).isEqualTo(2);
        assertThat(fixture.relay.limits().meters().waited(Line.MODEL).count()).isPositive();
    }

    @Test
    void keysTakeTurnsInTheModelsLine() throws Exception {
        route(ONE_AT_ONCE, NONE);
        List<HttpClient> clients = new ArrayList<>();
        try (HttpClient holds = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            for (String name : List.of("a1", "a2", "a3", "b1", "b2")) {
                HttpClient client = fixture.client();
                clients.add(client);
                client.send(chat(name.startsWith("a") ? a : b, name));
                waiting(Line.MODEL, Priority.NORMAL, clients.size());
            }
            holds.close();
            for (HttpClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
                client.close();
            }
        }
        assertThat(order()).containsExactly(HOLDS, "a1", "b1", "a2", "b2", "a3");
    }

    @Test
    void whoeverIsStoppedByHisOwnKeysLimitHoldsUpNobody() throws Exception {
        keys(1, 0);
        route(new Quota(0, 0, 2), NONE);
        List<HttpClient> stopped = new ArrayList<>();
        try (HttpClient holds = fixture.client();
                HttpClient other = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            for (int i = 1; i <= 5; i++) {
                HttpClient client = fixture.client();
                stopped.add(client);
                client.send(chat(a, "a" + i, "x-tidemill-priority: high"));
                waiting(Line.MODEL, Priority.HIGH, i);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(other.ask(chat(b, "b", "x-tidemill-priority: low")).status())
                        .isEqualTo(200);
            }
            waiting(Line.MODEL, Priority.HIGH, 5);
            holds.close();
            for (HttpClient client : stopped) {
                assertThat(client.read().status()).isEqualTo(200);
                client.close();
            }
        }
        assertThat(order().subList(21, 26)).containsExactly("a1", "a2", "a3", "a4", "a5");
    }

    @Test
    void whatAKeyGivesBackGoesToItsOwnInTheLineOfAnyModel() throws Exception {
        keys(1, 0);
        route(new Quota(0, 0, 5), NONE);
        try (HttpClient holds = fixture.client();
                HttpClient limited = fixture.client();
                HttpClient free = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            limited.send(chat(a, "m"));
            waiting(Line.MODEL, Priority.NORMAL, 1);
            free.send(chat(a, "free"));
            waiting(Line.KEY, Priority.NORMAL, 1);
            holds.close();
            assertThat(limited.read().status()).isEqualTo(200);
            assertThat(free.read().status()).isEqualTo(200);
        }
    }

    @Test
    void editedLimitsCountAtOnceAndWhatIsOwedStays() throws Exception {
        route(new Quota(2, 0, 1), NONE);
        try (HttpClient holds = fixture.client();
                HttpClient waits = fixture.client();
                HttpClient later = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            waits.send(chat(b, "m"));
            waiting(Line.MODEL, Priority.NORMAL, 1);
            route(new Quota(2, 0, 2), NONE);
            assertThat(waits.read().status())
                    .as("without anybody else who comes or goes")
                    .isEqualTo(200);
            Eventually.until(() -> fixture.relay.running() == 1); // its place is given back after its answer has left
            route(new Quota(2, 0, 2), NONE);
            assertThat(later.ask(chat(b, "m", "x-tidemill-timeout: 3s")).status())
                    .as("two were taken before the reload")
                    .isEqualTo(429);
            route(NONE, NONE);
            assertThat(later.ask(chat(b, "m")).status()).isEqualTo(200);
            route(ONE_AT_ONCE, NONE);
            later.send(chat(b, "m"));
            waiting(Line.MODEL, Priority.NORMAL, 1);
            holds.close();
            assertThat(later.read().status()).isEqualTo(200);
        }
    }

    @Test
    void aBatchLineStandsInTheModelsLineBehindLiveRequests() throws Exception {
        route(ONE_AT_ONCE, NONE);
        BlockingQueue<LineAnswer> answers = new LinkedBlockingQueue<>();
        try (HttpClient holds = fixture.client();
                HttpClient live = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            fixture.relay.lines().run(line(a, "the-line"), answers::add);
            waiting(Line.MODEL, Priority.LOW, 1);
            live.send(chat(b, "live"));
            waiting(Line.MODEL, Priority.NORMAL, 1);
            holds.close();
            assertThat(live.read().status()).isEqualTo(200);
        }
        assertThat(Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS)).status())
                .isEqualTo(200);
        assertThat(order()).containsExactly(HOLDS, "live", "the-line");
    }

    // A credential's

    private String inSession(String model) {
        return RelayFixture.ask(
                "POST",
                "/v1/chat/completions",
                a,
                "{\"model\":\"" + model
                        + "\",\"prompt_cache_key\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");
    }

    private List<String> sentWith() {
        return fixture.simulator.requests().stream()
                .map(seen -> String.valueOf(seen.header("authorization")))
                .toList();
    }

    @Test
    void whatBelongsTogetherGoesToTheNextCredentialWhenItsOwnIsAtItsLimit() throws Exception {
        route(NONE, ONE_AT_ONCE, "sk-1", "sk-2");
        try (HttpClient first = fixture.client();
                HttpClient second = fixture.client();
                HttpClient waits = fixture.client()) {
            first.send(inSession(HOLDS));
            running(1);
            second.send(inSession(HOLDS));
            running(2);
            waits.send(inSession("m"));
            waiting(Line.UPSTREAM, Priority.NORMAL, 1);
            second.close();
            assertThat(waits.read().status()).isEqualTo(200);
        }
        List<String> sent = sentWith();
        assertThat(sent.subList(0, 2)).containsExactlyInAnyOrder("Bearer sk-1", "Bearer sk-2");
        assertThat(sent.get(2)).as("the one that became free").isEqualTo(sent.get(1));
    }

    @Test
    void aRefusedCredentialAtItsLimitIsTriedByTheNextWhoMayUseIt() throws Exception {
        route(NONE, ONE_AT_ONCE, "sk-1", "sk-2");
        try (HttpClient holds = fixture.client();
                HttpClient client = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            String held = sentWith().getFirst();
            long anHourAgo = System.nanoTime() - 3_600_000_000_000L;
            Health health = fixture.relay.health();
            Provider first = fixture.directory.routes().providers().getFirst();
            health.credentials(first, health.target(first.name(), "m", Policy.DEFAULT, anHourAgo))
                    .refused(held.endsWith("1") ? 0 : 1, anHourAgo, "401");
            assertThat(client.ask(chat(b, "m")).status()).isEqualTo(200);
            assertThat(sentWith().getLast()).isNotEqualTo(held);
            holds.close();
            Eventually.until(() -> fixture.relay.running() == 0);
            assertThat(client.ask(chat(b, "m")).status()).isEqualTo(200);
            assertThat(sentWith().getLast()).isEqualTo(held);
        }
    }

    @Test
    void whatOnlyWaitsForATargetEarnsItNoRetries() throws Exception {
        route(NONE, ONE_AT_ONCE, "sk-1");
        List<HttpClient> clients = new ArrayList<>();
        try (HttpClient holds = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            for (int i = 1; i <= 20; i++) {
                HttpClient client = fixture.client();
                clients.add(client);
                client.send(chat(b, "m"));
                waiting(Line.UPSTREAM, Priority.NORMAL, i);
            }
            assertThat(fixture.relay.health().targets(System.nanoTime()))
                    .filteredOn(target -> target.model().equals("m"))
                    .extracting(TargetState::retriesLeft)
                    .containsExactly(RetryBudget.FLOOR);
        }
        for (HttpClient client : clients) {
            client.close();
        }
    }

    @Test
    void whoeverATargetHasThrottledStandsInTheNextOnesLineInsteadOfAskingItAgain() throws Exception {
        Provider first = provider("first", NONE);
        Provider second = provider("second", ONE_AT_ONCE);
        fixture.directory.routes(new Routes(
                generation++,
                List.of(first, second),
                List.of(
                        new Model(
                                "m",
                                List.of(
                                        new Target(first, "sim-429", "", 1, 1, false, 0),
                                        new Target(second, "sim-ok", "", 2, 1, false, 0)),
                                Policy.DEFAULT),
                        new Model("holds", List.of(new Target(second, HOLDS, "", 1, 1, false, 0)), Policies.ONCE))));
        try (HttpClient holds = fixture.client();
                HttpClient client = fixture.client()) {
            holds.send(chat(a, "holds"));
            running(1);
            client.send(chat(b, "m"));
            waiting(Line.UPSTREAM, Priority.NORMAL, 1);
            holds.close();
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-tidemill-target")).isEqualTo("second/sim-ok");
            assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
        }
    }

    @Test
    void aCredentialAtItsLimitLeavesTheNextOneThenTheNextTargetThenTheLine() throws Exception {
        Provider first = provider("first", ONE_AT_ONCE, "sk-1", "sk-2");
        Provider second = provider("second", ONE_AT_ONCE);
        fixture.directory.routes(new Routes(
                generation++,
                List.of(first, second),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(first, HOLDS, "", 1, 1, false, 0),
                                new Target(second, HOLDS, "", 2, 1, false, 0)),
                        Policies.ONCE))));
        List<HttpClient> clients = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            HttpClient client = fixture.client();
            clients.add(client);
            client.send(chat(a, "m"));
            running(i);
        }
        List<String> sent = new ArrayList<>();
        fixture.simulator.requests().forEach(seen -> sent.add(String.valueOf(seen.header("authorization"))));
        assertThat(sent.subList(0, 2)).containsExactlyInAnyOrder("Bearer sk-1", "Bearer sk-2");
        assertThat(sent.get(2)).as("the second provider has no keys").isEqualTo("null");
        try (HttpClient fourth = fixture.client()) {
            fourth.send(chat(b, "m"));
            waiting(Line.UPSTREAM, Priority.NORMAL, 1);
            clients.getFirst().close();
            waiting(Line.UPSTREAM, Priority.NORMAL, 0);
            running(3);
        }
        for (HttpClient client : clients) {
            client.close();
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(4);
    }

    @Test
    void aCredentialsLimitIsOneForAllModels() throws Exception {
        route(NONE, ONE_AT_ONCE, "sk-1");
        try (HttpClient holds = fixture.client();
                HttpClient other = fixture.client()) {
            holds.send(chat(a, HOLDS));
            running(1);
            other.send(chat(b, "free"));
            waiting(Line.UPSTREAM, Priority.NORMAL, 1);
            holds.close();
            assertThat(other.read().status()).isEqualTo(200);
        }
    }

    @Test
    void tokensOfACredentialAreTruedUp() throws Exception {
        route(NONE, new Quota(0, 1_000, 0), "sk-1");
        try (HttpClient client = fixture.client()) {
            fixture.simulator.behave(Behaviour.of("tokens=10"));
            assertThat(client.ask(chat(a, "m")).status()).isEqualTo(200);
            assertThat(client.ask(chat(a, "sim-500")).status()).isEqualTo(500);
            assertThat(client.ask(chat(a, "free")).status())
                    .as("what was not used was given back")
                    .isEqualTo(200);
            fixture.simulator.behave(Behaviour.of("tokens=3000"));
            assertThat(client.ask(chat(a, "m")).status()).isEqualTo(200);
            Answer owing = client.ask(chat(a, "free"));
            assertThat(owing.status()).isEqualTo(429);
            assertThat(ErrorBody.of(owing.body()).code()).isEqualTo("upstream_rate_limited");
            assertThat(Integer.parseInt(owing.header("retry-after"))).isGreaterThan(30);
            route(NONE, new Quota(0, 1_000, 0), "sk-1");
            assertThat(client.ask(chat(a, "m")).status()).as("remembered").isEqualTo(429);
            route(NONE, new Quota(0, 1_000, 0), "sk-1", "sk-2");
            assertThat(client.ask(chat(a, "m")).status())
                    .as("the other key owes nothing")
                    .isEqualTo(200);
        }
        assertThat(refused(Reason.UPSTREAM)).isEqualTo(2);
    }

    @Test
    void exactlyTheBurstIsSentWithACredentialWhenManyComeAtOnce() throws Exception {
        route(NONE, new Quota(10, 0, 0), "sk-1");
        AtomicInteger good = new AtomicInteger();
        Together.run(32, i -> {
            try (HttpClient client = fixture.client()) {
                String model = i % 2 == 0 ? "m" : "free";
                Answer answer = client.ask(chat(a, model, "x-tidemill-timeout: 3s"));
                good.addAndGet(answer.status() == 200 ? 1 : 0);
            }
        });
        assertThat(good.get()).isEqualTo(10);
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(10);
    }

    // Both

    @Test
    void noPermitIsLostInAThousandRequestsThatBreakInAllWays() throws Exception {
        keys(7, 0);
        route(new Quota(0, 0, 6), new Quota(0, 0, 4), "sk-1", "sk-2");
        long seed = Long.getLong("tidemill.seed", System.nanoTime());
        SplittableRandom seeds = new SplittableRandom(seed);
        List<SplittableRandom> randoms = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            randoms.add(seeds.split());
        }
        System.out.println("seed " + seed);
        Together.run(20, i -> {
            for (int j = 0; j < 50; j++) {
                one(randoms.get(i));
            }
        });
        fixture.atRest();
        List<HttpClient> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            HttpClient client = fixture.client();
            clients.add(client);
            client.send(chat(a, HOLDS));
        }
        running(6);
        try (HttpClient seventh = fixture.client()) {
            seventh.send(chat(b, "m"));
            waiting(Line.MODEL, Priority.NORMAL, 1);
        }
        for (int i = 0; i < 2; i++) {
            HttpClient client = fixture.client();
            clients.add(client);
            client.send(chat(b, "free-holds"));
        }
        running(8);
        try (HttpClient ninth = fixture.client()) {
            ninth.send(chat(b, "free"));
            waiting(Line.UPSTREAM, Priority.NORMAL, 1);
        } // so all places are there, seed or not
        for (HttpClient client : clients) {
            client.close();
        }
    }

    private void one(SplittableRandom random) throws Exception {
        String model = switch (random.nextInt(10)) {
            case 0 -> "sim-500";
            case 1 -> "sim-close";
            case 2 -> "sim-cut-after=2";
            case 3 -> "sim-reset-at=200";
            case 4 -> "sim-html";
            case 5 -> "sim-error-event=2";
            case 6 -> "sim-ttft=3ms+speed=2000";
            case 7 -> "free";
            default -> "m";
        };
        try (HttpClient client = fixture.client()) {
            client.send(chat(random.nextBoolean() ? a : b, model));
            if (random.nextInt(5) == 0) {
                return; // leaves at once
            }
            assertThat(client.read().status()).isGreaterThanOrEqualTo(200);
        }
    }
}
