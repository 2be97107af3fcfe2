package dev.tidemill.bench.hedge;

import dev.tidemill.bench.process.Scratch;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.bench.proof.Gauges;
import dev.tidemill.bench.proof.Load;
import dev.tidemill.bench.proof.Verdict;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The same load on two providers with a slow tail, without hedging and with it; then with both providers slow, when a second
 * request is of no use; then an eager route, whose requests with tools that act at the provider must never be sent twice.
 */
@Command(name = "hedge", description = "A slow tail, hedged: a lower p99 for a bounded share of extra requests.")
public final class HedgeCommand implements Callable<Integer> {
    private static final String PLAIN = "plain";
    private static final String HEDGED = "hedged";
    private static final String EAGER = "eager";
    private static final double SHARE = 0.05;
    /** That may be saved up while all is well. */
    private static final int SAVED = 10;

    private static final double SLOW = 0.04;
    private static final double MUCH = 0.3;
    /** Of p99 without hedging, so much is left at most. */
    private static final double LEFT = 0.5;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOOLS = "\"tools\":[{\"type\":\"web_search\"},{\"type\":\"code_interpreter\","
            + "\"container\":{\"type\":\"auto\"}}],";

    @Option(names = "--seed", description = "Of who is slow (default: the clock).")
    private long seed = System.nanoTime();

    @Option(names = "--rate", description = "Requests a second (default: ${DEFAULT-VALUE}).")
    private double rate = 150;

    @Option(names = "--seconds", description = "For each of the two compared loads (default: ${DEFAULT-VALUE}).")
    private int seconds = 30;

