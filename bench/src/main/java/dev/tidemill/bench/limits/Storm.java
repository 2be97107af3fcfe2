package dev.tidemill.bench.limits;

import dev.tidemill.bench.caller.KeptCaller;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.bench.proof.Gauges;
import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.simulator.FaultKind;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.RawAnswer;
import dev.tidemill.simulator.relayed.Seen;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Very many requests of keys with limits, of which a good part breaks: by everything that a provider can do wrong, and by
 * clients that hang up while they wait or while they are answered. Afterwards whatever was taken must have been given back.
 */
final class Storm {
    private static final int KEYS = 4;
    private static final int CONCURRENCY = 12;
    private static final List<String> OPTIONS =
            List.of("--rpm", "6000000", "--tpm", "2000000000", "--concurrency", Integer.toString(CONCURRENCY));
    /** Fewer than all keys may have at once together. */
    private static final int OF_MODEL = 22;

    private static final int OF_CREDENTIAL = 30;

    /**
     * What breaks has a limit of its own, and short clocks, so that silence costs little; no breaker, so that all is asked that
     * is to break.
     */
    private static final String MODELS = """
              "sim-*":
                targets: [{ provider: tight }]
                limits: { concurrency: %d }
                policy:
                  clocks: { connect: 1s, headers: 200ms, first_content: 200ms, gap: 200ms, tool_gap: 200ms, total: 2s }
                  breaker: off
                  retry: { attempts: 2 }
              "sim-tokens*": { targets: [{ provider: tight }], policy: { breaker: off } }
              "held*": { targets: [{ provider: tight, model: "sim-ttft=60s" }], policy: { breaker: off } }
            """.formatted(OF_MODEL);

    /** Each of these takes less than the clock that is started for all of it. */
    private static final String BRIEF = "sim-speed=50+tokens=80";

    private static final double FAULTY = 0.2;
    private static final double HASTY = 0.08;
    private static final int LONGEST_STAY = 40;
    private static final int SETTLE_SECONDS = 15;
    private static final List<String> FAULTS = Arrays.stream(FaultKind.values())
            .filter(FaultKind::breaks)
            .map(Storm::notation)
            .toList();
    /** What is to be as it was before the first request. */
    private static final List<String> AT_REST = List.of(
            "tidemill_exchanges_running",
            "tidemill_target_in_flight",
            "tidemill_waiting",
            "tidemill_body_memory_bytes",
            "tidemill_client_connections");

    private final Verdict verdict;
    private final int threads;
    private final long requests;
    private final long seed;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong faulty = new AtomicLong();
    private final AtomicLong hungUp = new AtomicLong();
    private final Map<String, AtomicLong> told = new ConcurrentHashMap<>();

    Storm(Verdict verdict, int threads, long requests, long seed) {
        this.verdict = verdict;
        this.threads = threads;
        this.requests = requests;
        this.seed = seed;
    }

    /** Those that by themselves would take a minute or all memory are made small. */
    private static String notation(FaultKind kind) {
        return switch (kind) {
            case REFUSE -> "refuse;for=3ms";
            case HUGE_EVENT -> "huge-event=256KiB";
            case GZIP_BOMB -> "gzip-bomb=1MiB";
            case INFINITE -> "infinite;for=20ms";
            default -> kind.label();
        };
    }

    private static String provider(String url) {
        return "  tight: { protocol: openai, base_url: \"%s\", keys: [sk-storm], limits: { concurrency: %d } }\n"
                .formatted(url, OF_CREDENTIAL);
    }

    void prove() throws IOException, InterruptedException {
        try (Ground ground = new Ground(seed, List.of(), Storm::provider, MODELS)) {
            List<Caller> keys = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                keys.add(ground.caller("storm-" + i, OPTIONS));
            }
            try (Tidemill.Serving serving = ground.serve();
                    Gauges gauges = new Gauges(serving.admin())) {
                Map<String, Double> before = atRest(gauges);
                long from = System.nanoTime();
                SplittableRandom seeds = new SplittableRandom(seed);
                try (ExecutorService all = Executors.newFixedThreadPool(threads)) {
                    for (int i = 0; i < threads; i++) {
                        Caller key = keys.get(i % KEYS);
                        SplittableRandom random = seeds.split();
                        all.execute(() -> ask(key, random));
                    }
                }
                tell(Duration.ofNanos(System.nanoTime() - from), gauges);
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

    private void ask(Caller key, SplittableRandom random) {
        try (KeptCaller client = new KeptCaller(key)) {
            while (begun.incrementAndGet() <= requests) {
                try {
                    one(client, random);
                } catch (IOException e) {
                    verdict.fault("no answer: " + e);
                }
            }
        }
    }

    private void one(KeptCaller client, SplittableRandom random) throws IOException {
        boolean stream = random.nextInt(3) > 0;
        double lot = random.nextDouble();
        if (lot < HASTY) {
            hungUp.incrementAndGet();
            String paced = "sim-ttft=5ms+speed=500+tokens=20";
            client.hangUp(Api.CHAT.path(paced, stream), Api.CHAT.body(paced, stream), random.nextInt(LONGEST_STAY));
            return;
        }
        boolean broken = lot < HASTY + FAULTY;
        if (broken) {
            faulty.incrementAndGet();
        }
        String model = broken ? "sim-" + FAULTS.get(random.nextInt(FAULTS.size())) : "sim-tokens=6";
        RawAnswer answer = client.ask(Api.CHAT.path(model, stream), "", Api.CHAT.body(model, stream));
        String code = answer.status() == 200 ? null : Seen.of(Api.CHAT, answer).error();
        told.computeIfAbsent(answer.status() + (code == null ? "" : " " + code), words -> new AtomicLong())
                .incrementAndGet();
    }

    private void tell(Duration length, Gauges gauges) throws InterruptedException {
        long broken = faulty.get() + hungUp.get();
        verdict.figure(
                requests + " requests of " + KEYS + " keys",
                "%d broken by the provider in %d ways, %d hung up, in %d s"
                        .formatted(faulty.get(), FAULTS.size(), hungUp.get(), length.toSeconds()));
        verdict.figure("what they were told", new TreeMap<>(told).toString());
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
        if (broken < FAULTY * requests) {
            verdict.fault("%d of %d requests broke (expected: >= %.0f %%)".formatted(broken, requests, 100 * FAULTY));
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
