package dev.tidemill.bench.overload;

import dev.tidemill.bench.process.Scratch;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.core.limit.Priority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How much the relay can do on one core is found by asking for more and more, until no more comes back; then three times
 * that is asked for. A load that could not send in time shows nothing, and is not judged.
 */
@Command(
        name = "overload",
        description = "Three times what one core can do: goodput stays, refusals are quick, no stream is cut.")
public final class OverloadCommand implements Callable<Integer> {
    static final String MODEL = "mill";

    private static final double WARM_RATE = 60;
    private static final double FIRST_RATE = 100;
    private static final double STEP = 1.3;
    /** Goodput that grows by less is not growing. */
    private static final double GROWTH = 1.02;

    private static final double TIMES = 3;
    private static final double CALM = 0.5;
    private static final double LEAST_GOODPUT = 0.9;
    private static final double MOST_REFUSAL_MILLIS = 50;
    private static final double MOST_LATE_MILLIS = 10;
    private static final double MOST_BACK_SECONDS = 10;
    private static final long SETTLE_MILLIS = 15_000;
    private static final long SKIP_MILLIS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(names = "--seed", description = "Of when requests come, and how important they are (default: the clock).")
    private long seed = System.nanoTime();

    @Option(names = "--seconds", description = "Of overload (default: ${DEFAULT-VALUE}).")
    private int seconds = 30;

