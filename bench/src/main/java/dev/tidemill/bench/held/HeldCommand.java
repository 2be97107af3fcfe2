package dev.tidemill.bench.held;

import dev.tidemill.bench.process.Child;
import dev.tidemill.bench.process.Scratch;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.bench.proof.Gauges;
import dev.tidemill.bench.proof.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Thousands of streams that say a word a second, all open at the same time, through a relay that may have 20,000 files open.
 * Relay, simulated provider and load are a process each.
 */
@Command(name = "held", description = "9,000 slow streams held at once: none cut, none late, little memory.")
public final class HeldCommand implements Callable<Integer> {
    private static final int FILES = 20_000;
    private static final List<String> LAUNCHER =
            List.of("bash", "-c", "ulimit -n " + FILES + " && exec \"$@\"", "launcher");

    private static final String WARM = "sim-ttft=50ms+speed=50+tokens=4";
    private static final int WARM_PIECES = 4;
    private static final int WARM_STREAMS = 12_000;
    /** Beside the time that is shown: for the first to come and for the last to begin. */
    private static final int SLACK_SECONDS = 15;

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final double MEBIBYTE = 1 << 20;
    private static final String RUNNING = "tidemill_exchanges_running";
    private static final int QUIET_MILLIS = 3_000;

    private static final double MOST_LATE_MILLIS = 250;
    private static final double LONGEST_GAP_MILLIS = 3_000;
    /** A load that is later than this shows nothing. */
    private static final double MOST_OURS_MILLIS = 100;

    @Option(names = "--streams", description = "At once (default: ${DEFAULT-VALUE}).")
    private int streams = 9_000;

    @Option(names = "--seconds", description = "That all are open (default: ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(names = "--rate", description = "New ones a second while they come (default: ${DEFAULT-VALUE}).")
    private double rate = 1_500;

    @Option(names = "--quick", description = "1,000 streams for 10 s.")
    private boolean quick;

    private final long begun = System.nanoTime();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (quick) {
            streams = 1_000;
            seconds = 10;
        }
        Verdict verdict = new Verdict("held", streams + " streams of a word a second are held at once", 0);
        try (Scratch scratch = Scratch.create("held")) {
            Tidemill tidemill = new Tidemill(scratch);
            try (Child simulator = tidemill.start(LAUNCHER, "simulator", Map.of(), "simulate", "--port", "0")) {
                String ready = "simulator ready: ";
                URI provider = URI.create(simulator.awaitLine(ready, START).substring(ready.length()));
                Path configuration = Tidemill.configuration(
                        scratch, Scratch.freePort(), 0, scratch.file("data"), provider.toString(), "sim*");
                String key = tidemill.createKey(configuration, "proof");
                try (Tidemill.Serving relay = tidemill.serve(LAUNCHER, configuration, Map.of());
                        Gauges gauges = new Gauges(relay.admin())) {
                    limited(verdict, "relay", relay.child());
                    limited(verdict, "simulator", simulator);
                    run(verdict, relay, gauges, simulator, provider.getPort(), key);
                    alive(verdict, relay.child());
                    alive(verdict, simulator);
                }
            }
        }
        return verdict.close();
    }

    private static void limited(Verdict verdict, String name, Child child) {
        verdict.figure("open files allowed to the " + name, Long.toString(child.openFileLimit()));
        if (child.openFileLimit() != FILES) {
            verdict.fault("%s may have %d files open (expected: %d)".formatted(name, child.openFileLimit(), FILES));
        }
    }

    private static void alive(Verdict verdict, Child child) {
        if (!child.alive()) {
            verdict.fault("%s ended:%n%s".formatted(child.name(), child.tail()));
        }
    }

