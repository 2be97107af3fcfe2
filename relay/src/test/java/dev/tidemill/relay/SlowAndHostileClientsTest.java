package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.downstream.Limits;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.relay.exchange.Step;
import dev.tidemill.relay.service.Route;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slow, silent, greedy or gone cost what their limits say, and then nothing. */
@ExtendWith(NothingLeaks.class)
class SlowAndHostileClientsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int WINDOW = 16 << 10;

    private static final byte[] LARGE = ("words ".repeat(700_000) + "}").getBytes(StandardCharsets.US_ASCII);

    private RelayFixture fixture;

    @AfterEach
    void nothingIsLeft() throws Exception {
        Eventually.holds(() -> {
            assertThat(fixture.relay.running()).isZero();
            assertThat(fixture.relay.memory().used()).isZero();
            assertThat(fixture.relay.meters().connections()).isZero();
        });
        fixture.close();
    }

    private void start(Duration header, Duration body, Duration idle, Duration write) throws Exception {
        start(new Limits(1000, 1000, 64 << 10, 32 << 20, header, body, idle, write, List.of()), 256 << 20);
    }

    private void start(Limits limits, long memory) throws Exception {
        Route health = Route.open("GET", "/health", call -> call.answerJson(200, new byte[] {'{', '}'}));
        fixture = new RelayFixture(
                RelayOptions.defaults().withLimits(limits).withMemory(memory),
                Policies.ONCE,
                Exchange.LIFE,
                List.of(health, Route.open("GET", "/large", call -> call.answer(200, "text/plain", LARGE))));
    }

    private static final String HEALTH = "GET /health HTTP/1.1\r\nhost: relay\r\n\r\n";

    @Test
    void aHeadThatDripsIsCutAtItsDeadline() throws Exception {
        start(SHORT, LONG, LONG, LONG);
        try (HttpClient client = fixture.client()) {
            drip(client, "GET /health HTTP/1.1\r\n" + "a: b\r\n".repeat(10_000), 1);
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(ErrorBody.of(answer).code()).isEqualTo("request_timeout");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aHeadThatDripsAfterARequestIsCutAtItsDeadline() throws Exception {
        start(SHORT, LONG, LONG, LONG);
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(HEALTH).status()).isEqualTo(200);
            drip(client, "\r\nGET /health HTTP/1.1\r\n" + "a: b\r\n".repeat(10_000), 1);
            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aConnectionThatSaysNothingIsClosedInSilence() throws Exception {
        start(SHORT, LONG, LONG, LONG);
        try (HttpClient client = fixture.client()) {
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        start(LONG, LONG, SHORT, LONG);
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(HEALTH).status()).isEqualTo(200);
            assertThat(client.ask(fixture.chat("m", true)).whole()).isTrue();
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aBodyThatStopsIsCutAtItsDeadline() throws Exception {
        start(LONG, SHORT, LONG, LONG);
        String request = fixture.chat("m", false);
        try (HttpClient client = fixture.client()) {
            client.send(request.substring(0, request.length() - 1));
            assertThat(ErrorBody.of(client.read()).code()).isEqualTo("request_timeout");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aBodyThatDripsIsCutThoughItNeverStops() throws Exception {
        start(LONG, SHORT, LONG, LONG);
        String request = fixture.chat("m", false).replace("content-length: 7", "content-length: 17777");
        try (HttpClient client = fixture.client()) {
            int body = request.indexOf("\r\n\r\n") + 4;
            client.send(request.substring(0, body));
            drip(client, " ".repeat(10_000), 1);
            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aBodyThatIsSlowAndSteadyIsTaken() throws Exception {
        start(LONG, SHORT, LONG, LONG);
        String body =
                "{\"model\":\"m\"," + " ".repeat(8000) + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        try (HttpClient client = fixture.client()) {
            drip(client, fixture.post("/v1/chat/completions", body), 200).join();
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    /** Sends so many bytes each 20 ms, until done or cut. */
    private static Thread drip(HttpClient client, String text, int bytes) {
        return Thread.ofVirtual().start(() -> {
            try {
                for (int at = 0; at < text.length(); at += bytes) {
                    client.send(text.substring(at, Math.min(text.length(), at + bytes)));
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException cut) {
                // That is what it is for.
            }
        });
    }

    @Test
    void aClientThatNeverReadsStopsTheProviderAndIsCutInTheEnd() throws Exception {
        start(LONG, LONG, LONG, Duration.ofSeconds(2));
        try (FloodingProvider provider = new FloodingProvider();
                HttpClient client = new HttpClient(fixture.address, WINDOW)) {
            fixture.directory.routes(
                    RelayFixture.routes(2, List.of(RelayFixture.provider("flood", provider.baseUrl())), Policies.ONCE));
            client.send(fixture.chat("m", true));
            AtomicLong seen = new AtomicLong(-1);
            Eventually.until(() -> {
                Thread.sleep(200);
                return provider.written() > 0 && seen.getAndSet(provider.written()) == provider.written();
            });
            assertThat(fixture.relay.running()).isEqualTo(1);
            assertThat(fixture.relay.memory().used()).isBetween(1L, 512L << 10);
            Eventually.until(() -> provider.streams() == 0);
            Eventually.until(() -> fixture.relay.running() == 0);
        }
    }

    @Test
    void aClientThatAsksAndNeverReadsIsNotReadFromAnyMore() throws Exception {
        start(LONG, LONG, LONG, Duration.ofSeconds(2));
        AtomicLong sent = new AtomicLong();
        try (HttpClient client = new HttpClient(fixture.address, WINDOW)) {
            byte[] requests =
                    "GET /nowhere HTTP/1.1\r\nhost: relay\r\n\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
            Thread asking = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        client.send(requests);
                        sent.addAndGet(requests.length);
                    }
                } catch (IOException cut) {
                    // That is what it is for.
                }
            });
            AtomicLong seen = new AtomicLong(-1);
            Eventually.until(() -> {
                Thread.sleep(200);
                assertThat(fixture.relay.memory().used()).isLessThan(512 << 10);
                return sent.get() > 0 && seen.getAndSet(sent.get()) == sent.get();
            });
            asking.join();
        }
    }

    @Test
    void aWholeAnswerThatWaitsForItsReaderCountsAsMemory() throws Exception {
        start(LONG, LONG, LONG, LONG);
        try (HttpClient client = new HttpClient(fixture.address, WINDOW)) {
            client.send("GET /large HTTP/1.1\r\nhost: relay\r\n\r\n");
            Eventually.holds(() -> assertThat(fixture.relay.memory().used()).isBetween(64L << 10, 7L << 20));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1\r\n", "HTTP/1.1\r\nconnection: close\r\n", "HTTP/1.0\r\n"})
    void aSlowReaderGetsAllOfALargeAnswerWhateverEndsTheConnection(String version) throws Exception {
        start(LONG, LONG, Duration.ofMillis(900), Duration.ofMillis(900));
        for (boolean stream : List.of(false, true)) {
            try (HttpClient client = new HttpClient(fixture.address, WINDOW)) {
                String request =
                        stream ? fixture.chat("sim-tokens=40000", true) : "GET /large HTTP/1.1\r\nhost: relay\r\n\r\n";
                client.send(request.replace("HTTP/1.1\r\n", version));
                Answer answer = new SlowReader(client).read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.whole()).isTrue();
                assertThat(answer.body()).endsWith(stream ? "data: [DONE]\n\n" : "}");
                assertThat(answer.body().length()).isGreaterThan(4_000_000);
            }
        }
    }

    /** Reads some 3 MB a second, so that several deadlines pass meanwhile. */
    private static final class SlowReader {
        private final HttpClient client;

        SlowReader(HttpClient client) {
            this.client = client;
        }

        Answer read() throws IOException {
            InputStream in = client.socket.getInputStream();
            return client.read(new InputStream() {
                private int since;

                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] to, int offset, int length) throws IOException {
                    int count = in.read(to, offset, Math.min(length, 32 << 10));
                    since += count;
                    if (since > 32 << 10) {
                        since = 0;
                        try {
                            Thread.sleep(10);
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                    return count;
                }
            });
        }
    }

    @Test
    void aClientThatLeavesWithinItsRequestIsForgotten() throws Exception {
        start(LONG, LONG, LONG, LONG);
        String request = fixture.chat("m", true);
        for (int cut : List.of(0, 1, 30, request.indexOf("\r\n\r\n") + 4, request.length() - 1)) {
            try (HttpClient client = fixture.client()) {
                client.send(request.substring(0, cut));
                Eventually.until(() -> fixture.relay.meters().connections() == 1);
            }
            Eventually.until(() -> fixture.relay.meters().connections() == 0);
        }
        assertThat(fixture.simulator.counts().total().asked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "reset", "half"})
    void aClientThatLeavesWithinItsAnswerCancelsTheProvider(String how) throws Exception {
        start(LONG, LONG, LONG, LONG);
        for (String model : List.of("sim-ttft=60s", "sim-speed=20+tokens=10000", "sim-stall-headers=60s")) {
            fixture.simulator.reset();
            try (HttpClient client = fixture.client()) {
                client.send(fixture.chat(model, true));
                Eventually.until(() -> fixture.simulator.counts().running() == 1);
                if (model.contains("speed")) {
                    assertThat(client.in().read()).isEqualTo('H');
                }
                switch (how) {
                    case "half" -> client.socket.shutdownOutput();
                    case "reset" -> client.socket.setSoLinger(true, 0);
                    default -> {}
                }
                if (how.equals("half")) {
                    Eventually.until(() -> fixture.relay.running() == 0);
                }
            }
            Eventually.holds(() ->
                    assertThat(fixture.simulator.counts().total().cancelled()).isEqualTo(1));
            Eventually.until(() -> fixture.relay.running() == 0);
        }
        assertThat(fixture.relay.meters().failures(dev.tidemill.core.Failure.Kind.CLIENT_GONE))
                .isEqualTo(3);
    }

    @Test
    void oneConnectionTooManyIsToldSoAndTheCountStaysRight() throws Exception {
        for (Limits limits : List.of(
                new Limits(3, 100, 64 << 10, 1 << 20, LONG, LONG, LONG, LONG, List.of()),
                new Limits(100, 3, 64 << 10, 1 << 20, LONG, LONG, LONG, LONG, List.of()))) {
            if (fixture != null) {
                fixture.close();
            }
            start(limits, 64 << 20);
            for (int round = 0; round < 2; round++) {
                List<HttpClient> open = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    HttpClient client = fixture.client();
                    open.add(client);
                    assertThat(client.ask(HEALTH).status()).isEqualTo(200);
                }
                for (int i = 0; i < 5; i++) {
                    try (HttpClient one = fixture.client()) {
                        one.send(HEALTH);
                        Answer answer = one.read();
                        assertThat(answer.status()).isEqualTo(503);
                        assertThat(answer.header("retry-after")).isEqualTo("1");
                        assertThat(answer.header("connection")).isEqualTo("close");
                        assertThat(ErrorBody.of(answer.body()).message()).startsWith("3 connections are open");
                        assertThat(one.closed()).isTrue();
                    }
                }
                for (HttpClient client : open) {
                    assertThat(client.ask(HEALTH).status()).isEqualTo(200);
                    client.close();
                }
                Eventually.until(() -> {
                    try (HttpClient client = fixture.client()) {
                        return client.ask(HEALTH).status() == 200;
                    }
                });
                Eventually.until(() -> fixture.relay.meters().connections() == 0);
                Thread.sleep(600); // those that were turned away are counted until they have closed
            }
        }
    }

    @Test
    void pastTheMemoryBoundANewBodyIsRefusedAndMemoryComesBack() throws Exception {
        start(Limits.DEFAULT, 1 << 20);
        String large = "{\"model\":\"m\",\"x\":\"" + "x".repeat(3 << 20) + "\"}";
        String chunked = "POST /v1/chat/completions HTTP/1.1\r\nhost: relay\r\nx-api-key: " + fixture.key.text()
                + "\r\ntransfer-encoding: chunked\r\n\r\n" + Integer.toHexString(large.length()) + "\r\n" + large
                + "\r\n0\r\n\r\n";
        for (String request : List.of(fixture.post("/v1/chat/completions", large), chunked)) {
            try (HttpClient client = fixture.client()) {
                client.send(request);
                Answer answer = client.read();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("retry-after")).isEqualTo("1");
                ErrorBody.of(answer);
                assertThat(client.closed()).isTrue();
            }
            Eventually.until(() -> fixture.relay.memory().used() == 0);
            assertThat(fixture.relay.running()).isZero();
        }
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(fixture.chat("m", true)).status()).isEqualTo(200);
        }
    }

    @Test
    void aBodyThatNoPhaseWantsYetWaitsAtTheClient() throws Exception {
        Gatekeeper gatekeeper = new Gatekeeper();
        List<Phase> life = new ArrayList<>(Exchange.LIFE);
        life.add(1, gatekeeper);
        fixture = new RelayFixture(RelayOptions.defaults(), Policies.ONCE, life, List.of());
        String body = "{\"model\":\"m\"," + " ".repeat(16 << 20)
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        AtomicLong sent = new AtomicLong();
        try (HttpClient client = fixture.client()) {
            byte[] request = fixture.post("/v1/chat/completions", body).getBytes(StandardCharsets.UTF_8);
            Thread.ofVirtual().start(() -> {
                try {
                    for (int at = 0; at < request.length; at += 64 << 10) {
                        client.send(Arrays.copyOfRange(request, at, Math.min(request.length, at + (64 << 10))));
                        sent.addAndGet(64 << 10);
                    }
                } catch (IOException cut) {
                    // The answer will tell.
                }
            });
            AtomicLong seen = new AtomicLong(-1);
            Eventually.until(() -> {
                Thread.sleep(200);
                return sent.get() > 0 && seen.getAndSet(sent.get()) == sent.get();
            });
            assertThat(fixture.relay.memory().used()).isLessThan(256 << 10);
            gatekeeper.open = true;
            Objects.requireNonNull(gatekeeper.waiting).resume();
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    /** A phase that lets nobody pass until it is told to. */
    private static final class Gatekeeper implements Phase {
        private volatile boolean open;
        private volatile @Nullable Exchange waiting;

        @Override
        public Step run(Exchange exchange) {
            waiting = exchange;
            return open ? Step.NEXT : Step.WAIT;
        }
    }

    @Test
    void withoutAnyMemoryEvenAHeadIsRefused() throws Exception {
        start(Limits.DEFAULT, 1000);
        try (HttpClient client = fixture.client()) {
            assertThat(ErrorBody.of(client.ask(HEALTH)).code()).isEqualTo("overloaded");
            assertThat(client.closed()).isTrue();
        }
    }
}
