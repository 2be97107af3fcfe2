package dev.tidemill.bench.overhead;

import dev.tidemill.bench.Machine;
import dev.tidemill.bench.Traffic;
import dev.tidemill.bench.process.Child;
import dev.tidemill.bench.process.Scratch;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.core.limit.Quota;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints the overhead table: CPU per request of the relay beside that of an nginx proxy, for the same requests to the same
 * upstream, in one run on one machine. The relay has its limits on, of the key, the model and the provider's key, beside what
 * is always on. Ends with 1 when a goal is missed.
 */
@Command(name = "overhead", description = "CPU, latency and memory of the relay beside an nginx proxy.")
public final class OverheadCommand implements Callable<Integer> {
    private static final int IDLE_SECONDS = 3;
    /** So high that nobody is held up (1,280 tokens a request, 130,000 of them a second), yet each is counted for each request. */
    private static final long PER_MINUTE = Quota.MOST;

    private static final long AT_ONCE = 1_000_000;
    private static final String LIMITS =
            "{ rpm: %d, tpm: %d, concurrency: %d }".formatted(PER_MINUTE, PER_MINUTE, AT_ONCE);

    @Option(names = "--quick", description = "A short smoke run; its figures are not to be quoted.")
    private boolean quick;

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Option(names = "--workload", split = ",", description = "Only these: ${COMPLETION-CANDIDATES}.")
    private List<Workload> workloads = List.of(Workload.values());

    @Option(
            names = "--against",
            description = "tidemill, or nginx: a second proxy as control, whose ratio of 1.00 shows what noise does.")
    private String against = "tidemill";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Tools tools = Tools.find();
        try (Scratch scratch = Scratch.create("overhead");
                Nginx upstream = Nginx.upstream(tools, scratch);
                Nginx proxy = Nginx.proxy(tools, scratch, "proxy", upstream)) {
            Contender nginx = new Contender("nginx", proxy.child(), proxy.url());
            Report report = switch (against) {
                case "tidemill" -> tidemill(tools, scratch, upstream, nginx);
                case "nginx" -> control(tools, scratch, upstream, nginx);
                default ->
                    throw new IllegalArgumentException(
                            "--against: %s (expected: tidemill or nginx)".formatted(against));
            };
            System.out.println(json ? report.json() : report.markdown());
            return report.broken().isEmpty() ? 0 : 1;
        }
    }

    private Report tidemill(Tools tools, Scratch scratch, Nginx upstream, Contender nginx)
            throws IOException, InterruptedException {
        Tidemill tidemill = new Tidemill(scratch);
        Path configuration =
                Tidemill.configuration(scratch, 0, 1, scratch.file("data"), upstream.url() + "/v1", "bench-*", LIMITS);
        String key = tidemill.createKey(
                configuration, "bench", "--rpm=" + PER_MINUTE, "--tpm=" + PER_MINUTE, "--concurrency=" + AT_ONCE);
        List<Long> startups = new ArrayList<>();
        for (int i = 0; i < (quick ? 1 : 5); i++) {
            try (var serving = tidemill.serve(configuration, Map.of())) {
                startups.add(serving.startup().toMillis());
                serving.child().terminate(Duration.ofSeconds(10));
            }
        }
        List<Footprint> footprints = new ArrayList<>();
        if (workloads.contains(Workload.STREAMS)) {
            try (Nginx fresh = Nginx.proxy(tools, scratch, "fresh", upstream)) {
                footprints.add(footprint(tools, scratch, "none", upstream, nginx.name(), fresh.child(), fresh.url()));
            }
            try (var serving = tidemill.serve(configuration, Map.of())) {
                footprints.add(footprint(tools, scratch, key, upstream, "tidemill", serving.child(), serving.url()));
            }
        }
        try (var serving = tidemill.serve(configuration, Map.of())) {
            startups.add(serving.startup().toMillis());
            Thread.sleep(IDLE_SECONDS * 1000L);
            long idle = serving.child().rssBytes();
            Contender relay = new Contender("tidemill", serving.child(), serving.url());
            List<Row> rows = race(tools, scratch, key, upstream.url(), nginx, relay);
            return new Report(Machine.here(), relay.name(), startups, idle, rows, footprints, quick);
        }
    }

    private Report control(Tools tools, Scratch scratch, Nginx upstream, Contender nginx)
            throws IOException, InterruptedException {
        try (Nginx second = Nginx.proxy(tools, scratch, "control", upstream)) {
            Contender relay = new Contender("control", second.child(), second.url());
            List<Row> rows = race(tools, scratch, "none", upstream.url(), nginx, relay);
            return new Report(Machine.here(), relay.name(), List.of(), 0, rows, List.of(), quick);
        }
    }

    private static Footprint footprint(
            Tools tools, Scratch scratch, String key, Nginx upstream, String name, Child child, URI url)
            throws InterruptedException {
        System.err.println("memory a stream: " + name);
        Contender contender = new Contender(name, child, url);
        Footprint found = Footprint.of(contender, new Wrk(tools, scratch, key), Workload.STREAMS, upstream.url());
        System.err.println(found.text());
        return found;
    }

    private List<Row> race(Tools tools, Scratch scratch, String key, URI upstream, Contender nginx, Contender relay)
            throws IOException, InterruptedException {
        Race race = new Race(new Wrk(tools, scratch, key), nginx, relay, System.err::println);
        List<Row> rows = new ArrayList<>();
        for (Workload workload : workloads) {
            Race.Bytes bytes = verify(workload, key, upstream, nginx, relay);
            boolean paced = workload.paced();
            rows.add(race.run(
                    workload,
                    bytes,
                    quick ? 3 : 15,
                    quick ? 3 : 180,
                    workload == Workload.STREAMS ? quick ? 1 : 4 : quick ? 3 : paced ? 8 : 16,
                    quick && workload == Workload.PACED ? 3 : workload.sliceSeconds));
        }
        return rows;
    }

    /** Nothing is measured before one request through each path has given the very same answer. */
    private static Race.Bytes verify(Workload workload, String key, URI upstream, Contender nginx, Contender relay)
            throws IOException {
        String expected = workload.streams() ? Traffic.stream() : Traffic.plainAnswer();
        fetch("upstream", upstream.resolve("/v1/chat/completions"), workload, key, expected);
        return new Race.Bytes(
                fetch(nginx.name(), nginx.completions(), workload, key, expected),
                fetch(relay.name(), relay.completions(), workload, key, expected));
    }

    private static long fetch(String name, URI url, Workload workload, String key, String expected) throws IOException {
        Answer answer = Answer.fetch(url, key, Traffic.request(workload.model, workload.streams()));
        if (answer.status() != 200 || !answer.body().equals(expected)) {
            throw new IllegalStateException(
                    "%s through %s: status %d and %d bytes (expected: 200 and the upstream's %d bytes unchanged)%n%s"
                            .formatted(
                                    workload.key(),
                                    name,
                                    answer.status(),
                                    answer.body().length(),
                                    expected.length(),
                                    answer.body()
                                            .substring(
                                                    0,
                                                    Math.min(500, answer.body().length()))));
        }
        return answer.wireBytes();
    }
}
