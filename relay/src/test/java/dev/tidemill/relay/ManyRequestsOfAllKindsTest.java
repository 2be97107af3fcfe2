package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.relay.service.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/** Two thousand requests, good and bad, over fifty connections that may break at any byte: afterwards nothing is left of them. */
@ExtendWith(NothingLeaks.class)
class ManyRequestsOfAllKindsTest {
    private static final int CONNECTIONS = 50;
    private static final int EACH = 40;

    private final ConcurrentLinkedQueue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();

    @TempDir
    Path folder;

    @Test
    void leaveNothingBehind() throws Exception {
        long seed = Long.getLong("tidemill.seed", System.nanoTime());
        List<Route> routes = List.of(
                Route.open("GET", "/health", call -> call.answerJson(200, new byte[] {'{', '}'})),
                Route.of("POST", "/v1/files", call -> {
                            long size = call.body().transferTo(OutputStream.nullOutputStream());
                            try (OutputStream out = call.answer(200, Map.of("content-type", "text/plain"), -1)) {
                                out.write(("got " + size).getBytes(StandardCharsets.US_ASCII));
                            }
                        })
                        .withMaxBody(1 << 20));
        RelayFixture fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                routes);
        try {
            List<Thread> clients = new ArrayList<>();
            SplittableRandom seeds = new SplittableRandom(seed);
            for (int i = 0; i < CONNECTIONS; i++) {
                SplittableRandom random = seeds.split();
                clients.add(Thread.ofVirtual().start(() -> run(fixture, random)));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(wrong).as("seed " + seed).isEmpty();
            assertThat(asked.get()).isEqualTo(CONNECTIONS * EACH);

            Eventually.holds(() -> {
                assertThat(fixture.relay.running()).isZero();
                assertThat(fixture.relay.memory().used()).isZero();
                assertThat(fixture.relay.meters().connections()).isZero();
                assertThat(fixture.relay.pools()).allSatisfy(pool -> {
                    assertThat(pool.waiting()).isZero();
                    assertThat(pool.idle()).isEqualTo(pool.open());
                });
            });
            Meters meters = fixture.relay.meters();
            long ended = 0;
            for (int status = 0; status < 600; status++) {
                ended += meters.status(status);
            }
            assertThat(meters.status(0)).isZero();
            assertThat(ended)
                    .isEqualTo(meters.exchanges())
                    .isEqualTo(meters.total().count());
            assertThat(meters.exchanges()).isGreaterThan(CONNECTIONS * EACH / 3);
            fixture.relay.close();
            List<String> lines = Files.readAllLines(folder.resolve("access.log"));
            ObjectMapper json = new ObjectMapper();
            assertThat(lines.stream().filter(line -> json.readTree(line).has("phases_us")))
                    .hasSize((int) ended);
        } finally {
            fixture.close();
        }
    }

    private void run(RelayFixture fixture, SplittableRandom random) {
        HttpClient client = null;
        try {
            for (int i = 0; i < EACH; i++) {
                if (client == null) {
                    client = fixture.client();
                }
                asked.incrementAndGet();
                if (!one(fixture, client, random)) {
                    client.close();
                    client = null;
                }
            }
        } catch (Throwable e) {
            wrong.add(e);
        } finally {
            close(client);
        }
    }

    private static void close(@Nullable HttpClient client) {
        try {
            if (client != null) {
                client.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns whether the connection goes on. */
    private static boolean one(RelayFixture fixture, HttpClient client, SplittableRandom random) throws Exception {
        String key = fixture.key.text();
        return switch (random.nextInt(16)) {
            case 0 -> expect(client, fixture.chat("m", false), 200);
            case 1 -> expect(client, fixture.chat("m", true), 200);
            case 2 -> expect(client, fixture.chat("sim-ttft=20ms+speed=1000+tokens=50", true), 200);
            case 3 -> expect(client, fixture.chat("sim-500", random.nextBoolean()), 500);
            case 4 -> expect(client, fixture.chat("sim-close", random.nextBoolean()), 502);
            case 5 -> {
                Answer cut = client.ask(fixture.chat("sim-cut-after=3", true));
                assertThat(cut.body()).contains("\"error\"").doesNotContain("[DONE]");
                yield cut.whole() && !"close".equals(cut.header("connection"));
            }
            case 6 -> expect(client, fixture.post("/v1/chat/completions", "{\"model\":"), 400);
            case 7 -> expect(client, "GET /nowhere HTTP/1.1\r\nhost: r\r\n\r\n", 404);
            case 8 -> expect(client, fixture.chat("m", false).replace(key, "wrong"), 401);
            case 9 -> expect(client, "GET /health HTTP/1.1\r\nhost: r\r\n\r\n", 200);
            case 10 -> expect(client, fixture.post("/v1/files", "x".repeat(random.nextInt(300_000))), 200);
            case 11 -> expect(client, fixture.post("/v1/files", "x".repeat((1 << 20) + 1)), 413);
            case 12 -> {
                client.send(
                        fixture.chat("a", true) + "GET /health HTTP/1.1\r\nhost: r\r\n\r\n" + fixture.chat("b", false));
                boolean goesOn = true;
                for (int i = 0; i < 3; i++) {
                    goesOn &= read(client, 200);
                }
                yield goesOn;
            }
            case 13 -> expect(client, "GARBAGE\0\r\n\r\n", 400);
            case 14 -> { // leaves within its request
                byte[] whole = (random.nextBoolean()
                                ? fixture.chat("m", true)
                                : fixture.post("/v1/files", "x".repeat(200_000)))
                        .getBytes(StandardCharsets.UTF_8);
                client.send(Arrays.copyOf(whole, random.nextInt(whole.length)));
                yield leave(client, random);
            }
            default -> { // leaves within its answer
                client.send(fixture.chat(random.nextBoolean() ? "sim-speed=500+tokens=500" : "sim-tokens=5000", true));
                client.in().readNBytes(random.nextInt(20_000));
                yield leave(client, random);
            }
        };
    }

    private static boolean leave(HttpClient client, SplittableRandom random) throws IOException {
        if (random.nextBoolean()) {
            client.socket.setSoLinger(true, 0);
        }
        return false;
    }

    private static boolean expect(HttpClient client, String request, int status) throws IOException {
        try {
            client.send(request);
        } catch (IOException e) {
            assertThat(status).as("refused before all was sent").isGreaterThanOrEqualTo(400);
            return false;
        }
        return read(client, status);
    }

    private static boolean read(HttpClient client, int status) throws IOException {
        Answer answer = client.read();
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.whole()).isTrue();
        return !"close".equals(answer.header("connection"));
    }
}
