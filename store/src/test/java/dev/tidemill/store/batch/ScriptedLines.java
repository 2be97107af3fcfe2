package dev.tidemill.store.batch;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.line.LineAnswer;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.line.Lines;
import dev.tidemill.wire.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Answers lines from a script: the request and how often this line was sent, from 1. A null answer never comes. */
final class ScriptedLines implements Lines, AutoCloseable {
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger mostInFlight = new AtomicInteger();
    final AtomicInteger sends = new AtomicInteger();
    final Map<String, Integer> sendsByKey = new ConcurrentHashMap<>();
    volatile boolean headroom = true;
    volatile BiFunction<LineRequest, Integer, LineAnswer> script;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    ScriptedLines(BiFunction<LineRequest, Integer, LineAnswer> script) {
        this.script = script;
    }

    @Override
    public void run(LineRequest request, Consumer<LineAnswer> whenDone) {
        int count = sendsByKey.merge(request.idempotencyKey(), 1, Integer::sum);
        sends.incrementAndGet();
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        threads.execute(() -> {
            LineAnswer answer = script.apply(request, count);
            if (answer != null) {
                inFlight.decrementAndGet();
                whenDone.accept(answer);
            }
        });
    }

    @Override
    public boolean headroom(String model) {
        return headroom;
    }

    static LineAnswer ok(String text) {
        return new LineAnswer(
                200,
                "req_1",
                ("{\n  \"choices\": [{\"message\": {\"content\": \"" + text + "\"}}]\r\n}")
                        .getBytes(StandardCharsets.UTF_8),
                new Usage(7, 3, 0, 0, 5, 2),
                null,
                null,
                true);
    }

    static LineAnswer status(int status) {
        return status(status, null);
    }

    static LineAnswer status(int status, Duration retryAfter) {
        return new LineAnswer(
                status,
                "req_1",
                ("{\"error\":{\"message\":\"scripted " + status + "\",\"type\":\"t\",\"param\":null,\"code\":\"c\"}}")
                        .getBytes(StandardCharsets.UTF_8),
                null,
                null,
                retryAfter,
                true);
    }

    static LineAnswer ours(Failure.Kind kind) {
        return new LineAnswer(
                kind.status(),
                "req_1",
                "{\"error\":{\"message\":\"ours\",\"type\":\"t\",\"param\":null,\"code\":\"c\"}}"
                        .getBytes(StandardCharsets.UTF_8),
                null,
                Failure.of(kind, "c", "ours"),
                null,
                false);
    }

    /** Blocks whoever runs the script until the latch opens. */
    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
