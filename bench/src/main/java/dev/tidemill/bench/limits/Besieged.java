package dev.tidemill.bench.limits;

import dev.tidemill.bench.caller.KeptCaller;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.simulator.Arrival;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.RawAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Every limit that somebody may have is asked for more than it allows, all at the same time: by so many threads each, which
 * ask again as soon as they are answered. A few of them do not wait, so that many are refused, too.
 */
final class Besieged {
    private static final long MINUTE_MICROS = 60_000_000;
    /** How exactly the log tells when somebody was let in: to a millisecond, and a loop may be late to note it. */
    private static final long NOTED_MICROS = 50_000;

    private static final int HASTY = 16;
    /** After a refusal: else there were so many that the log of those who were let in is moved aside and gone. */
    private static final long BREATH_NANOS = 2_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Verdict verdict;
    private final int threads;
    private final Duration length;
    private final Map<Siege, Seen> seen = new LinkedHashMap<>();

    /** What callers of one siege were told. */
    private static final class Seen {
        private final AtomicLong served = new AtomicLong();
        private final AtomicLong refused = new AtomicLong();
        private final Queue<Long> arrivals = new ConcurrentLinkedQueue<>();
    }

    Besieged(Verdict verdict, int threads, Duration length) {
        this.verdict = verdict;
        this.threads = threads;
        this.length = length;
    }

    void prove(long seed, Siege.Owner owner) throws IOException, InterruptedException {
        List<Siege> sieges = Siege.of(owner);
        List<Rule> rules = sieges.stream().map(Siege::rule).toList();
        String models = sieges.stream().map(Siege::line).collect(Collectors.joining());
        UnaryOperator<String> providers =
                url -> sieges.stream().map(siege -> siege.provider(url)).collect(Collectors.joining());
        try (Ground ground = new Ground(seed, rules, providers, models)) {
            Map<String, Seen> byModel = new LinkedHashMap<>();
            Map<Siege, Caller> callers = new LinkedHashMap<>();
            for (Siege siege : sieges) {
                Seen told = new Seen();
                seen.put(siege, told);
                byModel.put(siege.model(), told);
                callers.put(siege, ground.caller(siege.model(), siege.keyOptions()));
            }
            // Both clocks are the machine's; what they drift apart within a minute and a half is below what the log
            // tells.
            long epoch = System.currentTimeMillis() * 1000 - System.nanoTime() / 1000;
            ground.simulator().watch(arrival -> noted(byModel, arrival, epoch));
            try (Tidemill.Serving serving = ground.serve()) {
                long until = System.nanoTime() + length.toNanos();
                try (Workers all = new Workers(verdict, threads * sieges.size())) {
                    callers.forEach((siege, caller) -> {
                        for (int i = 0; i < threads; i++) {
                            int thread = i;
                            all.start(siege.model(), () -> ask(siege, caller, thread, until));
                        }
                    });
                }
                if (!serving.child().terminate(PATIENCE)) { // writes the last lines of the log
                    verdict.fault("the relay did not end:%n%s"
                            .formatted(serving.child().tail()));
                }
            }
            judge(sieges, Passed.read(ground.data(), owner));
        }
    }

    private static void noted(Map<String, Seen> byModel, Arrival arrival, long epoch) {
        Seen of = byModel.get(arrival.model());
        if (of != null) {
            of.arrivals.add(arrival.nanos() / 1000 + epoch);
        }
    }

    private void ask(Siege siege, Caller caller, int thread, long until) throws IOException {
        Seen told = Objects.requireNonNull(seen.get(siege));
        // One that is given up while the provider answers is over for the relay, and still there for the count at the
        // provider.
        boolean hasty = thread % HASTY == 0 && siege.quota().concurrency() == 0;
        String hurry = hasty ? "x-tidemill-timeout: 300ms\r\n" : "";
        try (KeptCaller client = new KeptCaller(caller)) {
            for (int i = thread; System.nanoTime() < until; i++) {
                RawAnswer answer = client.ask(Api.CHAT.path(siege.model(), false), hurry, siege.body(i));
                if (answer.status() == 200 && answer.framed()) {
                    told.served.incrementAndGet();
                } else if (answer.status() == 429 || (hasty && answer.status() == 504)) {
                    told.refused.incrementAndGet();
                    LockSupport.parkNanos(BREATH_NANOS);
                } else {
                    verdict.fault("%s: %d %s (expected: 200 or 429)"
                            .formatted(siege.model(), answer.status(), answer.body()));
                    return;
                }
            }
        }
    }

