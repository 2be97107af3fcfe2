package dev.tidemill.bench.failover;

import dev.tidemill.bench.process.Scratch;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.bench.proof.Load;
import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.Seen;
import dev.tidemill.store.AdminAccess;
import dev.tidemill.store.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * Half of a model's targets die under a load of streams, each in another way, and come back. Nobody may notice who had not
 * read the first words; who had is told. Everything the relay did is read from its access log and its health afterwards.
 */
@Command(
        name = "failover",
        description = "Half of ten targets killed and brought back: no request fails before its first words.")
public final class FailoverCommand implements Callable<Integer> {
    static final String MODEL = "mill";

    /** Short, so that a target is tried again within the proof. */
    static final Duration OPEN = Duration.ofSeconds(5);

    /** Short clocks likewise, so that silence is found out. */
    private static final String POLICY =
            "{ clocks: { connect: 1s, first_content: 2s, gap: 2s }, breaker: { open: %ds } }"
                    .formatted(OPEN.toSeconds());

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A machine that sends requests this late has no time for the relay either. */
    private static final Duration BEHIND = Duration.ofMillis(200);

    private static final long FIRST_DEATH = 8_000;
    private static final long DEATHS = 2_000;
    private static final long FIRST_RETURN = 18_000;
    private static final long RETURNS = 2_000;
    /** From its last return a target needs the breaker's time, and half a minute until its traffic is whole. */
    private static final int JUDGED_SECONDS = 60;

    @Option(names = "--seed", description = "Of who dies, how and when (default: the clock).")
    private long seed = System.nanoTime();

    @Option(names = "--seconds", description = "For how long (default: ${DEFAULT-VALUE}).")
    private int seconds = 65;

    @Option(names = "--rate", description = "Requests a second (default: ${DEFAULT-VALUE}).")
    private double rate = 200;

