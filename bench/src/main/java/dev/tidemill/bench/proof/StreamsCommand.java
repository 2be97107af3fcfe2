package dev.tidemill.bench.proof;

import dev.tidemill.bench.caller.Caller;
import dev.tidemill.bench.process.Site;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * Many clients stream at once for a while; each answer is compared, word and token count, with what the provider says to the
 * same question when asked directly and not streamed.
 */
@Command(name = "streams", description = "Concurrent streams: every answer whole, memory flat.")
public final class StreamsCommand implements Callable<Integer> {
    @Option(names = "--seconds", description = "For how long (default: ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(names = "--clients", description = "Streams at once (default: ${DEFAULT-VALUE}).")
    private int clients = 50;

    @Option(names = "--seed", description = "Of questions and lengths (default: the clock).")
    private long seed = System.nanoTime();

    @Option(
            names = "--growth",
            description = "MB a minute that the resident set may grow in the second half (default: ${DEFAULT-VALUE}).")
    private double growth = 24;

    private static final String BODY_MEMORY = "tidemill_body_memory_bytes";
    /** A JVM has not grown up before. */
    private static final int JUDGED_SECONDS = 60;

    private final AtomicLong streams = new AtomicLong();
    private final AtomicLong tokens = new AtomicLong();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict = new Verdict("streams", "every concurrent stream arrives whole and memory stays flat", seed);
        try (Site site = Site.open("streams");
                var serving = site.serve(Map.of());
                Caller relay = site.caller();
                Caller direct = site.direct()) {
            long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            try (Gauges gauges = new Gauges(serving.admin());
                    MemoryWatch memory = new MemoryWatch(serving, gauges)) {
                double memoryBefore = gauges.read(BODY_MEMORY);
                try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int client = 0; client < clients; client++) {
                        int number = client;
                        executor.execute(() -> converse(number, deadline, relay, direct, verdict));
                    }
                }
                tell(verdict, memory, serving.child().rssBytes() >> 20);
                atRest(verdict, gauges, "tidemill_exchanges_running", 0);
                atRest(verdict, gauges, BODY_MEMORY, memoryBefore);
            }
            if (!serving.child().alive()) {
                verdict.fault("the relay ended:%n%s".formatted(serving.child().tail()));
            }
        }
        if (streams.get() == 0) {
            verdict.fault("no stream ended within %d s".formatted(seconds));
        }
        return verdict.close();
    }

    private void tell(Verdict verdict, MemoryWatch memory, long rss) {
        verdict.figure("streams", "%d by %d clients in %d s".formatted(streams.get(), clients, seconds));
        verdict.figure("tokens", Long.toString(tokens.get()));
        verdict.figure("RSS", "%d MB, slope %+.1f MB/min in the second half".formatted(rss, memory.rssSlope()));
        verdict.figure(
                "heap, lowest in each quarter",
                "%.0f, %.0f, %.0f, %.0f MB"
                        .formatted(memory.heapFloor(0), memory.heapFloor(1), memory.heapFloor(2), memory.heapFloor(3)));
        if (seconds < JUDGED_SECONDS) {
            verdict.figure("memory flat?", "not judged: %d s (expected: >= %d)".formatted(seconds, JUDGED_SECONDS));
        } else if (memory.rssSlope() > growth) {
            verdict.fault("memory grows by %.1f MB/min (expected: <= %.1f)".formatted(memory.rssSlope(), growth));
        }
    }

    /** Whatever was held for a stream is given back when all have ended. */
    private static void atRest(Verdict verdict, Gauges gauges, String name, double before) throws InterruptedException {
        double rest = gauges.awaitAtMost(name, before, 5);
        verdict.figure(name + " at rest", "%.0f".formatted(rest));
        if (!(rest <= before)) {
            verdict.fault("%s: %.0f after the last stream (expected: %.0f as before the first)"
                    .formatted(name, rest, before));
        }
    }

    private void converse(int client, long deadline, Caller relay, Caller direct, Verdict verdict) {
        SplittableRandom random = new SplittableRandom(seed + client);
        for (int number = 0; System.nanoTime() < deadline; number++) {
            String question = "Client %d asks for the %d. time how the mill fares".formatted(client, number);
            int length = random.nextInt(20, 150);
            boolean usage = random.nextBoolean();
            try {
                JsonNode expected = direct.post(
                        "/v1/chat/completions",
                        Map.of("model", "sim-tokens=" + length, "messages", messages(question)));
                Map<String, Object> request = Map.of(
                        "model",
                        "sim-ttft=50ms+speed=100+jitter=30%+tokens=" + length,
                        "messages",
                        messages(question),
                        "stream",
                        true,
                        "stream_options",
                        Map.of("include_usage", usage));
                StreamedChat chat = StreamedChat.read(relay.stream("/v1/chat/completions", request));
                compare(question, expected, usage, chat, verdict);
                streams.incrementAndGet();
                tokens.addAndGet(length);
            } catch (IOException | RuntimeException e) {
                verdict.fault("%s: %s".formatted(question, e));
                return;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void compare(String question, JsonNode expected, boolean usage, StreamedChat chat, Verdict verdict) {
        String text = expected.at("/choices/0/message/content").asString("");
        if (!chat.text().equals(text)) {
            verdict.fault("%s: \"%s\" (expected: \"%s\")".formatted(question, chat.text(), text));
        }
        if (chat.ends() != 1 || chat.after() != 0 || !"stop".equals(chat.finish())) {
            verdict.fault("%s: finish %s, %d times [DONE], %d events after it (expected: stop, 1, 0)"
                    .formatted(question, chat.finish(), chat.ends(), chat.after()));
        }
        JsonNode total = expected.path("usage");
        if (usage ? !total.equals(chat.usage()) : chat.usage() != null) {
            verdict.fault("%s: usage %s (expected: %s)"
                    .formatted(question, chat.usage(), usage ? total : "none, as it was not asked for"));
        }
    }

    private static List<Map<String, String>> messages(String question) {
        return List.of(Map.of("role", "user", "content", question));
    }
}