    private void run(Verdict verdict, Tidemill.Serving relay, Gauges gauges, Child simulator, int provider, String key)
            throws IOException, InterruptedException {
        try (Crowd warm = crowd(relay.url(), key, WARM)) {
            say("warming with %d short streams".formatted(WARM_STREAMS));
            warm.come(WARM_STREAMS, rate, WARM_PIECES);
            if (!warm.await(PATIENCE.toMillis()) || warm.failed() > 0) {
                verdict.fault("warming: " + Heard.faults(warm.listeners()));
                return;
            }
        }
        gauges.awaitAtMost(RUNNING, 0, 10);
        Thread.sleep(QUIET_MILLIS);
        long idle = relay.child().rssBytes();
        int pieces = (int) Math.ceil(streams / rate) + seconds + SLACK_SECONDS;
        try (Crowd crowd = crowd(relay.url(), key, "sim-ttft=1s+speed=1+tokens=" + pieces);
                Drowsiness drowsiness = new Drowsiness()) {
            say("%d streams of %d words come, %.0f a second".formatted(streams, pieces, rate));
            crowd.come(streams, rate, pieces);
            if (!allBegin(crowd)) {
                verdict.fault("%d of %d streams have begun and %d failed after %s"
                        .formatted(crowd.begun(), streams, crowd.failed(), PATIENCE));
            } else {
                hold(verdict, relay, gauges, simulator, provider, crowd, idle);
            }
            boolean ended = crowd.await(Duration.ofSeconds(pieces).toMillis());
            say("%d whole, %d failed".formatted(crowd.whole(), crowd.failed()));
            if (!ended) {
                verdict.fault(streams - crowd.whole() - crowd.failed() + " streams have not ended (expected: 0)");
                crowd.disperse();
            }
            verdict.figure("ended whole", "%d of %d".formatted(crowd.whole(), streams));
            if (crowd.whole() != streams) {
                verdict.fault("%d of %d streams were whole: %s"
                        .formatted(crowd.whole(), streams, Heard.faults(crowd.listeners())));
            }
            ours(verdict, crowd, drowsiness);
        }
        double rest = gauges.awaitAtMost(RUNNING, 0, 10);
        if (rest != 0) {
            verdict.fault("%s: %.0f when all had ended (expected: 0)".formatted(RUNNING, rest));
        }
    }

