package dev.tidemill.bench.overhead;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures two contenders in short slices that alternate. A virtual machine's speed drifts by a factor of two within
 * minutes, so two long rounds one after the other compare the hours, not the programs; two neighbouring seconds do not
 * drift. The relay is a JVM and is first loaded with the very workload until its compilers are done: a fresh one costs
 * several times as much.
 */
final class Race {
    private static final String COMPILERS = "CompilerThre";
    /** Of the time: what compilers still do when they are as good as done. */
    private static final double COMPILED = 0.005;

    /** Slices in a row in which the compilers have next to nothing to do. */
    private static final int QUIET = 3;

    private final Wrk wrk;
    private final Contender nginx;
    private final Contender relay;
    private final Consumer<String> progress;

    Race(Wrk wrk, Contender nginx, Contender relay, Consumer<String> progress) {
        this.wrk = wrk;
        this.nginx = nginx;
        this.relay = relay;
        this.progress = progress;
    }

    /**
     * @param bytesPerAnswer of each contender, as it comes over the wire
     * @param leastWarm seconds that the relay is loaded before anything is measured
     * @param mostWarm so long, if its compilers are not done before
     * @param sliceSeconds whole seconds, at least 1
     */
    Row run(Workload workload, Bytes bytesPerAnswer, int leastWarm, int mostWarm, int pairs, int sliceSeconds)
            throws InterruptedException {
        wrk.load(workload, nginx.completions(), Math.min(2, leastWarm));
        int warmed = warm(workload, leastWarm, mostWarm, sliceSeconds);
        progress.accept(
                "%s: warmed for %d s, now %d pairs of %d s".formatted(workload.key(), warmed, pairs, sliceSeconds));
        List<Row.Pair> measured = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            // Who goes first alternates, so that what the first leaves behind for the second falls on both alike.
            Slice first = slice(workload, i % 2 == 0 ? nginx : relay, bytesPerAnswer, sliceSeconds);
            Slice second = slice(workload, i % 2 == 0 ? relay : nginx, bytesPerAnswer, sliceSeconds);
            measured.add(i % 2 == 0 ? new Row.Pair(first, second) : new Row.Pair(second, first));
        }
        Row row = new Row(
                workload, measured, nginx.child().rssBytes(), relay.child().rssBytes());
        progress.accept("%s: nginx %.1f µs, %s %.1f µs, ratio %.2f"
                .formatted(
                        workload.key(),
                        row.nginxMicros(),
                        relay.name(),
                        row.relayMicros(),
                        row.ratio().half()));
        return row;
    }

    /**
     * Seconds that it took until the relay's compilers were done. In slices like those that are measured: at the end of each
     * all clients leave, some in the midst of an answer, and what the compilers took for impossible until then they do anew.
     */
    private int warm(Workload workload, int least, int most, int sliceSeconds) throws InterruptedException {
        progress.accept("%s: warming for %d s at least".formatted(workload.key(), least));
        int warmed = 0;
        for (int quiet = 0; warmed < least || (quiet < QUIET && warmed < most); warmed += sliceSeconds) {
            long before = relay.child().cpuMicros(COMPILERS);
            wrk.load(workload, relay.completions(), sliceSeconds);
            boolean busy = relay.child().cpuMicros(COMPILERS) - before > COMPILED * sliceSeconds * 1e6;
            quiet = busy ? 0 : quiet + 1;
        }
        return warmed;
    }

    /** Bytes on the wire of one whole answer. */
    record Bytes(long nginx, long relay) {}

    private Slice slice(Workload workload, Contender contender, Bytes bytes, int seconds) throws InterruptedException {
        long before = contender.child().cpuMicros();
        Wrk.Round round = wrk.run(workload, contender.completions(), seconds);
        long cpu = contender.child().cpuMicros() - before;
        double requests = workload.paced()
                ? (double) round.bytes() / (contender.equals(nginx) ? bytes.nginx() : bytes.relay())
                : round.requests();
        return new Slice(requests, cpu, round.wallMicros(), round.p50Micros(), round.p99Micros());
    }
}
