package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a key may do, seen by its callers: refused, kept waiting, or let in; and nothing of it is lost. */
@ExtendWith(NothingLeaks.class)
class KeyLimitsTest {
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        fixture.atRest();
        AdmissionMeters meters = fixture.relay.limits().meters();
        for (Priority priority : Priority.values()) {
            assertThat(meters.waiting(Line.KEY, priority)).isZero();
            assertThat(meters.waiting(Line.UPSTREAM, priority)).isZero();
        }
        assertThat(fixture.relay.limits().targets())
                .allSatisfy(target -> assertThat(target.inFlight()).isZero());
        fixture.close();
    }

    private void limit(long rpm, long tpm, long concurrency) {
        Key key = RelayFixture.record(fixture.key);
        fixture.directory.keys(new KeyRing(List.of(new Key(
                key.id(),
                key.name(),
                key.organization(),
                key.project(),
                key.digest(),
                key.models(),
                rpm,
                tpm,
                concurrency,
                key.created(),
                null,
                null))));
    }

    /** A request that says how long it waits at most, so that a longer wait is refused at once. */
    private String chat(String model, boolean stream, String... headers) {
        StringBuilder more = new StringBuilder();
        for (String header : headers) {
            more.append(header).append("\r\n");
        }
        return fixture.chat(model, stream)
                .replaceFirst("content-type", more.toString().replace("$", "\\$") + "content-type");
    }

    @Test
    void aKeyWithoutLimitsHasNoHeadersAndNoCounters() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.chat("m", false));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-ratelimit-limit-requests")).isNull();
        }
        assertThat(fixture.relay.limits().keys()).isZero();
    }

    @Test
    void moreRequestsThanAllowedAreRefusedWithTheWaitThereWouldBe() throws Exception {
        limit(2, 0, 0);
        try (HttpClient client = fixture.client()) {
            Answer first = client.ask(fixture.chat("m", false));
            assertThat(first.header("x-ratelimit-limit-requests")).isEqualTo("2");
            assertThat(first.header("x-ratelimit-remaining-requests")).isEqualTo("1");
            assertThat(first.header("x-ratelimit-reset-requests")).matches("(30|29\\.\\d+)s");
            assertThat(first.header("x-ratelimit-limit-tokens")).isNull();
            Answer second = client.ask(fixture.chat("m", true));
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.header("x-ratelimit-remaining-requests")).isEqualTo("0");
            Answer third = client.ask(fixture.chat("m", true));
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.header("retry-after")).matches("30|29");
            assertThat(third.header("x-should-retry")).isNull();
            assertThat(third.header("x-ratelimit-remaining-requests")).isEqualTo("0");
            ErrorBody error = ErrorBody.of(third.body());
            assertThat(error.type()).isEqualTo("rate_limit_error");
            assertThat(error.code()).isEqualTo("rate_limit_exceeded");
            assertThat(error.message())
                    .contains("'test'")
                    .contains("2 requests a minute")
                    .contains("0 left")
                    .contains("Try again in");
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(2);
        assertThat(fixture.relay.limits().meters().refused(Reason.KEY_REQUESTS, Priority.NORMAL))
                .isEqualTo(1);
    }

    @Test
    void callersOfAnthropicsApiAreToldInItsNamesToo() throws Exception {
        limit(2, 0, 0);
        String body = "{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        speak(Protocol.ANTHROPIC, fixture.simulator.baseUrl());
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(fixture.post("/v1/messages", body)).status()).isEqualTo(200);
            Answer second = client.ask(fixture.post("/v1/messages", body));
            assertThat(second.header("anthropic-ratelimit-requests-limit")).isEqualTo("2");
            assertThat(second.header("anthropic-ratelimit-requests-remaining")).isEqualTo("0");
            Instant reset = Instant.parse(second.header("anthropic-ratelimit-requests-reset"));
            assertThat(reset)
                    .isBetween(Instant.now().plusSeconds(30), Instant.now().plusSeconds(61));
            Answer third = client.ask(fixture.post("/v1/messages", body));
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.body()).contains("\"type\":\"rate_limit_error\"").contains("2 requests a minute");
        }
    }

    private void speak(Protocol protocol, String base) {
        Provider plain = RelayFixture.provider("sim", base);
        fixture.directory.routes(RelayFixture.routes(
                2,
                List.of(new Provider(
                        plain.name(),
                        protocol,
                        plain.baseUrl(),
                        plain.keys(),
                        Map.of(),
                        null,
                        null,
                        Provider.StreamUsage.ASK)),
                Policies.ONCE));
    }

    private long left(String path, String body) throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post(path, body));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return Long.parseLong(answer.header("x-ratelimit-remaining-tokens"));
        }
    }

    @Test
    void countingTakesNothingOfTheTokensAMinute() throws Exception {
        limit(0, 600, 0);
        speak(Protocol.ANTHROPIC, fixture.simulator.baseUrl());
        String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        assertThat(left("/v1/messages/count_tokens", body)).isEqualTo(600);
        speak(Protocol.GEMINI, fixture.simulator.origin() + "/v1beta");
        String contents = "{\"contents\":[{\"parts\":[{\"text\":\"Hello\"}]}]}";
        assertThat(left("/v1beta/models/m:countTokens", contents)).isEqualTo(600);
        assertThat(fixture.relay.meters().unknownUsage()).isZero();
    }

    @Test
    void anEmbeddingTakesItsInputAlone() throws Exception {
        limit(0, 600, 0);
        assertThat(left("/v1/embeddings", "{\"model\":\"m\",\"input\":\"Hello\"}"))
                .isBetween(500L, 600L);
    }

    @Test
    void aShortWaitIsMadeAndNotTold() throws Exception {
        limit(600, 0, 0);
        try (HttpClient client = fixture.client()) {
            for (int i = 0; i < 63; i++) {
                assertThat(client.ask(fixture.chat("m", false)).status()).isEqualTo(200);
            }
        }
        assertThat(fixture.relay.limits().meters().waited(Line.KEY).count()).isPositive();
    }

    @Test
    void tokensAreTakenByEstimateAndTruedUpAtTheEnd() throws Exception {
        limit(0, 1_000, 0);
        fixture.simulator.behave(Behaviour.of("tokens=10"));
        try (HttpClient client = fixture.client()) {
            Answer first = client.ask(fixture.chat("m", false));
            assertThat(first.header("x-ratelimit-limit-tokens")).isEqualTo("1000");
            long estimated = 1_000 - Long.parseLong(first.header("x-ratelimit-remaining-tokens"));
            assertThat(estimated).isGreaterThan(500); // the usual length of an answer, as nothing is known yet
            Answer second = client.ask(fixture.chat("m", true));
            assertThat(second.status()).isEqualTo(200); // what the first did not use was given back
            fixture.simulator.behave(Behaviour.of("tokens=3000"));
            assertThat(client.ask(fixture.chat("m", true)).status()).isEqualTo(200);
            Answer owing = client.ask(fixture.chat("m", false));
            assertThat(owing.status()).isEqualTo(429);
            assertThat(Integer.parseInt(owing.header("retry-after"))).isGreaterThan(30);
            assertThat(owing.header("x-ratelimit-remaining-tokens")).isEqualTo("0");
            assertThat(ErrorBody.of(owing.body()).message()).contains("1000 tokens a minute");
        }
    }

    @Test
    void whatTheProviderRefusedCostsNoTokens() throws Exception {
        limit(0, 1_000, 0);
        try (HttpClient client = fixture.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.ask(fixture.chat("sim-400", false)).status()).isEqualTo(400);
            }
            assertThat(client.ask(fixture.chat("m", false)).status()).isEqualTo(200);
        }
    }

    @Test
    void neverMoreAtOnceThanAllowedAndNobodyIsForgotten() throws Exception {
        fixture.close();
        AtomicInteger in = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Phase> life = new ArrayList<>(Exchange.LIFE);
        life.add(life.size() - 1, exchange -> {
            in.decrementAndGet();
            return Step.NEXT;
        });
        life.add(after("admit"), exchange -> {
            most.accumulateAndGet(in.incrementAndGet(), Math::max);
            return Step.NEXT;
        });
        fixture = new RelayFixture(RelayOptions.defaults(), Policies.ONCE, life, List.of());
        limit(0, 0, 3);
        fixture.simulator.behave(Behaviour.of("ttft=5ms+tokens=5"));
        int clients = 32;
        int each = 20;
        AtomicInteger good = new AtomicInteger();
        ConcurrentLinkedQueue<Object> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            boolean stream = i % 2 == 0;
            threads.add(Thread.ofVirtual().start(() -> {
                try (HttpClient client = fixture.client()) {
                    for (int j = 0; j < each; j++) {
                        Answer answer = client.ask(fixture.chat("m", stream));
                        if (answer.status() == 200 && answer.whole()) {
                            good.incrementAndGet();
                        } else {
                            wrong.add(answer);
                        }
                    }
                } catch (Throwable e) {
                    wrong.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(good.get()).isEqualTo(clients * each);
        assertThat(most.get()).isEqualTo(3);
        assertThat(fixture.relay.limits().meters().waited(Line.KEY).count()).isPositive();
    }

    private static int after(String phase) {
        for (int i = 0; i < Exchange.LIFE.size(); i++) {
            if (Exchange.LIFE.get(i).phaseName().equals(phase)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException(phase);
    }

    @Test
    void exactlyTheBurstGetsInWhenManyComeAtOnce() throws Exception {
        limit(10, 0, 0);
        AtomicInteger good = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (HttpClient client = fixture.client()) {
                    Answer answer = client.ask(chat("m", false, "x-tidemill-timeout: 3s"));
                    (answer.status() == 200 ? good : refused).incrementAndGet();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(good.get()).isEqualTo(10);
        assertThat(refused.get()).isEqualTo(22);
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(10);
    }

    @Test
    void whoeverLeavesTheLineIsGoneAtOnce() throws Exception {
        limit(0, 0, 1);
        try (HttpClient first = fixture.client();
                HttpClient last = fixture.client()) {
            first.send(fixture.chat("sim-ttft=60s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            try (HttpClient leaves = fixture.client()) {
                leaves.send(fixture.chat("the-one-who-left", false));
                waiting(Priority.NORMAL, 1);
            }
            waiting(Priority.NORMAL, 0);
            last.send(fixture.chat("the-next", false));
            waiting(Priority.NORMAL, 1);
            first.close();
            assertThat(last.read().status()).isEqualTo(200);
        }
        assertThat(fixture.simulator.counts().models()).doesNotContainKey("the-one-who-left");
        assertThat(fixture.relay.limits().meters().gaveUp(Line.KEY)).isEqualTo(1);
    }

    /** With 2 a minute, one at once: when the second has ended, the third knows that its turn comes in half a minute. */
    @Test
    void whoseWaitTurnsOutTooLongIsToldWhileHeStands() throws Exception {
        limit(2, 0, 1);
        try (HttpClient first = fixture.client();
                HttpClient second = fixture.client();
                HttpClient third = fixture.client()) {
            first.send(fixture.chat("sim-ttft=60s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            second.send(chat("second", false, "x-tidemill-timeout: 20"));
            waiting(Priority.NORMAL, 1);
            third.send(chat("third", false, "x-tidemill-timeout: 20"));
            waiting(Priority.NORMAL, 2);
            first.close();
            assertThat(second.read().status()).isEqualTo(200);
            Answer answer = third.read();
            assertThat(answer.status()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.header("retry-after")))
                    .describedAs("more than what is left at the end of its time")
                    .isBetween(15, 30);
            assertThat(ErrorBody.of(answer.body()).message()).contains("2 requests a minute");
        }
    }

    @Test
    void theRouteSaysHowLongOneWaits() throws Exception {
        limit(0, 0, 1);
        Provider provider = fixture.directory.routes().providers().getFirst();
        fixture.directory.routes(RelayFixture.routes(
                2, List.of(provider), Policies.waiting(new Policy.Queue(Duration.ZERO, Duration.ZERO))));
        try (HttpClient first = fixture.client();
                HttpClient second = fixture.client()) {
            first.send(fixture.chat("sim-ttft=60s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            Answer answer = second.ask(fixture.chat("second", false));
            assertThat(answer.status()).isEqualTo(429);
            assertThat(ErrorBody.of(answer.body()).message()).contains("1 requests at once");
        }
    }

    private void waiting(Priority priority, int count) throws Exception {
        Eventually.until(() -> fixture.relay.limits().meters().waiting(Line.KEY, priority) == count);
    }

    @Test
    void theMoreImportantGoesFirst() throws Exception {
        limit(0, 0, 1);
        try (HttpClient holds = fixture.client();
                HttpClient low = fixture.client();
                HttpClient normal = fixture.client();
                HttpClient high = fixture.client()) {
            holds.send(fixture.chat("sim-ttft=60s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            low.send(chat("low", false, "x-tidemill-priority: low"));
            waiting(Priority.LOW, 1);
            normal.send(fixture.chat("normal", false));
            waiting(Priority.NORMAL, 1);
            high.send(chat("high", true, "X-Tidemill-Priority: HIGH", "x-tidemill-resumable: true"));
            waiting(Priority.HIGH, 1);
            assertThat(fixture.relay.limits().oldestNanos()).isPositive();
            holds.close();
            assertThat(low.read().status()).isEqualTo(200);
            assertThat(normal.read().status()).isEqualTo(200);
            assertThat(high.read().status()).isEqualTo(200);
        }
        List<String> order = new ArrayList<>();
        fixture.simulator
                .requests()
                .forEach(seen -> order.add(seen.text().replaceAll(".*\"model\":\"([^\"]*)\".*", "$1")));
        assertThat(order).containsExactly("sim-ttft=60s", "high", "normal", "low");
    }

    @Test
    void anUnknownPriorityIsSaid() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(chat("m", false, "x-tidemill-priority: urgent"));
            assertThat(answer.status()).isEqualTo(400);
            ErrorBody error = ErrorBody.of(answer.body());
            assertThat(error.message()).contains("'urgent' (expected: high, normal or low)");
            assertThat(error.param()).isEqualTo("X-Tidemill-Priority");
        }
    }

    @Test
    void aBatchLineWaitsBehindLiveRequestsOfItsOwner() throws Exception {
        limit(0, 0, 1);
        BlockingQueue<LineAnswer> answers = new LinkedBlockingQueue<>();
        try (HttpClient holds = fixture.client();
                HttpClient live = fixture.client()) {
            holds.send(fixture.chat("sim-ttft=60s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            fixture.relay.lines().run(line("the-line"), answers::add);
            waiting(Priority.LOW, 1);
            live.send(fixture.chat("live", false));
            waiting(Priority.NORMAL, 1);
            holds.close();
            assertThat(live.read().status()).isEqualTo(200);
        }
        LineAnswer answer = Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(fixture.simulator.requests().getLast().text()).contains("the-line");
    }

    @Test
    void aLineThatWouldWaitLongGetsTheRefusalAndItsTime() throws Exception {
        limit(1, 0, 0);
        BlockingQueue<LineAnswer> answers = new LinkedBlockingQueue<>();
        fixture.relay.lines().run(line("m"), answers::add);
        assertThat(Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS)).status())
                .isEqualTo(200);
        fixture.relay.lines().run(line("m"), answers::add);
        LineAnswer refused = Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.sent()).isFalse();
        assertThat(Objects.requireNonNull(refused.retryAfter())).isGreaterThan(Duration.ofSeconds(50));
    }

    private LineRequest line(String model) {
        return new LineRequest(
                fixture.key.id(),
                "/v1/chat/completions",
                ("{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")
                        .getBytes(StandardCharsets.UTF_8),
                "tidemill-b1-1");
    }

    @Test
    void noPermitIsLostInTwoThousandRequestsOfAllKinds() throws Exception {
        limit(0, 0, 8);
        long seed = Long.getLong("tidemill.seed", System.nanoTime());
        SplittableRandom seeds = new SplittableRandom(seed);
        ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            SplittableRandom random = seeds.split();
            threads.add(Thread.ofVirtual().start(() -> {
                for (int j = 0; j < 50; j++) {
                    try {
                        one(random);
                    } catch (Throwable e) {
                        wrong.add(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).as("seed " + seed).isEmpty();
        fixture.atRest();
        List<HttpClient> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            HttpClient client = fixture.client();
            clients.add(client);
            client.send(fixture.chat("sim-ttft=60s", true));
        }
        Eventually.until(() -> fixture.simulator.counts().running() == 8); // all eight places are there, seed or not
        try (HttpClient ninth = fixture.client()) {
            ninth.send(fixture.chat("m", false));
            waiting(Priority.NORMAL, 1);
        }
        for (HttpClient client : clients) {
            client.close();
        }
    }

    private void one(SplittableRandom random) throws Exception {
        String fault = switch (random.nextInt(12)) {
            case 0 -> "sim-500";
            case 1 -> "sim-close";
            case 2 -> "sim-cut-after=2";
            case 3 -> "sim-reset-at=200";
            case 4 -> "sim-html";
            case 5 -> "sim-empty-body";
            case 6 -> "sim-bad-chunk";
            case 7 -> "sim-error-event=2";
            case 8 -> "sim-429;retry-after-ms=20;times=1";
            case 9 -> "sim-ttft=3ms+speed=2000";
            default -> "m";
        };
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat(fault, random.nextInt(3) > 0));
            if (random.nextInt(5) == 0) {
                Thread.sleep(random.nextInt(4));
                return;
            }
            assertThat(client.read().status()).isGreaterThanOrEqualTo(200);
        }
    }
}