    private boolean allBegin(Crowd crowd) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int i = 0; crowd.begun() < streams; i++) {
            if (crowd.failed() > 0 || System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(100);
            if (i % 10 == 9) {
                say("%d came, %d have their first word".formatted(crowd.opened(), crowd.begun()));
            }
        }
        return true;
    }

    private void hold(
            Verdict verdict,
            Tidemill.Serving relay,
            Gauges gauges,
            Child simulator,
            int provider,
            Crowd crowd,
            long idle)
            throws InterruptedException {
        say("all are open");
        Child child = relay.child();
        long from = System.nanoTime();
        long to = from + Duration.ofSeconds(seconds).toNanos();
        long cpu = child.cpuMicros();
        long provided = simulator.cpuMicros();
        long rss = 0;
        for (int second = 1; second <= seconds; second++) {
            Thread.sleep(Math.max(0, (from + second * 1_000_000_000L - System.nanoTime()) / 1_000_000));
            rss = Math.max(rss, child.rssBytes());
            if (second == Math.max(1, seconds / 2)) {
                count(verdict, relay, gauges, provider);
            }
            if (second % 5 == 0) {
                say("%d open for %d s, the relay has %.0f MB"
                        .formatted(crowd.opened() - ended(crowd), second, rss / MEBIBYTE));
            }
        }
        double held = (System.nanoTime() - from) / 1e3;
        verdict.figure("CPU of the relay", percent((child.cpuMicros() - cpu) / held));
        verdict.figure("CPU of the simulator", percent((simulator.cpuMicros() - provided) / held));
        verdict.figure(
                "memory of a stream",
                String.format(
                        Locale.ROOT,
                        "%.1f KiB (resident %.0f MB with none, %.0f MB at most with all)",
                        (rss - idle) / 1024.0 / streams,
                        idle / MEBIBYTE,
                        rss / MEBIBYTE));
        if (ended(crowd) > 0) {
            verdict.fault("%d streams ended within the %d s (expected: 0)".formatted(ended(crowd), seconds));
        }
        if (!crowd.await(Duration.ofSeconds(2L * SLACK_SECONDS + seconds).toMillis())) {
            return; // told by whoever waits for the end
        }
        Heard heard = Heard.between(from, to, crowd.listeners());
        verdict.figure("first word, of which the provider takes 1 s", late(heard.first()));
        verdict.figure("words within " + seconds + " s", heard.text());
        verdict.figure("how late they came", late(heard.late()));
        verdict.figure(
                "longest gap between two",
                String.format(
                        Locale.ROOT,
                        "%.0f ms; p99 %.0f ms",
                        heard.gaps().millis(1),
                        heard.gaps().millis(0.99)));
        if (heard.fewest() < seconds - 2 || heard.most() > seconds + 2) {
            verdict.fault("%s (expected: about %d each)".formatted(heard.text(), seconds));
        }
        if (heard.gaps().millis(1) > LONGEST_GAP_MILLIS || heard.late().millis(0.99) > MOST_LATE_MILLIS) {
            verdict.fault(String.format(
                    Locale.ROOT,
                    "a gap of %.0f ms, and words %.0f ms late (p99, expected: at most %.0f and %.0f)",
                    heard.gaps().millis(1),
                    heard.late().millis(0.99),
                    LONGEST_GAP_MILLIS,
                    MOST_LATE_MILLIS));
        }
    }

    private static int ended(Crowd crowd) {
        return crowd.whole() + crowd.failed();
    }

    /** What the relay and its kernel say of how many there are. */
    private void count(Verdict verdict, Tidemill.Serving relay, Gauges gauges, int provider)
            throws InterruptedException {
        double running = gauges.read(RUNNING);
        long clients = relay.child().connections(relay.url().getPort());
        long upstream = relay.child().connections(provider);
        verdict.figure(
                "open at the same time",
                "%.0f exchanges, %d connections of clients, %d to the provider, %d files"
                        .formatted(running, clients, upstream, relay.child().openFiles()));
        if (running != streams || clients != streams || upstream < streams) {
            verdict.fault("%.0f exchanges, %d and %d connections (expected: %d)"
                    .formatted(running, clients, upstream, streams));
        }
    }

    /** The load's own faults, which it would else put down to the relay. */
    private static void ours(Verdict verdict, Crowd crowd, Drowsiness drowsiness) throws InterruptedException {
        Times naps = drowsiness.end();
        verdict.figure("the load's lateness: waking", late(naps));
        verdict.figure("the load's lateness: one turn of its loop", late(crowd.turns()));
        verdict.figure("the load's lateness: asking", late(crowd.lateness()));
        double worst = Math.max(naps.millis(0.99), crowd.turns().millis(0.99));
        if (worst > MOST_OURS_MILLIS) {
            verdict.fault(String.format(
                    Locale.ROOT,
                    "the load itself was %.0f ms late (p99, expected: at most %.0f): what it says of lateness shows nothing",
                    worst,
                    MOST_OURS_MILLIS));
        }
    }

    private static Crowd crowd(URI relay, String key, String model) throws IOException {
        String body =
                "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Tell me of the tide, and take your time.\"}]}"
                        .formatted(model);
        String request = """
                POST /v1/chat/completions HTTP/1.1\r
                host: 127.0.0.1:%d\r
                authorization: Bearer %s\r
                content-type: application/json\r
                content-length: %d\r
                \r
                %s""".formatted(relay.getPort(), key, body.length(), body);
        return new Crowd(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), relay.getPort()),
                request.getBytes(StandardCharsets.US_ASCII));
    }

    private static String late(Times times) {
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms, at most %.0f ms",
                times.millis(0.5),
                times.millis(0.99),
                times.millis(1));
    }

    private static String percent(double cores) {
        return String.format(Locale.ROOT, "%.0f %% of a core", cores * 100);
    }

    private void say(String what) {
        System.err.printf("%5.1f s: %s%n", (System.nanoTime() - begun) / 1e9, what);
    }
}