    @Option(names = "--targets", description = "How many, half of which die (default: ${DEFAULT-VALUE}).")
    private int targets = 10;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict = new Verdict("failover", "no request fails before its first words while a target lives", seed);
        List<Simulator> simulators = new ArrayList<>();
        try (Scratch scratch = Scratch.create("failover")) {
            for (int i = 0; i < targets; i++) {
                simulators.add(Simulator.start(Outage.ALIVE, 0));
            }
            run(verdict, scratch, simulators);
        } finally {
            simulators.forEach(Simulator::close);
        }
        return verdict.close();
    }

    private void run(Verdict verdict, Scratch scratch, List<Simulator> simulators)
            throws IOException, InterruptedException {
        Tidemill tidemill = new Tidemill(scratch);
        Path data = scratch.file("data");
        int port = Scratch.freePort();
        Path configuration = scratch.write("tidemill.yaml", configuration(port, data, simulators));
        String key = tidemill.createKey(configuration, "proof");
        String text = new Caller(address(simulators.getFirst().port()), "none", PATIENCE)
                .ask(Api.CHAT, MODEL, true)
                .text();
        List<Victim> victims = victims(simulators);
        try (Tidemill.Serving serving = tidemill.serve(configuration, Map.of());
                ScheduledExecutorService fate = Executors.newSingleThreadScheduledExecutor()) {
            Caller caller = new Caller(address(port), key, PATIENCE);
            Load<Told> load = new Load<>(() -> ask(caller, text));
            Instant begun = Instant.now();
            for (Victim victim : victims) {
                fate.schedule(
                        () -> victim.outage().kill(victim.simulator()),
                        victim.dies().toMillis(),
                        TimeUnit.MILLISECONDS);
                fate.schedule(
                        () -> victim.outage().revive(victim.simulator()),
                        victim.returns().toMillis(),
                        TimeUnit.MILLISECONDS);
            }
            List<Told> told = load.run(rate, Duration.ofSeconds(seconds));
            verdict.figure(
                    "relay's CPU",
                    String.format(Locale.ROOT, "%.1f s", serving.child().cpuMicros() / 1e6));
            JsonNode health = admin(data, "/admin/health");
            List<Change> changes = Change.read(admin(data, "/admin/health/events"));
            if (!serving.child().alive()) {
                verdict.fault("the relay ended:%n%s".formatted(serving.child().tail()));
            }
            serving.child().terminate(PATIENCE); // writes the last lines of the log
            List<Logged> log = Logged.read(data.resolve("access.log"));
            tell(verdict, told, log, health);
            boolean judged = inTime(verdict, begun, load.late(), changes);
            if (judged) {
                judgeAnswers(verdict, begun, told, victims);
            }
            System.out.println(Victim.HEAD);
            for (Victim victim : victims) {
                Victim.Seen seen = victim.seen(begun, told, log, changes, targets);
                System.out.println(victim.row(seen));
                if (judged) {
                    victim.faults(seen, seconds >= JUDGED_SECONDS)
                            .forEach(fault -> verdict.fault(victim.name() + " " + victim.outage() + ": " + fault));
                }
            }
        }
    }

    private static Told ask(Caller caller, String text) {
        Instant now = Instant.now();
        try {
            Seen seen = caller.ask(Api.CHAT, MODEL, true);
            return Told.of(now, Instant.now(), seen, text);
        } catch (IOException | RuntimeException e) {
            return Told.nothing(now, Instant.now(), e);
        }
    }

    private static InetSocketAddress address(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static String configuration(int port, Path data, List<Simulator> simulators) {
        StringBuilder providers = new StringBuilder();
        StringBuilder targets = new StringBuilder();
        for (int i = 0; i < simulators.size(); i++) {
            providers.append("  t%d: { protocol: openai, base_url: \"%s\", keys: [] }\n"
                    .formatted(i, simulators.get(i).baseUrl()));
            targets.append(i == 0 ? "" : ", ").append("{ provider: t%d }".formatted(i));
        }
        return """
                server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0" }
                data: "%s"
                providers:
                %smodels:
                  %s: { targets: [%s], policy: %s }
                """.formatted(port, data, providers, MODEL, targets, POLICY);
    }

    private List<Victim> victims(List<Simulator> simulators) {
        Random random = new Random(seed);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < simulators.size(); i++) {
            numbers.add(i);
        }
        Collections.shuffle(numbers, random);
        List<Victim> victims = new ArrayList<>();
        for (int number : numbers.subList(0, simulators.size() / 2)) {
            Simulator simulator = simulators.get(number);
            victims.add(new Victim(
                    "t" + number + "/" + MODEL,
                    "127.0.0.1:" + simulator.port(),
                    simulator,
                    Outage.values()[victims.size() % Outage.values().length],
                    Duration.ofMillis(FIRST_DEATH + random.nextLong(DEATHS)),
                    Duration.ofMillis(FIRST_RETURN + random.nextLong(RETURNS))));
        }
        return victims;
    }

    private static JsonNode admin(Path data, String path) throws IOException, InterruptedException {
        AdminAccess access = DataDirectory.published(data);
        if (access == null) {
            throw new IllegalStateException(data + ": no admin address (expected: a server that runs there)");
        }
        try (var caller = new dev.tidemill.bench.caller.Caller(access.url(), access.token())) {
            return caller.get(path);
        }
    }

    /**
     * What the relay misses while the machine has no time for the load, or for providers that are well, is not held against
     * it; nor is anything shown.
     */
    private static boolean inTime(Verdict verdict, Instant begun, Duration late, List<Change> changes) {
        long early = changes.stream()
                .filter(change -> change.out() && change.at().isBefore(begun.plusMillis(FIRST_DEATH)))
                .count();
        verdict.figure("load behind its time", Victim.seconds(late) + " at most");
        boolean inTime = late.compareTo(BEHIND) < 0 && early == 0;
        if (!inTime) {
            verdict.fault(
                    "not judged: the load itself was %s late (expected: less than %s), %d targets were out before one"
                                    .formatted(Victim.seconds(late), Victim.seconds(BEHIND), early)
                            + " had died (expected: 0); it shows nothing");
        }
        return inTime;
    }

    private static void judgeAnswers(Verdict verdict, Instant begun, List<Told> told, List<Victim> victims) {
        for (Told one : told.stream().sorted(Comparator.comparing(Told::asked)).toList()) {
            String at = Victim.seconds(Duration.between(begun, one.asked())) + ": ";
            switch (one.ending()) {
                case WHOLE -> {}
                case CUT -> {
                    if (victims.stream().noneMatch(victim -> victim.explains(one, begun, BEHIND))) {
                        verdict.fault(at
                                + "an answer of %s, whose death is no reason, was cut after %s: %s"
                                        .formatted(
                                                one.target(),
                                                Victim.seconds(Duration.between(one.asked(), one.ended())),
                                                one.words()));
                    }
                }
                case SHED -> verdict.fault(at + "turned away: " + one.words());
                case REFUSED -> verdict.fault(at + "failed before its first words: " + one.words());
                case LIE -> verdict.fault(at + "neither whole nor an error: " + one.words());
            }
        }
    }

    private static void tell(Verdict verdict, List<Told> told, List<Logged> log, JsonNode health) {
        Map<Told.Ending, Long> endings =
                told.stream().collect(Collectors.groupingBy(Told::ending, TreeMap::new, Collectors.counting()));
        verdict.figure("requests", Integer.toString(told.size()));
        verdict.figure("answered", endings.toString().toLowerCase(Locale.ROOT));
        verdict.figure("lines in the access log", Integer.toString(log.size()));
        verdict.figure(
                "attempts per request",
                String.format(
                        Locale.ROOT,
                        "%.3f, at most %d",
                        log.stream().mapToInt(Logged::attempts).average().orElse(0),
                        log.stream().mapToInt(Logged::attempts).max().orElse(0)));
        verdict.figure(
                "failed attempts",
                log.stream()
                        .flatMap(line -> line.failed().stream())
                        .collect(Collectors.groupingBy(Logged.Failed::code, TreeMap::new, Collectors.counting()))
                        .toString());
        Map<String, Integer> states = new TreeMap<>();
        for (JsonNode target : health.path("targets")) {
            states.merge(target.path("state").asString(""), 1, Integer::sum);
        }
        verdict.figure("targets at the end", states.toString());
    }
}
