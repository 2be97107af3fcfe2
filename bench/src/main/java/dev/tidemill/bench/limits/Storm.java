package dev.tidemill.bench.limits;

import dev.tidemill.bench.caller.KeptCaller;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.bench.proof.Gauges;
import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Counts;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.RawAnswer;
import dev.tidemill.simulator.relayed.Seen;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Requests of keys with limits, of which most break: by everything that a provider can do wrong, and by clients that hang up
 * while they wait or while they are answered. It goes on until the provider has broken, or lost its reader of, as many as are
 * wanted. Afterwards whatever was taken must have been given back.
 */
final class Storm {
    private static final int KEYS = 4;
    private static final int CONCURRENCY = 12;
    private static final List<String> OPTIONS =
            List.of("--rpm", "6000000", "--tpm", "2000000000", "--concurrency", Integer.toString(CONCURRENCY));
    /** Fewer than all keys may have at once together. */
    private static final int OF_MODEL = 36;

    private static final int OF_CREDENTIAL = 39;

    /**
     * What breaks has a limit of its own, and short clocks, so that silence costs little; no breaker, so that all is asked that
     * is to break. What does not has somewhere else to go: a provider that refuses connections refuses those of others, too.
     */
    private static final String MODELS = """
              "sim-*":
                targets: [{ provider: tight }]
                limits: { concurrency: %d }
                policy:
                  clocks: { connect: 1s, headers: 100ms, first_content: 100ms, gap: 100ms, tool_gap: 100ms, total: 2s }
                  breaker: off
                  retry: { attempts: 2 }
              "sim-tokens*": { targets: [{ provider: tight }, { provider: spare, priority: 2 }], policy: { breaker: off } }
              "held*": { targets: [{ provider: tight, model: "sim-ttft=60s" }], policy: { breaker: off } }
            """.formatted(OF_MODEL);

    /** Each of these takes less than the clock that is started for all of it. */
    private static final String BRIEF = "sim-speed=50+tokens=80";

    private static final String PACED = "sim-ttft=5ms+speed=500+tokens=20";
    private static final String HEALTHY = "sim-tokens=6";
    private static final double FAULTY = 0.7;
    private static final double HASTY = 0.15;
    private static final int LONGEST_STAY = 40;
    private static final int SETTLE_SECONDS = 15;
    private static final Duration REST = Duration.ofSeconds(SETTLE_SECONDS);
    private static final List<Mishap> MISHAPS = Mishap.all();
    /** What is to be as it was before the first request. */
    private static final List<String> AT_REST = List.of(
            "tidemill_exchanges_running",
            "tidemill_target_in_flight",
            "tidemill_waiting",
            "tidemill_body_memory_bytes",
            "tidemill_client_connections");

    private final Verdict verdict;
    private final int threads;
    private final long wanted;
    private final long seed;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong again = new AtomicLong();
    private final AtomicLong hungUp = new AtomicLong();
    private final Map<String, AtomicLong> told = new ConcurrentHashMap<>();

    /** @param wanted requests that broke */
    Storm(Verdict verdict, int threads, long wanted, long seed) {
        this.verdict = verdict;
        this.threads = threads;
        this.wanted = wanted;
        this.seed = seed;
    }

    private static String providers(String tight, String spare) {
        return """
                  tight: { protocol: openai, base_url: "%s", keys: [sk-storm], limits: { concurrency: %d } }
                  spare: { protocol: openai, base_url: "%s", keys: [] }
                """.formatted(tight, OF_CREDENTIAL, spare);
    }

