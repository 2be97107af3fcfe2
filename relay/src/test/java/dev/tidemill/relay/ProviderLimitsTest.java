package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Quota;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Provider.StreamUsage;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.admission.UpstreamLimit;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.meter.AdmissionMeters.Line;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What providers say they bear, or show: they are not asked for more, and not left idle. */
@ExtendWith(NothingLeaks.class)
class ProviderLimitsTest {
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        fixture.atRest();
        for (Priority priority : Priority.values()) {
            assertThat(fixture.relay.limits().meters().waiting(Line.UPSTREAM, priority))
                    .isZero();
        }
        assertThat(fixture.relay.limits().targets())
                .allSatisfy(target -> assertThat(target.inFlight()).isZero());
        assertThat(fixture.relay.lines().headroom("m")).isTrue();
        fixture.close();
    }

    private UpstreamLimit.State state(String target) {
        return fixture.relay.limits().targets().stream()
                .filter(state -> state.target().equals(target))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingIsLimitedAsLongAsNothingSpeaksForIt() throws Exception {
        fixture.simulator.behave(Behaviour.of("ttft=20ms+tokens=20"));
        Together.run(40, i -> {
            try (HttpClient client = fixture.client()) {
                assertThat(client.ask(fixture.chat("m", i % 2 == 0)).status()).isEqualTo(200);
            }
        });
        assertThat(state("sim/m").limit()).isZero();
        assertThat(fixture.relay.limits().meters().waited(Line.UPSTREAM).count())
                .isZero();
    }

    @Test
    void whatHeadersSayIsKeptSoThatFewAreRefusedAndNoneIsLost() throws Exception {
        AtomicInteger good = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        fixture.simulator.behave(Behaviour.of("limits=openai+rpm=240+ttft=2ms+tokens=3"));
        Together.run(10, i -> {
            try (HttpClient client = fixture.client()) {
                for (int j = 0; j < 25; j++) {
                    (client.ask(fixture.chat("m", i % 2 == 0)).status() == 200 ? good : other).incrementAndGet();
                }
            }
        });
        assertThat(good.get() + other.get()).isEqualTo(250);
        assertThat(fixture.simulator.counts().total().refused()).as("429s").isLessThanOrEqualTo(4);
        assertThat(good.get()).isGreaterThanOrEqualTo(246);
    }

    @Test
    void aProviderThatTakesFewAtOnceIsFoundOut() throws Exception {
        fixture.simulator.behave(Behaviour.of("concurrency=4+ttft=60ms+tokens=3"));
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger good = new AtomicInteger();
        Together.run(16, i -> {
            try (HttpClient client = fixture.client()) {
                for (int j = 0; j < 6; j++) {
                    asked.incrementAndGet();
                    if (client.ask(fixture.chat("m", true)).status() == 200) {
                        good.incrementAndGet();
                    }
                }
            }
        });
        long refused = fixture.simulator.counts().total().refused();
        System.out.println("at once 4: asked " + asked + ", good " + good + ", 429s " + refused + ", limit "
                + state("sim/m").limit());
        assertThat(good.get()).isGreaterThan(asked.get() * 6 / 10);
        assertThat(state("sim/m").limit()).isBetween(1, 12);
    }

    @Test
    void theNextTargetTakesWhatTheFirstDoesNotBear() throws Exception {
        try (Simulator other = Simulator.start(Behaviour.of("ttft=5ms"), 0)) {
            Provider first = RelayFixture.provider("first", fixture.simulator.baseUrl());
            Provider second = RelayFixture.provider("second", other.baseUrl());
            fixture.directory.routes(new Routes(
                    2,
                    List.of(first, second),
                    List.of(new Model(
                            "m",
                            List.of(
                                    new Target(first, "a", "", 1, 1, false, 0),
                                    new Target(second, "b", "", 2, 1, false, 0)),
                            Policy.DEFAULT))));
            fixture.simulator.behave(Behaviour.of("limits=openai+rpm=5"));
            for (int i = 0; i < 12; i++) {
                try (HttpClient client = fixture.client()) {
                    Answer answer = client.ask(fixture.chat("m", true));
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.header("x-tidemill-attempts")).isEqualTo("1");
                    assertThat(answer.header("x-tidemill-target")).isEqualTo(i < 5 ? "first/a" : "second/b");
                }
            }
            assertThat(fixture.simulator.counts().total().refused()).isZero();
        }
    }

    @Test
    void liveRequestsGoBeforeLinesAndWhoeverLeavesIsGone() throws Exception {
        BlockingQueue<LineAnswer> answers = new LinkedBlockingQueue<>();
        try (HttpClient refused = fixture.client();
                HttpClient holds = fixture.client();
                HttpClient live = fixture.client()) {
            fixture.directory.routes(RelayFixture.routes(
                    2, List.of(RelayFixture.provider("sim", fixture.simulator.baseUrl())), Policies.ONCE));
            fixture.simulator.behave(Behaviour.of("429;times=1"));
            assertThat(refused.ask(fixture.chat("renamed", false)).status()).isEqualTo(429);
            assertThat(state("sim/qwen3-8b").limit()).isEqualTo(1);
            fixture.simulator.behave(Behaviour.of("stall-first=60s;times=1"));
            holds.send(fixture.chat("renamed", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            fixture.relay
                    .lines()
                    .run(
                            new LineRequest(
                                    fixture.key.id(),
                                    "/v1/chat/completions",
                                    "{\"model\":\"renamed\",\"messages\":[{\"role\":\"user\",\"content\":\"the line\"}]}"
                                            .getBytes(StandardCharsets.UTF_8),
                                    "tidemill-b1-1"),
                            answers::add);
            waiting(Priority.LOW, 1);
            assertThat(fixture.relay.lines().headroom("renamed")).isTrue();
            try (HttpClient leaves = fixture.client()) {
                leaves.send(fixture.chat("renamed", false));
                waiting(Priority.NORMAL, 1);
                assertThat(fixture.relay.lines().headroom("renamed")).isFalse();
            }
            waiting(Priority.NORMAL, 0);
            live.send(fixture.chat("renamed", false));
            waiting(Priority.NORMAL, 1);
            holds.close();
            assertThat(live.read().status()).isEqualTo(200);
        }
        assertThat(Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS)).status())
                .isEqualTo(200);
        assertThat(fixture.simulator.requests().getLast().text()).contains("the line");
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(4);
    }

    /** They all wait for the same moment, and when it comes the provider takes one at a time. */
    @Test
    void thoseWhoWaitForAPauseToEndGoByTheirPriority() throws Exception {
        fixture.directory.routes(RelayFixture.routes(
                2, List.of(RelayFixture.provider("sim", fixture.simulator.baseUrl())), Policies.ONCE));
        fixture.simulator.behave(Behaviour.of("429;retry-after=3;times=1"));
        try (HttpClient refused = fixture.client();
                HttpClient low = fixture.client();
                HttpClient normal = fixture.client();
                HttpClient high = fixture.client()) {
            assertThat(refused.ask(fixture.chat("renamed", false)).status()).isEqualTo(429);
            fixture.simulator.behave(Behaviour.of("ttft=20ms"));
            high.send(asking("high"));
            waiting(Priority.HIGH, 1);
            low.send(asking("low"));
            waiting(Priority.LOW, 1);
            normal.send(asking("normal"));
            waiting(Priority.NORMAL, 1);
            assertThat(low.read().status()).isEqualTo(200);
            assertThat(normal.read().status()).isEqualTo(200);
            assertThat(high.read().status()).isEqualTo(200);
        }
        assertThat(fixture.simulator.requests().get(1).text())
                .describedAs("the first behind the one that was refused")
                .contains("\"user\":\"high\"");
    }

    private String asking(String priority) {
        return fixture.post(
                        "/v1/chat/completions",
                        "{\"model\":\"renamed\",\"user\":\"" + priority
                                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")
                .replaceFirst("content-type", "x-tidemill-priority: " + priority + "\r\ncontent-type");
    }

    @Test
    void whoWaitsForATargetThatIsFullGoesToAnotherThatOpensMeanwhile() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Provider full = new Provider(
                "full",
                Protocol.OPENAI,
                URI.create(fixture.simulator.baseUrl()),
                List.of(),
                Map.of(),
                null,
                null,
                StreamUsage.ASK,
                Provider.Pool.DEFAULT,
                new Quota(0, 0, 1));
        Provider away = RelayFixture.provider("away", "http://127.0.0.1:" + port + "/v1");
        fixture.directory.routes(new Routes(
                2,
                List.of(full, away),
                List.of(new Model(
                        "m",
                        List.of(new Target(full, "a", "", 1, 1, false, 0), new Target(away, "b", "", 2, 1, false, 0)),
                        Policy.DEFAULT))));
        fixture.simulator.behave(Behaviour.of("stall-first=60s;times=1"));
        try (HttpClient holds = fixture.client();
                HttpClient met = fixture.client();
                HttpClient waits = fixture.client()) {
            holds.send(fixture.chat("m", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            met.send(fixture.chat("m", false));
            waiting(Priority.NORMAL, 1); // it has found the other away
            waits.send(fixture.chat("m", false));
            waiting(Priority.NORMAL, 2);
            try (Simulator other = Simulator.start(Behaviour.plain(), port)) {
                Answer answer = waits.read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("x-tidemill-target")).isEqualTo("away/b");
                assertThat(other.counts().total().asked()).isPositive();
            }
            holds.close();
            assertThat(met.read().status()).isEqualTo(200);
        }
    }

    private void waiting(Priority priority, int count) throws Exception {
        Eventually.until(() -> fixture.relay.limits().meters().waiting(Line.UPSTREAM, priority) == count);
    }

    @Test
    void aProviderThatAsksForAPauseIsGivenIt() throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer refused = client.ask(fixture.chat("sim-429;retry-after=50;times=1", false));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(fixture.relay.limits().targets().getFirst().parkedNanos())
                    .isPositive();
            Answer next = client.ask(fixture.chat("sim-429;retry-after=50;times=1", false));
            assertThat(next.status()).isEqualTo(429);
            assertThat(next.header("retry-after")).matches("50|49");
            assertThat(next.header("x-should-retry")).isNull();
            assertThat(ErrorBody.of(next.body()).code()).isEqualTo("upstream_rate_limited");
        }
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(1);
    }
}
