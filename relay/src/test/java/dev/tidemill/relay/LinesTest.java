package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.limit.Quota;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.line.Lines;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A batch line goes the way of a live request: same keys, same routes, same answers, and it gives way. */
@ExtendWith(NothingLeaks.class)
class LinesTest {
    private final BlockingQueue<LineAnswer> answers = new LinkedBlockingQueue<>();
    private RelayFixture fixture;
    private Lines lines;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture(RelayOptions.defaults().withLoops(1), Policies.ONCE, Exchange.LIFE, List.of());
        lines = fixture.relay.lines();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        Eventually.until(
                () -> fixture.relay.running() == 0 && fixture.relay.memory().used() == 0);
        assertThat(answers).isEmpty();
        fixture.close();
    }

    private static LineRequest line(String keyId, String path, String body) {
        return new LineRequest(keyId, path, body.getBytes(StandardCharsets.UTF_8), "tidemill-b1-7");
    }

    private static String chat(String model) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello, 世界\"}]}";
    }

    private LineAnswer run(String body) throws Exception {
        return run(line(fixture.key.id(), "/v1/chat/completions", body));
    }

    private LineAnswer run(LineRequest request) throws Exception {
        lines.run(request, answers::add);
        return Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS));
    }

    private static String text(LineAnswer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void anAnswerComesBackWholeWithItsUsage() throws Exception {
        LineAnswer answer = run(chat("m"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.failure()).isNull();
        assertThat(answer.requestId()).startsWith("req_");
        assertThat(Objects.requireNonNull(answer.usage()).output()).isEqualTo(24);
        assertThat(answer.sent()).isTrue();
        assertThat(text(answer))
                .startsWith("{")
                .contains("\"object\":\"chat.completion\"")
                .endsWith("}");
        assertThat(fixture.simulator.requests().getFirst().header("idempotency-key"))
                .matches("[0-9a-f]{16}-tidemill-b1-7");
        assertThat(fixture.simulator.requests().getFirst().text()).isEqualTo(chat("m"));
        assertThat(fixture.relay.meters().lines()).isEqualTo(1);

        LineAnswer renamed = run(line(fixture.key.id(), "/v1/embeddings", "{\"model\":\"renamed\",\"input\":\"a\"}"));
        assertThat(renamed.status()).isEqualTo(200);
        assertThat(fixture.simulator.requests().getLast().text()).startsWith("{\"model\":\"qwen3-8b\"");
    }

    @Test
    void theProvidersRefusalIsTheAnswer() throws Exception {
        LineAnswer busy = run(chat("sim-429;retry-after=7"));
        assertThat(busy.status()).isEqualTo(429);
        assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(busy.sent()).isTrue();
        ErrorBody.of(text(busy));
        LineAnswer down = run(chat("sim-503"));
        assertThat(down.status()).isEqualTo(503);
        ErrorBody.of(text(down));
        LineAnswer wrong = run(chat("sim-400"));
        assertThat(wrong.status()).isEqualTo(400);
    }

    @Test
    void whatBreaksIsAFailureWithAnErrorOfOurs() throws Exception {
        for (String fault : List.of(
                "close", "close-in-headers", "reset-at=300", "length-larger", "html", "empty-body", "two-lengths")) {
            LineAnswer broken = run(chat("sim-" + fault));
            assertThat(broken.status()).as(fault).isEqualTo(502);
            assertThat(broken.failure()).as(fault).isNotNull();
            assertThat(broken.sent()).as(fault).isTrue();
            assertThat(broken.usage()).isNull();
            assertThat(ErrorBody.of(text(broken)).type()).isEqualTo("upstream_error");
        }
        LineAnswer credential = run(chat("sim-401"));
        assertThat(Objects.requireNonNull(credential.failure()).code()).isEqualTo("upstream_credential");
    }

    @Test
    void whatIsWrongWithALineIsSaidBeforeAnythingIsSent() throws Exception {
        assertThat(Objects.requireNonNull(run("{\"model\":").failure()).code()).isEqualTo("invalid_json");
        assertThat(Objects.requireNonNull(run("{}").failure()).param()).isEqualTo("model");
        LineAnswer unknownKey = run(line("nobody", "/v1/chat/completions", chat("m")));
        assertThat(unknownKey.status()).isEqualTo(401);
        assertThat(unknownKey.sent()).isFalse();
        assertThatThrownBy(() -> run(line(fixture.key.id(), "/v1/files", chat("m"))))
                .hasMessage("path: /v1/files (expected: a relayed endpoint)");
        assertThat(fixture.simulator.counts().total().asked()).isZero();
    }

    @Test
    void theOwnersRightsAreReadAnewForEachLine() throws Exception {
        assertThat(run(chat("m")).status()).isEqualTo(200);
        Key key = RelayFixture.record(fixture.key);
        fixture.directory.keys(new KeyRing(List.of(with(key, List.of("other-*"), null))));
        assertThat(Objects.requireNonNull(run(chat("m")).failure()).code()).isEqualTo("model_not_found");
        assertThat(run(chat("other-m")).status()).isEqualTo(200);
        fixture.directory.keys(new KeyRing(List.of(with(key, List.of(), Instant.EPOCH))));
        LineAnswer revoked = run(chat("m"));
        assertThat(revoked.status()).isEqualTo(401);
        assertThat(Objects.requireNonNull(revoked.failure()).code()).isEqualTo("invalid_api_key");
    }

    private static Key with(Key key, List<String> models, @org.jspecify.annotations.Nullable Instant revoked) {
        return new Key(
                key.id(),
                key.name(),
                key.organization(),
                key.project(),
                key.digest(),
                models,
                0,
                0,
                0,
                key.created(),
                null,
                revoked);
    }

    @Test
    void liveRequestsGoFirstAndWhileOneWaitsThereIsNoHeadroom() throws Exception {
        Provider one = new Provider(
                "narrow",
                Protocol.OPENAI,
                URI.create(fixture.simulator.baseUrl()),
                List.of(),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK,
                new Provider.Pool(1, Duration.ofSeconds(30), Duration.ofMinutes(10), 10),
                Quota.NONE);
        fixture.directory.routes(RelayFixture.routes(2, List.of(one), Policies.ONCE));
        assertThat(lines.headroom("m")).isTrue();
        try (HttpClient first = fixture.client();
                HttpClient second = fixture.client()) {
            first.send(fixture.chat("sim-ttft=60s", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            assertThat(lines.headroom("m")).as("nobody waits").isTrue();
            lines.run(line(fixture.key.id(), "/v1/chat/completions", chat("the-line")), answers::add);
            Eventually.until(() -> fixture.relay.pools().stream().anyMatch(pool -> pool.waiting() == 1));
            assertThat(lines.headroom("m")).as("a line that waits is not live").isTrue();
            second.send(fixture.chat("sim-ttft=300ms", false));
            Eventually.until(() -> !lines.headroom("m"));
            assertThat(lines.headroom("renamed")).as("same provider").isFalse();
            assertThat(lines.headroom("sim-x")).isFalse();
            first.close();
            assertThat(second.read().status()).isEqualTo(200);
        }
        assertThat(Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS)).status())
                .isEqualTo(200);
        assertThat(lines.headroom("m")).isTrue();
        List<String> order = new ArrayList<>();
        fixture.simulator
                .requests()
                .forEach(seen -> order.add(seen.text().replaceAll(".*\"model\":\"([^\"]*)\".*", "$1")));
        assertThat(order).containsExactly("sim-ttft=60s", "sim-ttft=300ms", "the-line");
    }

    @Test
    void manyLinesAreEachAnsweredOnce() throws Exception {
        int count = 500;
        for (int i = 0; i < count; i++) {
            lines.run(line(fixture.key.id(), "/v1/chat/completions", chat(i % 5 == 0 ? "sim-500" : "m")), answers::add);
        }
        int good = 0;
        for (int i = 0; i < count; i++) {
            good += Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS)).status() == 200 ? 1 : 0;
        }
        assertThat(good).isEqualTo(400);
        assertThat(fixture.simulator.counts().total().asked()).isEqualTo(count);
    }
}
