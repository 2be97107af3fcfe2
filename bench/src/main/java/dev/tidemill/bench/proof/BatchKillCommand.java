package dev.tidemill.bench.proof;

import dev.tidemill.bench.caller.BatchState;
import dev.tidemill.bench.caller.Caller;
import dev.tidemill.bench.caller.InputFile;
import dev.tidemill.bench.caller.Results;
import dev.tidemill.bench.process.Site;
import dev.tidemill.simulator.Behaviour;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Batches go on while the relay is killed again and again. In the end each line has exactly one result, the counts are the
 * files' lines, and what was asked of the provider twice is no more than the batches admit in
 * {@code lines_possibly_charged_twice}. Batches follow one another until all kills are spent; each has one phase in which a
 * kill is aimed at it, and random ones besides.
 */
@Command(name = "batch-kill", description = "Batches under SIGKILL, or on a full disk: nothing lost, nothing twice.")
public final class BatchKillCommand implements Callable<Integer> {
    private static final Pattern LINE = Pattern.compile("round\\d+-\\d{6}");
    private static final int POLL_MILLIS = 10;

    @Option(names = "--seed", description = "Of the moments of the kills (default: the clock).")
    private long seed = System.nanoTime();

    @Option(names = "--kills", description = "How many (default: ${DEFAULT-VALUE}).")
    private int kills = 20;

    @Option(names = "--lines", description = "Of each batch (default: ${DEFAULT-VALUE}).")
    private int lines = 2000;

    @Option(names = "--pace", description = "Milliseconds that each answer takes (default: ${DEFAULT-VALUE}).")
    private int pace = 100;

    @Option(names = "--limit", description = "Seconds one batch may take (default: ${DEFAULT-VALUE}).")
    private int limit = 300;

    @Option(names = "--disk-full", description = "Fill the disk under a running batch instead of killing.")
    private boolean diskFull;

    private volatile Phase phase = Phase.UPLOAD;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return diskFull ? new DiskFull(lines, pace, seed).run() : kill();
    }

    private int kill() throws IOException, InterruptedException {
        Verdict verdict =
                new Verdict("batch-kill", "kill -9 at any moment loses no line and repeats none unsaid", seed);
        Random random = new Random(seed);
        try (Site site = Site.open("batch-kill");
                Caller caller = site.caller();
                LineWatch watch = new LineWatch(site.simulator(), LINE)) {
            site.simulator().behave(Behaviour.of("ttft=" + pace + "ms"));
            PatientClient client = new PatientClient(caller);
            long admitted = 0;
            int round = 0;
            try (Killer killer = new Killer(site, watch, () -> phase, verdict, new Random(random.nextLong()), kills)) {
                do {
                    round++;
                    admitted += round(site, client, killer, verdict, round, random);
                } while (!killer.done());
                killer.tell();
            }
            judge(verdict, watch, site, round, admitted);
        }
        return verdict.close();
    }

    /** One batch from upload to results; returns how many lines it admits to have asked for twice. */
    private long round(Site site, PatientClient client, Killer killer, Verdict verdict, int round, Random random)
            throws IOException, InterruptedException {
        String mark = "round" + round;
        InputFile input = new InputFile(site.file(mark + ".jsonl"), mark, lines, "sim", 2000).write();
        Phase aim = Phase.AIMS.get(random.nextInt(Phase.AIMS.size()));
        long delay = random.nextLong(30);
        enter(Phase.UPLOAD, aim, delay, killer);
        String file = client.upload(input);
        enter(Phase.CREATE, aim, delay, killer);
        BatchState batch = client.create(file, mark);
        long deadline = System.nanoTime() + limit * 1_000_000_000L;
        long results = 0;
        while (!batch.ended()) {
            enter(Phase.of(batch), aim, delay, killer);
            Thread.sleep(POLL_MILLIS);
            batch = client.batch(batch.id());
            if (batch.completed() + batch.failed() < results) {
                verdict.fault("%s: %d results were acknowledged, now there are %d"
                        .formatted(mark, results, batch.completed() + batch.failed()));
            }
            results = batch.completed() + batch.failed();
            if (System.nanoTime() > deadline) {
                verdict.fault("%s: not done after %d s: %s".formatted(mark, limit, batch));
                return batch.chargedTwice();
            }
        }
        enter(Phase.FETCH, aim, delay, killer);
        Results found = client.results(batch, site.file(""));
        verdict.faults(mark, found.faults(input, batch));
        if (batch.failed() > 0) {
            verdict.fault(
                    "%s: %d lines failed (expected: 0, as the provider answered all)".formatted(mark, batch.failed()));
        }
        if (!client.hasFile(file) || client.count(mark) != 1) {
            verdict.fault("%s: the input is gone, or there are %d batches of it (expected: 1)"
                    .formatted(mark, client.count(mark)));
        }
        System.err.printf(
                "%s: %s, %d results, %d possibly charged twice%n", mark, batch.status(), results, batch.chargedTwice());
        return batch.chargedTwice();
    }

    private void enter(Phase next, Phase aim, long delay, Killer killer) {
        if (phase != next) {
            phase = next;
            if (next == aim) {
                killer.strike(delay);
            }
        }
    }

    private void judge(Verdict verdict, LineWatch watch, Site site, int rounds, long admitted) {
        Map<String, Integer> asked = watch.asked();
        long repeated = asked.values().stream().filter(times -> times > 1).count();
        long extra = asked.values().stream().mapToLong(times -> times - 1).sum();
        verdict.figure("batches", "%d of %d lines, each line with exactly one result".formatted(rounds, lines));
        verdict.figure("lines the provider was asked for", "%d of %d".formatted(asked.size(), (long) rounds * lines));
        verdict.figure(
                "answered whole by the provider",
                Long.toString(site.simulator().counts().total().whole()));
        verdict.figure("lines asked for more than once", "%d, %d requests too many".formatted(repeated, extra));
        verdict.figure("lines_possibly_charged_twice", Long.toString(admitted));
        if (repeated > admitted) {
            verdict.fault("%d lines were repeated (expected: <= the %d that the batches admit)"
                    .formatted(repeated, admitted));
        }
        if (watch.gap()) {
            verdict.fault("the provider was asked faster than this proof could count");
        }
    }
}
