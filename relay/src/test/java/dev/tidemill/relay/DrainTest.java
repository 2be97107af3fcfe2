package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.service.Route;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A relay that goes lets others finish, says what it cannot do any more, and leaves nothing behind. */
@ExtendWith(NothingLeaks.class)
class DrainTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CountDownLatch go = new CountDownLatch(1);
    private RelayFixture fixture;

    @TempDir
    Path folder;

    private Set<Thread> before = Set.of();

    @BeforeEach
    void start() throws Exception {
        before = threads();
        Route slow = Route.open("GET", "/slow", call -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new java.io.InterruptedIOException("closed");
            }
            call.answerJson(200, new byte[] {'{', '}'});
        });
        fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                List.of(slow));
    }

    @AfterEach
    void stop() {
        go.countDown();
        fixture.close();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("loop-") || thread.getName().equals("access-log"))
                .collect(Collectors.toSet());
    }

    private Thread drain(Duration patience) {
        return Thread.ofPlatform().start(() -> fixture.relay.drain(patience));
    }

    @Test
    void whatRunsFinishesAndIdleConnectionsAreClosed() throws Exception {
        try (HttpClient idle = fixture.client();
                HttpClient silent = fixture.client();
                HttpClient streaming = fixture.client();
                HttpClient calling = fixture.client();
                HttpClient asking = fixture.client()) {
            assertThat(idle.ask(fixture.chat("m", false)).status()).isEqualTo(200);
            asking.send("GET /slow HTTP/1.1\r\n");
            streaming.send(fixture.chat("sim-ttft=200ms+speed=50+tokens=50", true));
            calling.send("GET /slow HTTP/1.1\r\nhost: r\r\n\r\n");
            Eventually.until(() -> fixture.relay.running() == 2
                    && fixture.relay.meters().exchanges() == 2
                    && fixture.relay.meters().connections() == 5);

            Thread draining = drain(PATIENCE);
            assertThat(idle.closed()).isTrue();
            assertThat(silent.closed()).isTrue();
            Answer refused = asking.ask("host: r\r\n\r\n");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).isEqualTo("1");
            assertThat(ErrorBody.of(refused).code()).isEqualTo("draining");
            assertThat(asking.closed()).isTrue();
            assertThatThrownBy(fixture::client).isInstanceOf(ConnectException.class);

            assertThat(streaming.read().body()).endsWith("data: [DONE]\n\n");
            assertThat(streaming.closed()).isTrue();
            assertThat(draining.isAlive()).isTrue();
            go.countDown();
            Answer called = calling.read();
            assertThat(called.status()).isEqualTo(200);
            assertThat(called.header("connection")).isEqualTo("close");
            draining.join();
        }
    }

    @Test
    void whatDoesNotFinishInTimeIsToldSo() throws Exception {
        try (HttpClient streaming = fixture.client();
                HttpClient waiting = fixture.client()) {
            streaming.send(fixture.chat("sim-speed=100+tokens=100000", true));
            waiting.send(fixture.chat("sim-ttft=60s", false));
            assertThat(streaming.in().read()).isEqualTo('H');
            Eventually.until(() -> fixture.simulator.counts().running() == 2);
            drain(Duration.ofMillis(100)).join();
            assertThat(fixture.relay.running()).isZero();

            String rest = new String(streaming.in().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest)
                    .contains("data: {\"error\":{")
                    .contains("\"code\":\"draining\"")
                    .doesNotContain("[DONE]");
            assertThat(rest).as("the framing is whole").endsWith("\r\n0\r\n\r\n");
            Answer answer = waiting.read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(ErrorBody.of(answer).code()).isEqualTo("draining");
        }
        Eventually.until(() -> fixture.simulator.counts().total().cancelled() == 2);
    }

    @Test
    void aClosedRelayLeavesNoThreadNoPortAndNoConnection() throws Exception {
        BlockingQueue<LineAnswer> lines = new LinkedBlockingQueue<>();
        try (HttpClient client = fixture.client();
                HttpClient calling = fixture.client()) {
            assertThat(client.ask(fixture.chat("m", true)).whole()).isTrue();
            client.send(fixture.chat("sim-stall-first=60s", true));
            calling.send("GET /slow HTTP/1.1\r\nhost: r\r\n\r\n");
            fixture.relay.lines().run(line(), lines::add);
            Eventually.until(() -> fixture.relay.meters().exchanges() == 3
                    && fixture.simulator.counts().running() == 2);
            assertThat(threads()).hasSizeGreaterThan(before.size());
            fixture.relay.close();
            assertThat(client.closed()).isTrue();
            assertThat(calling.closed()).isTrue();
        }
        LineAnswer line = lines.poll(10, TimeUnit.SECONDS);
        assertThat(line).as("whoever waits for a line is told").isNotNull();
        assertThat(line.failure()).isNotNull();
        Eventually.holds(() -> assertThat(threads()).isEqualTo(before));
        Eventually.until(() -> fixture.simulator.counts().connectionsOpen() == 0);
        try (ServerSocket again = new ServerSocket(fixture.address.getPort(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.isBound()).isTrue();
        }
        assertThat(folder.resolve("access.log")).content().contains("\"status\":200");
    }

    @Test
    void aLineForAClosingOrClosedRelayIsToldSo() throws Exception {
        BlockingQueue<LineAnswer> lines = new LinkedBlockingQueue<>();
        for (int i = 0; i < 100; i++) {
            fixture.relay.lines().run(line(), lines::add);
        }
        fixture.relay.close();
        fixture.relay.lines().run(line(), lines::add);
        Eventually.until(() -> lines.size() == 101);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.failure()).isNotNull();
            assertThat(line.failure().code()).isEqualTo("draining");
        });
    }

    private LineRequest line() {
        return new LineRequest(
                fixture.key.id(),
                "/v1/chat/completions",
                "{\"model\":\"sim-ttft=60s\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
                        .getBytes(StandardCharsets.UTF_8),
                "line-1");
    }
}