    private final List<Simulator> simulators = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict =
                new Verdict("hedge", "the slow tail is cut off for at most the share of extra requests", seed);
        try (Scratch scratch = Scratch.create("hedge")) {
            simulators.add(Simulator.start(Behaviour.plain(), 0));
            simulators.add(Simulator.start(Behaviour.plain(), 0));
            run(verdict, scratch);
        } finally {
            simulators.forEach(Simulator::close);
        }
        return verdict.close();
    }

    private void run(Verdict verdict, Scratch scratch) throws IOException, InterruptedException {
        Tidemill tidemill = new Tidemill(scratch);
        int port = Scratch.freePort();
        Path configuration = scratch.write("tidemill.yaml", configuration(port, scratch.file("data")));
        Caller caller = new Caller(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                tidemill.createKey(configuration, "proof"),
                PATIENCE);
        try (Tidemill.Serving serving = tidemill.serve(configuration, Map.of());
                Gauges gauges = new Gauges(serving.admin())) {
            play(0);
            load("warm", 8, gauges, () -> chat(caller, PLAIN));
            play(SLOW);
            Course without = load("without", seconds, gauges, () -> chat(caller, PLAIN));
            play(SLOW);
            Course with = load("with", seconds, gauges, () -> chat(caller, HEDGED));
            simulators.forEach(simulator -> simulator.play(Tail.outage(seed)));
            Course outage = load("with, both slow", 12, gauges, () -> chat(caller, HEDGED));
            play(MUCH);
            Course chats = load("eager", 8, gauges, () -> chat(caller, EAGER));
            play(MUCH);
            Course responses = load("eager, responses", 8, gauges, () -> respond(caller, ""));
            play(MUCH);
            Course tools = load("eager, responses with tools", 8, gauges, () -> respond(caller, TOOLS));
            System.out.println(Course.HEAD);
            List.of(without, with, outage, chats, responses, tools).forEach(course -> System.out.println(course.row()));
            judge(verdict, without, with, outage, chats, responses, tools);
            if (!serving.child().alive()) {
                verdict.fault("the relay ended:%n%s".formatted(serving.child().tail()));
            }
        }
    }

    private void judge(
            Verdict verdict, Course without, Course with, Course outage, Course chats, Course responses, Course tools) {
        for (Course course : List.of(without, with, outage, chats, responses, tools)) {
            accounted(verdict, course, course == outage);
        }
        never(verdict, without);
        never(verdict, tools);
        capped(verdict, with, 1);
        capped(verdict, outage, SAVED);
        if (with.won() == 0) {
            verdict.fault("%s: no hedge won (expected: some)".formatted(with.name()));
        }
        fires(verdict, chats);
        fires(verdict, responses);
        double share = with.ttft(0.99) / without.ttft(0.99);
        verdict.figure("p99 of TTFT", "%.0f ms instead of %.0f ms".formatted(with.ttft(0.99), without.ttft(0.99)));
        if (share > LEFT) {
            verdict.fault("p99 of TTFT is %.0f ms (expected: at most %.0f %% of the %.0f ms without hedging)"
                    .formatted(with.ttft(0.99), 100 * LEFT, without.ttft(0.99)));
        }
    }

    /** While all are slow the relay takes the targets to be overloaded, and lets fewer in: that is no broken answer. */
    private static boolean right(Told told, boolean mayRefuse) {
        return told.fault() == null || (mayRefuse && told.refused());
    }

    /** Each answer is right, and each request and each attempt is counted once on either side. */
    private static void accounted(Verdict verdict, Course course, boolean mayRefuse) {
        course.told().stream()
                .filter(told -> !right(told, mayRefuse))
                .forEach(told -> verdict.fault(course.name() + ": " + told.fault()));
        long requests = course.answered();
        if (course.asked() != requests + course.fired()) {
            verdict.fault("%s: %d reached providers (expected: %d requests and %d hedges)"
                    .formatted(course.name(), course.asked(), requests, course.fired()));
        }
        if (course.cancelled() != course.fired() || course.whole() != requests) {
            verdict.fault("%s: providers answered %d to the end and saw %d cancelled (expected: %d and %d)"
                    .formatted(course.name(), course.whole(), course.cancelled(), requests, course.fired()));
        }
        if (course.ok() != requests || course.givenUp() != course.fired()) {
            verdict.fault("%s: the relay counted %d attempts ok and %d given up (expected: %d and %d)"
                    .formatted(course.name(), course.ok(), course.givenUp(), requests, course.fired()));
        }
    }

    /** What no tools come with is hedged: so it is for them that others are not. */
    private static void fires(Verdict verdict, Course course) {
        if (course.fired() == 0) {
            verdict.fault("%s: no hedges (expected: some)".formatted(course.name()));
        }
    }

    private static void never(Verdict verdict, Course course) {
        if (course.fired() != 0) {
            verdict.fault("%s: %d hedges (expected: none)".formatted(course.name(), course.fired()));
        }
    }

    /** @param saved before it, and on top of the share */
    private static void capped(Verdict verdict, Course course, int saved) {
        double allowed = saved + SHARE * course.told().size();
        verdict.figure(
                "hedges, " + course.name(),
                "%d of %d requests; the share allows %.0f, %d of them saved up"
                        .formatted(course.fired(), course.told().size(), allowed, saved));
        if (course.fired() > allowed) {
            verdict.fault("%s: %d hedges (expected: at most %.0f)".formatted(course.name(), course.fired(), allowed));
        }
    }

    private static Told chat(Caller caller, String model) {
        return Told.ask(caller, Api.CHAT, model, Api.CHAT.body(model, true));
    }

    /** @param tools a field of the body, perhaps none; that it is not stored lets it be hedged without them */
    private static Told respond(Caller caller, String tools) {
        String body = Api.RESPONSES.body(EAGER, true).replaceFirst("\\{", "{" + tools);
        return Told.ask(caller, Api.RESPONSES, EAGER, body);
    }

    /** The same draws for each load, from the same seed; the providers' differ. */
    private void play(double slow) {
        for (int i = 0; i < simulators.size(); i++) {
            Scenario scenario = Tail.of(slow, seed + i * 1_000_003L);
            simulators.get(i).play(scenario);
        }
    }

    private Course load(String name, int length, Gauges gauges, Supplier<Told> request) throws InterruptedException {
        simulators.forEach(Simulator::reset);
        Course.Meter before = Course.Meter.read(gauges);
        List<Told> told = new Load<>(request).run(rate, Duration.ofSeconds(length));
        return Course.of(name, told, simulators, before, gauges);
    }

    private String configuration(int port, Path data) {
        String targets = "targets: [{ provider: one }, { provider: two }]";
        return """
                server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0" }
                data: "%s"
                providers:
                  one: { protocol: openai, base_url: "%s", keys: [] }
                  two: { protocol: openai, base_url: "%s", keys: [] }
                models:
                  %s: { %s }
                  %s: { %s, policy: { hedge: { quantile: p95, share: 5%% } } }
                  %s: { %s, policy: { hedge: { quantile: p50, share: 50%% } } }
                """.formatted(
                        port,
                        data,
                        simulators.get(0).baseUrl(),
                        simulators.get(1).baseUrl(),
                        PLAIN,
                        targets,
                        HEDGED,
                        targets,
                        EAGER,
                        targets);
    }
}
