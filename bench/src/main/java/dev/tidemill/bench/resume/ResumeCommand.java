package dev.tidemill.bench.resume;

import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.bench.resume.Part.Take;
import dev.tidemill.bench.resume.Reader.Habit;
import dev.tidemill.bench.resume.Reader.Union;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.Relay;
import dev.tidemill.relay.RelayOptions;
import dev.tidemill.relay.exchange.Directory;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Streams whose client leaves at a random byte, some of them broken by the provider. Four readers follow each at the same
 * time, cut in different ways; whatever each put together must be what a reader gets who was never cut.
 */
@Command(name = "resume", description = "A stream that is cut anywhere can be gone on with, byte for byte.")
public final class ResumeCommand implements Callable<Integer> {
    @Option(names = "--streams", description = "Of each protocol (default: ${DEFAULT-VALUE}).")
    private int streams = 25;

    @Option(names = "--seed", description = "Of lengths, paces, faults and cuts (default: the clock).")
    private long seed = System.nanoTime();

    private static final Duration REST = Duration.ofSeconds(10);

    private final KeySecret key = KeySecret.generate(new SplittableRandom(1));

    /** What came of one protocol's streams. */
    private static final class Row {
        private int broken;
        private long events;
        private final Map<Habit, Integer> cuts = new EnumMap<>(Habit.class);
        private int unions;
        private int differ;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict = new Verdict("resume", "what cut readers put together is the uncut stream", seed);
        SplittableRandom random = new SplittableRandom(seed);
        System.out.println("""

                | protocol | streams | broken by the provider | events | cut after an event | cut at a random byte | unions | that differ |
                |---|--:|--:|--:|--:|--:|--:|--:|""");
        int unions = 0;
        int cuts = 0;
        for (Api api : Api.values()) {
            Row row = prove(api, random.split(), verdict);
            unions += row.unions;
            cuts += row.cuts.values().stream().mapToInt(Integer::intValue).sum();
            System.out.printf(
                    "| %s | %d | %d | %d | %d | %d | %d | %d |%n",
                    api.words(),
                    streams,
                    row.broken,
                    row.events,
                    row.cuts.getOrDefault(Habit.AFTER_EACH_EVENT, 0),
                    row.cuts.getOrDefault(Habit.AT_RANDOM_BYTES, 0)
                            + row.cuts.getOrDefault(Habit.AT_RANDOM_BYTES_AS_EVENT_SOURCE, 0),
                    row.unions,
                    row.differ);
        }
        verdict.figure("unions compared", Integer.toString(unions));
        verdict.figure("connections cut", Integer.toString(cuts));
        return verdict.close();
    }

    private Row prove(Api api, SplittableRandom random, Verdict verdict) throws IOException, InterruptedException {
        Row row = new Row();
        try (Simulator simulator = Simulator.start(Behaviour.plain(), 0);
                Relay relay = new Relay(
                        RelayOptions.defaults(), directory(api, URI.create(simulator.origin() + api.version())))) {
            InetSocketAddress address = relay.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    true,
                    relay.streams().routes());
            for (int i = 0; i < streams; i++) {
                stream(api, address, random.split(), row, verdict);
            }
            long asked = simulator.countsAtRest(REST).total().asked();
            if (asked != streams) {
                verdict.fault(
                        "%s: the provider was asked %d times (expected: %d)".formatted(api.words(), asked, streams));
            }
            long left = simulator.counts().total().cancelled();
            if (left != 0) {
                verdict.fault("%s: %d streams were given up (expected: none)".formatted(api.words(), left));
            }
        }
        return row;
    }

    private void stream(Api api, InetSocketAddress relay, SplittableRandom random, Row row, Verdict verdict)
            throws IOException, InterruptedException {
        int tokens = random.nextInt(1, 60);
        boolean broken = random.nextInt(4) == 0;
        String model = "sim-tokens=" + tokens + "+speed=" + random.nextInt(100, 600) + "+jitter=90%"
                + (broken ? "+cut-after=" + random.nextInt(1, tokens + 1) : "");
        Part first = Part.of(relay, api.request(model, key.text()), Take.bytes(random.nextInt(0, 4_000)));
        Reader reader = new Reader(relay, key.text(), first.id());
        List<Union> unions = new ArrayList<>();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Union>> reading = new ArrayList<>();
            for (Habit habit : Habit.values()) {
                SplittableRandom its = random.split();
                boolean numbered = api.numbered() || habit != Habit.AT_RANDOM_BYTES_AS_EVENT_SOURCE;
                reading.add(readers.submit(() -> reader.read(numbered ? habit : Habit.AT_RANDOM_BYTES, its)));
            }
            for (Future<Union> one : reading) {
                unions.add(one.get());
            }
        } catch (ExecutionException e) {
            verdict.fault("%s, %s: %s".formatted(api.words(), model, e.getCause()));
            return;
        }
        Part uncut = reader.from(0, Take.ALL);
        judge(api.words() + ", " + model, first, uncut, unions, row, verdict);
        row.broken += broken ? 1 : 0;
        if (broken == uncut.text().contains(api.terminal())) {
            verdict.fault("%s, %s: %s".formatted(api.words(), model, broken ? "looks whole" : "is not whole"));
        }
        row.events += uncut.events().size();
        for (int i = 0; api.numbered() && i < uncut.events().size(); i++) {
            if (!uncut.events().get(i).startsWith("id: " + i + "\n")) {
                verdict.fault("%s, %s: event %d has another number".formatted(api.words(), model, i));
            }
        }
    }

    private static void judge(String where, Part first, Part uncut, List<Union> unions, Row row, Verdict verdict) {
        if (!uncut.ended() || !String.join("", uncut.events()).equals(uncut.text())) {
            verdict.fault(where + ": the stream has no proper end");
        }
        if (!uncut.text().startsWith(first.text())) {
            verdict.fault(where + ": what the first client saw is not how the kept stream begins");
        }
        for (Union union : unions) {
            row.unions++;
            row.cuts.merge(union.habit(), union.cuts(), Integer::sum);
            if (!union.text().equals(uncut.text())) {
                row.differ++;
                verdict.fault("%s: a reader cut %s got %d bytes (expected: the %d uncut ones)"
                        .formatted(
                                where,
                                union.habit(),
                                union.text().length(),
                                uncut.text().length()));
            }
        }
    }

    private Directory directory(Api api, URI base) {
        Provider provider = new Provider(
                "sim", api.protocol(), base, List.of("sk-sim"), Map.of(), null, null, Provider.StreamUsage.ASK);
        Policy usual = Policy.DEFAULT;
        Policy once = new Policy(
                usual.clocks(),
                new Policy.Retry(1, 0.1),
                null,
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume());
        Directory directory = new Directory(
                new Routes(1, List.of(provider), List.of(new Model("*", List.of(Target.of(provider)), once))));
        directory.keys(new KeyRing(List.of(new Key(
                key.id(),
                "proof",
                "default",
                "default",
                key.digest(),
                List.of(),
                0,
                0,
                0,
                Instant.EPOCH,
                null,
                null))));
        return directory;
    }
}