    @Option(names = "--quick", description = "Short stretches: whether it runs, and little about how well.")
    private boolean quick;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict =
                new Verdict("overload", "at three times the most one core can do the relay does as much", seed);
        try (Scratch scratch = Scratch.create("overload");
                Reactor reactor = new Reactor()) {
            Tidemill tidemill = new Tidemill(scratch);
            Provider provider = new Provider(reactor);
            int port = Scratch.freePort();
            Path configuration =
                    Tidemill.configuration(scratch, port, 1, scratch.file("data"), provider.baseUrl(), MODEL);
            String key = tidemill.createKey(configuration, "proof");
            try (Tidemill.Serving serving =
                    tidemill.serve(Cores.relays(), configuration, Map.of("TIDEMILL_JAVA_OPTS", "-Xmx256m"))) {
                Cores.takeOurs(scratch);
                run(verdict, serving, new Load(reactor, port, key, provider, seed));
                boolean alive = serving.child().alive();
                serving.child().terminate(PATIENCE);
                if (!alive || serving.child().output().contains("OutOfMemory")) {
                    verdict.fault("the relay ran out of memory or ended:%n%s"
                            .formatted(serving.child().tail()));
                }
            }
        }
        return verdict.close();
    }

    private void run(Verdict verdict, Tidemill.Serving serving, Load load) throws IOException {
        System.out.println("\n| stretch | asked a second | whole a second | high | normal | low | refused"
                + " | refusal p50, p99 ms | first bytes p50, p99 ms | relay's CPU | our lateness p99 ms |"
                + "\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        stretch("warm", serving, load, WARM_RATE, quick ? 12_000 : 20_000);
        // the best of several short stretches is partly luck: what is compared is a long one at that rate
        Load.Stretch step = bestStep(serving, load);
        Load.Stretch peak = stretch("peak", serving, load, step.rate(), quick ? 8_000 : seconds * 1_000L);
        stretch("calm", serving, load, CALM * peak.goodput(), quick ? 5_000 : 8_000);
        Load.Stretch over =
                stretch("overload", serving, load, TIMES * peak.goodput(), quick ? 12_000 : seconds * 1_000L);
        Load.Stretch after = stretch("after", serving, load, CALM * peak.goodput(), 15_000);
        int left = load.settle(SETTLE_MILLIS);
        judge(verdict, peak, over, after, left);
        verdict.figure(
                "best of the short steps, when nothing bounded the loop yet",
                String.format(
                        Locale.ROOT,
                        "%.0f a second; at 3 times the peak %.1f %% of that",
                        step.goodput(),
                        100 * over.goodput() / step.goodput()));
        verdict.figure("connections of clients at once", load.mostOpen() + " at most");
        verdict.figure(
                "relay's resident memory, heap of 256 MB", (serving.child().peakRssBytes() >> 20) + " MB at most");
    }

    /** What is asked for when most comes back; ends when two stretches in a row brought no more. */
    private Load.Stretch bestStep(Tidemill.Serving serving, Load load) throws IOException {
        double rate = FIRST_RATE;
        Load.Stretch best = stretch("step", serving, load, rate, quick ? 5_000 : 6_000);
        for (int without = 0; without < 2; ) {
            rate *= STEP;
            Load.Stretch next = stretch("step", serving, load, rate, quick ? 6_000 : 8_000);
            without = next.goodput() > best.goodput() * GROWTH ? 0 : without + 1;
            best = next.goodput() > best.goodput() ? next : best;
        }
        return best;
    }

    private static Load.Stretch stretch(String name, Tidemill.Serving serving, Load load, double rate, long millis)
            throws IOException {
        long cpu = serving.child().cpuMicros();
        Load.Stretch found = load.run(rate, millis, SKIP_MILLIS);
        double used = (serving.child().cpuMicros() - cpu) / (millis * 1e3);
        Tally tally = found.tally();
        System.out.println(String.format(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %s | %s | %s | %d | %.1f, %.1f | %.1f, %.1f | %.0f %% | %.2f |",
                name,
                rate,
                found.goodput(),
                tally.share(Priority.HIGH).text(),
                tally.share(Priority.NORMAL).text(),
                tally.share(Priority.LOW).text(),
                tally.refused(),
                tally.refusals.millis(0.5),
                tally.refusals.millis(0.99),
                tally.firstBytes.millis(0.5),
                tally.firstBytes.millis(0.99),
                used * 100,
                tally.lateness.millis(0.99)));
        return found;
    }

    private void judge(Verdict verdict, Load.Stretch peak, Load.Stretch over, Load.Stretch after, int left) {
        Tally tally = over.tally();
        double late = tally.lateness.millis(0.99);
        if (late > MOST_LATE_MILLIS || tally.unsent > 0) {
            verdict.fault(String.format(
                    Locale.ROOT,
                    "not judged: the load itself was %.1f ms late (p99, expected: at most %.0f) and had no connection for %d"
                            + " requests; it shows nothing",
                    late,
                    MOST_LATE_MILLIS,
                    tally.unsent));
            return;
        }
        double kept = over.goodput() / peak.goodput();
        verdict.figure(
                "peak goodput",
                String.format(
                        Locale.ROOT, "%.0f whole streams a second, when asked for %.0f", peak.goodput(), peak.rate()));
        verdict.figure(
                "goodput at 3 times that",
                String.format(Locale.ROOT, "%.0f a second, %.1f %%", over.goodput(), kept * 100));
        if (kept < LEAST_GOODPUT) {
            verdict.fault(
                    String.format(Locale.ROOT, "goodput fell to %.1f %% of the peak (expected: >= 90 %%)", kept * 100));
        }
        double refusal = tally.refusals.millis(0.99);
        verdict.figure(
                "refusals",
                String.format(
                        Locale.ROOT,
                        "%d; p50 %.1f ms, p99 %.1f ms",
                        tally.refused(),
                        tally.refusals.millis(0.5),
                        refusal));
        if (!(refusal <= MOST_REFUSAL_MILLIS)) {
            verdict.fault(String.format(Locale.ROOT, "refusals took %.1f ms (p99, expected: <= 50)", refusal));
        }
        if (tally.refused() == 0) {
            verdict.fault("nobody was refused: it was no overload");
        }
        for (Load.Stretch each : new Load.Stretch[] {peak, over, after}) {
            if (each.tally().cut + each.tally().unanswered + each.tally().wrongRefusals > 0) {
                verdict.fault(
                        each.tally().cut + " streams cut, " + each.tally().unanswered + " requests without an answer, "
                                + each.tally().wrongRefusals
                                + " refusals that are no 429 or 503 with a Retry-After and an error, of "
                                + each.tally().asked() + " (expected: 0); one: "
                                + each.tally().example());
            }
        }
        if (left > 0) {
            verdict.fault(left + " requests were still open at the end (expected: 0)");
        }
        verdict.figure("streams cut", Integer.toString(tally.cut));
        verdict.figure("streams whole, but 2 s behind the provider", Integer.toString(tally.tooLate));
        for (Priority level : Priority.values()) {
            verdict.figure(
                    "served of " + level.name().toLowerCase(Locale.ROOT),
                    tally.share(level).text());
        }
        double high = tally.share(Priority.HIGH).rate();
        double normal = tally.share(Priority.NORMAL).rate();
        double low = tally.share(Priority.LOW).rate();
        if (!(high > normal && normal > low)) {
            verdict.fault("the more important were not served better than the less important");
        }
        long last = after.tally().lastRefusal;
        double back = last == 0 ? 0 : Math.max(0, (last - over.end()) / 1e9);
        verdict.figure("last refusal after the overload", String.format(Locale.ROOT, "%.1f s", back));
        if (back > MOST_BACK_SECONDS) {
            verdict.fault(String.format(Locale.ROOT, "refusals until %.1f s after it (expected: at most 10)", back));
        }
    }
}