    void prove() throws IOException, InterruptedException {
        try (Simulator spare = Simulator.start(Behaviour.plain(), 0);
                Ground ground = new Ground(seed, List.of(), url -> providers(url, spare.baseUrl()), MODELS)) {
            List<Caller> keys = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                keys.add(ground.caller("storm-" + i, OPTIONS));
            }
            try (Tidemill.Serving serving = ground.serve();
                    Gauges gauges = new Gauges(serving.admin())) {
                Map<String, Double> before = atRest(gauges);
                long from = System.nanoTime();
                SplittableRandom seeds = new SplittableRandom(seed);
                try (Workers all = new Workers(verdict, threads)) {
                    for (int i = 0; i < threads; i++) {
                        Caller key = keys.get(i % KEYS);
                        SplittableRandom random = seeds.split();
                        all.start("the storm", () -> ask(ground.simulator(), key, random));
                    }
                }
                tell(
                        Duration.ofNanos(System.nanoTime() - from),
                        ground.simulator().countsAtRest(REST),
                        gauges);
                atRest(gauges, before, "after them");
                for (Caller key : keys) {
                    holds(ground, "a key", List.of(key), "held", CONCURRENCY);
                }
                holds(ground, "the credential", keys, "held", OF_CREDENTIAL);
                holds(ground, "the model", keys, BRIEF, OF_MODEL);
                atRest(gauges, before, "after all places were held once more");
                if (!serving.child().alive()) {
                    verdict.fault(
                            "the relay ended:%n%s".formatted(serving.child().tail()));
                }
            }
        }
    }

    private void ask(Simulator simulator, Caller key, SplittableRandom random) throws IOException {
        try (KeptCaller client = new KeptCaller(key)) {
            while (broken(simulator.counts()) < wanted) {
                asked.incrementAndGet();
                one(client, random);
            }
        }
    }

    /** Requests, at least: of what the provider broke, or was left alone with, what it was asked for again is not counted. */
    private long broken(Counts counts) {
        return counts.total().broken() + counts.total().cancelled() - again.get();
    }

    private void one(KeptCaller client, SplittableRandom random) throws IOException {
        boolean stream = random.nextInt(3) > 0;
        double lot = random.nextDouble();
        if (lot < HASTY) {
            hungUp.incrementAndGet();
            client.hangUp(Api.CHAT.path(PACED, stream), Api.CHAT.body(PACED, stream), random.nextInt(LONGEST_STAY));
        } else if (lot < HASTY + FAULTY) {
            Mishap mishap = MISHAPS.get(random.nextInt(MISHAPS.size()));
            stream |= mishap.ofStreams();
            answered(mishap.model(), ask(client, mishap.model(), stream, mishap.body(stream, random)));
        } else {
            healthy(ask(client, HEALTHY, stream, Api.CHAT.body(HEALTHY, stream)));
        }
    }

    private static RawAnswer ask(KeptCaller client, String model, boolean stream, String body) throws IOException {
        return client.ask(Api.CHAT.path(model, stream), "", body);
    }

    /** However a request breaks, there is an answer, and it comes to the end that its framing promises. */
    private Seen answered(String model, RawAnswer answer) {
        Seen seen = Seen.of(Api.CHAT, answer);
        String code = seen.status() == 200 ? null : seen.error();
        told.computeIfAbsent(seen.status() + (code == null ? "" : " " + code), words -> new AtomicLong())
                .incrementAndGet();
        again.addAndGet(Math.max(0, Integer.parseInt(answer.headers().getOrDefault("x-tidemill-attempts", "0")) - 1));
        if (!seen.framed()) {
            verdict.fault(model + ": " + seen.words());
        }
        return seen;
    }

    /** Who asks for nothing that breaks gets it whole, or is told that there is no room. */
    private void healthy(RawAnswer answer) {
        Seen seen = answered(HEALTHY, answer);
        if (!seen.looksComplete() && seen.status() != 429 && seen.status() != 503) {
            verdict.fault("a request that nothing breaks: %s %s (expected: whole, 429 or 503)"
                    .formatted(seen.words(), seen.body()));
        }
    }

    private void tell(Duration length, Counts counts, Gauges gauges) throws InterruptedException {
        verdict.figure(
                asked + " requests of " + KEYS + " keys",
                "%d broke in %d s, in %d ways or left by their client; %d clients hung up, those who waited included"
                        .formatted(broken(counts), length.toSeconds(), MISHAPS.size(), hungUp.get()));
        verdict.figure(
                "the provider",
                "broke %d answers and was left by the reader of %d; %d attempts beyond the first"
                        .formatted(counts.total().broken(), counts.total().cancelled(), again.get()));
        verdict.figure("what they were told", new TreeMap<>(told).toString());
        if (broken(counts) < wanted) {
            verdict.fault("%d requests broke (expected: >= %d)".formatted(broken(counts), wanted));
        }
        for (Mishap mishap : MISHAPS) {
            Counts.Tally tally = counts.models().get(mishap.model());
            if (tally == null || tally.broken() + tally.cancelled() == 0) {
                verdict.fault(mishap.model() + ": never played");
            }
        }
        double left = 0;
        for (String line : List.of("key", "model", "upstream")) {
            double waited = gauges.read("tidemill_wait_seconds_count{line=\"%s\"}".formatted(line));
            double inVain = gauges.read("tidemill_waits_in_vain_total{line=\"%s\"}".formatted(line));
            left += inVain;
            verdict.figure("waited in the line of the " + line, "%.0f, and %.0f left it".formatted(waited, inVain));
            if (!(waited > 0)) {
                verdict.fault("nobody waited in the line of the %s: its limit was not met".formatted(line));
            }
        }
        if (!(left > 0)) {
            verdict.fault("nobody left a line");
        }
    }

    /** What is held when nobody has asked yet: the one who asks for it. */
    private static Map<String, Double> atRest(Gauges gauges) throws InterruptedException {
        Map<String, Double> before = new LinkedHashMap<>();
        for (String name : AT_REST) {
            double value = gauges.read(name);
            before.put(name, Double.isNaN(value) ? 0 : value); // a target is told of from its first request on
        }
        return before;
    }

    private void atRest(Gauges gauges, Map<String, Double> before, String when) throws InterruptedException {
        List<String> held = new ArrayList<>();
        for (Map.Entry<String, Double> was : before.entrySet()) {
            double rest = gauges.awaitAtMost(was.getKey(), was.getValue(), SETTLE_SECONDS);
            if (!(rest <= was.getValue())) {
                held.add(was.getKey() + " " + rest);
                verdict.fault("%s: %.0f %s (expected: %.0f)".formatted(was.getKey(), rest, when, was.getValue()));
            }
        }
        verdict.figure("held " + when, held.isEmpty() ? "nothing, by " + AT_REST.size() + " gauges" : held.toString());
    }

    /** All places are there: so many get in at once, each key taking as many as it may, and the next one does not. */
    private void holds(Ground ground, String whose, List<Caller> keys, String model, int places)
            throws IOException, InterruptedException {
        List<KeptCaller> clients = new ArrayList<>();
        try {
            for (int i = 0; i < places; i++) {
                KeptCaller client = new KeptCaller(keys.get(i / CONCURRENCY));
                clients.add(client);
                client.send(Api.CHAT.path(model, true), "", Api.CHAT.body(model, true));
            }
            long in = await(ground, places);
            KeptCaller next = new KeptCaller(keys.getLast());
            clients.add(next);
            RawAnswer refused =
                    next.ask(Api.CHAT.path(model, true), "x-tidemill-timeout: 300ms\r\n", Api.CHAT.body(model, true));
            if (in != places || refused.status() == 200) {
                verdict.fault("%s holds %d at once, the next is told %d (expected: %d, and an error)"
                        .formatted(whose, in, refused.status(), places));
            }
        } finally {
            clients.forEach(KeptCaller::close);
        }
        await(ground, 0);
    }

    private static long await(Ground ground, long running) throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(SETTLE_SECONDS).toNanos();
        while (ground.simulator().counts().running() != running && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        return ground.simulator().counts().running();
    }
}