    private void judge(List<Siege> sieges, List<Passed> all) {
        for (Siege siege : sieges) {
            List<Passed> passed = all.stream()
                    .filter(one -> one.model().equals(siege.model()))
                    .sorted(Comparator.comparingLong(Passed::in))
                    .toList();
            Seen told = Objects.requireNonNull(seen.get(siege));
            long[] arrivals =
                    told.arrivals.stream().mapToLong(Long::longValue).sorted().toArray();
            verdict.figure(
                    siege.model() + ": " + threads + " threads",
                    "%d let in, %d answered, %d refused"
                            .formatted(passed.size(), told.served.get(), told.refused.get()));
            long sent = passed.stream().filter(Passed::sent).count();
            if (sent != arrivals.length) {
                verdict.fault("%s: %d let in and %d of them sent, but %d arrived at the provider"
                        .formatted(siege.model(), passed.size(), sent, arrivals.length));
            } else if (passed.isEmpty()) {
                verdict.fault(siege.model() + ": nobody was let in");
            } else if (siege.quota().rpm() > 0) {
                requests(siege, passed, arrivals);
            } else if (siege.quota().tpm() > 0) {
                tokens(siege, passed);
            } else {
                atOnce(siege, arrivals);
            }
        }
    }

    private void requests(Siege siege, List<Passed> passed, long[] arrivals) {
        long limit = siege.quota().rpm();
        long burst = siege.quota().requestBurst();
        long[] in = passed.stream().mapToLong(Passed::in).toArray();
        long[] sent = passed.stream().filter(Passed::sent).mapToLong(Passed::in).toArray();
        long late = NOTED_MICROS;
        for (int i = 0; i < sent.length; i++) {
            late = Math.max(late, arrivals[i] - sent[i]);
        }
        atMost(siege, "let in within 60 s", Windows.most(in, MINUTE_MICROS), limit, burst, NOTED_MICROS);
        atMost(siege, "arrived within 60 s", Windows.most(arrivals, MINUTE_MICROS), limit, burst, late);
        atLeast(siege, in.length, limit);
    }

    private void tokens(Siege siege, List<Passed> passed) {
        long limit = siege.quota().tpm();
        long burst = siege.quota().tokenBurst();
        List<Windows.Event> flow = new ArrayList<>();
        long used = 0;
        long beyond = 0;
        long below = 0;
        for (Passed one : passed) {
            long estimate = siege.estimate(one.bytes());
            long rest = one.tokens() - estimate;
            flow.add(new Windows.Event(one.in(), estimate));
            flow.add(new Windows.Event(one.out(), rest));
            used += one.tokens();
            beyond += Math.max(0, rest);
            below += Math.max(0, -rest);
        }
        flow.sort(Comparator.comparingLong(Windows.Event::at));
        long debt = mostOwed(passed, siege);
        verdict.figure(
                siege.model() + ": trued up",
                "%d tokens used, %d beyond the estimates, %d not used; at most %d owed at once"
                        .formatted(used, beyond, below, debt));
        atMost(siege, "tokens within 60 s", Windows.growth(flow, MINUTE_MICROS), limit, burst + debt, NOTED_MICROS);
        atLeast(siege, used, limit);
        if (beyond == 0 || below == 0) {
            verdict.fault(siege.model() + ": no estimate was too low, or none too high");
        }
    }

    /** The most that requests which ran at once used beyond their estimates: it is owed, and counts beside the burst. */
    private static long mostOwed(List<Passed> passed, Siege siege) {
        List<Windows.Event> owed = new ArrayList<>();
        for (Passed one : passed) {
            long beyond = Math.max(0, one.tokens() - siege.estimate(one.bytes()));
            owed.add(new Windows.Event(one.in(), beyond));
            owed.add(new Windows.Event(one.out() + NOTED_MICROS, -beyond));
        }
        owed.sort(Comparator.comparingLong(Windows.Event::at));
        return Windows.growth(owed, Long.MAX_VALUE);
    }

    private void atOnce(Siege siege, long[] arrivals) {
        long limit = siege.quota().concurrency();
        long most = Windows.most(arrivals, Siege.STAY_MILLIS * 1000 - 1);
        verdict.figure(siege.model() + ": at the provider at once", "%d of %d".formatted(most, limit));
        if (most != limit) {
            verdict.fault("%s: %d at once at the provider (expected: %d)".formatted(siege.model(), most, limit));
        }
    }

    /** @param blur by how much a window may be longer than it seems, in µs */
    private void atMost(Siege siege, String what, long most, long limit, long burst, long blur) {
        long allowed = (long) (limit * (1 + (double) blur / MINUTE_MICROS)) + burst;
        verdict.figure(
                siege.model() + ": " + what,
                "at most %d of %d: limit %d, burst %d, clocks exact to %d ms"
                        .formatted(most, allowed, limit, burst, blur / 1000));
        if (most > allowed) {
            verdict.fault("%s: %d %s (expected: at most %d)".formatted(siege.model(), most, what, allowed));
        }
    }

    private void atLeast(Siege siege, long units, long limit) {
        double share = units / (limit * length.toMillis() / 60_000.0);
        verdict.figure(
                siege.model() + ": of what the limit allows",
                String.format(Locale.ROOT, "%.2f %%, burst included", 100 * share));
        if (share < LimitsCommand.LEAST) {
            verdict.fault("%s: %d in %s (expected: at least %.0f %% of %d a minute)"
                    .formatted(siege.model(), units, length, 100 * LimitsCommand.LEAST, limit));
        }
    }
}
