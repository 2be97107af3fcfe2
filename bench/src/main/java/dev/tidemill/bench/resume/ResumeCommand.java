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
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Streams whose client leaves at a random byte, some of them broken by the provider. Four readers follow each at the same
 * time, cut in different ways, and one behind its end; whatever each put together must be what a client got that asked the
 * same without wishing to come back, and stayed. So what is lost before it is kept is missed, too. The two answers differ in
 * nothing but the ids of provider and relay.
 */
@Command(name = "resume", description = "A stream that is cut anywhere can be gone on with, byte for byte.")
public final class ResumeCommand implements Callable<Integer> {
    @Option(names = "--streams", description = "Of each protocol (default: ${DEFAULT-VALUE}).")
    private int streams = 25;

    @Option(names = "--seed", description = "Of lengths, paces, faults and cuts (default: the clock).")
    private long seed = System.nanoTime();

    private static final Pattern IDS = Pattern.compile("sim[0-9a-z]{13,}|req_[0-9a-f]{24}");
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
        Verdict verdict = new Verdict(
                "resume", "what cut readers put together is the stream of a client that was never cut", seed);
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
        try (Simulator simulator =
                        Simulator.start(Scenario.of(Behaviour.plain()), anyPort(), InstantSource.fixed(Instant.EPOCH));
                Relay relay = new Relay(
                        RelayOptions.defaults(), directory(api, URI.create(simulator.origin() + api.version())))) {
            InetSocketAddress address =
                    relay.listen(anyPort(), true, relay.streams().routes());
            for (int i = 0; i < streams; i++) {
                stream(api, address, random.split(), row, verdict);
            }
            long asked = simulator.countsAtRest(REST).total().asked();
            if (asked != 2L * streams) {
                verdict.fault("%s: the provider was asked %d times (expected: %d)"
                        .formatted(api.words(), asked, 2L * streams));
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
        Part first = Part.of(relay, api.request(model, key.text(), true), Take.bytes(random.nextInt(0, 4_000)));
        Reader reader = new Reader(relay, key.text(), first.id());
        List<Union> unions = new ArrayList<>();
        Part kept;
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Part> staying =
                    readers.submit(() -> Part.of(relay, api.request(model, key.text(), false), Take.ALL));
            List<Future<Union>> reading = new ArrayList<>();
            for (Habit habit : Habit.values()) {
                SplittableRandom its = random.split();
                boolean numbered = api.numbered() || habit != Habit.AT_RANDOM_BYTES_AS_EVENT_SOURCE;
                reading.add(readers.submit(() -> reader.read(numbered ? habit : Habit.AT_RANDOM_BYTES, its)));
            }
            for (Future<Union> one : reading) {
                unions.add(one.get());
            }
            kept = api.kept(staying.get());
        } catch (ExecutionException e) {
            verdict.fault("%s, %s: %s".formatted(api.words(), model, e.getCause()));
            return;
        }
        String again = reader.from(0, Take.ALL).text();
        if (!again.startsWith(first.text())) {
            verdict.fault(
                    "%s, %s: what the first client saw is not how the stream begins".formatted(api.words(), model));
        }
        unions.add(new Union(Habit.NEVER, again, 0));
        row.broken += broken ? 1 : 0;
        row.events += kept.events().size();
        if (broken == kept.text().contains(api.terminal())) {
            verdict.fault("%s, %s: %s".formatted(api.words(), model, broken ? "looks whole" : "is not whole"));
        }
        judge(api.words() + ", " + model, anonymous(kept.text()), unions, row, verdict);
    }

    private static void judge(String where, String expected, List<Union> unions, Row row, Verdict verdict) {
        if (!expected.endsWith("\n\n")) {
            verdict.fault(where + ": the stream has no proper end");
        }
        for (Union union : unions) {
            row.unions++;
            row.cuts.merge(union.habit(), union.cuts(), Integer::sum);
            String text = anonymous(union.text());
            if (!text.equals(expected)) {
                row.differ++;
                verdict.fault("%s: a reader cut %s got %d bytes, others than the %d of a client that stayed"
                        .formatted(where, union.habit(), text.length(), expected.length()));
            }
        }
    }

    /** Without what tells one answer from another. */
    private static String anonymous(String stream) {
        return IDS.matcher(stream).replaceAll("id");
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
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
