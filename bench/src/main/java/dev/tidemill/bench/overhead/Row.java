package dev.tidemill.bench.overhead;

import java.util.List;

/** One workload's measurements: pairs of slices, yardstick and relay, taken one right after the other. */
record Row(Workload workload, List<Pair> pairs, long nginxRssBytes, long relayRssBytes) {
    record Pair(Slice nginx, Slice relay) {
        double ratio(Workload workload) {
            return relay.cost(workload) / nginx.cost(workload);
        }
    }

    /** The median of the pairs' ratios: what drifts over the run drifts for both halves of a pair. */
    Medians ratio() {
        return Medians.of(pairs, pair -> pair.ratio(workload));
    }

    double nginxMicros() {
        return Medians.of(pairs, pair -> pair.nginx().microsPerRequest()).half();
    }

    double relayMicros() {
        return Medians.of(pairs, pair -> pair.relay().microsPerRequest()).half();
    }

    double nginxCores() {
        return Medians.of(pairs, pair -> pair.nginx().cores()).half();
    }

    double relayCores() {
        return Medians.of(pairs, pair -> pair.relay().cores()).half();
    }

    double nginxPerSecond() {
        return Medians.of(pairs, pair -> perSecond(pair.nginx())).half();
    }

    double relayPerSecond() {
        return Medians.of(pairs, pair -> perSecond(pair.relay())).half();
    }

    double nginxMillis(boolean p99) {
        return Medians.of(pairs, pair -> latency(pair.nginx(), p99)).half();
    }

    double relayMillis(boolean p99) {
        return Medians.of(pairs, pair -> latency(pair.relay(), p99)).half();
    }

    boolean keepsItsGoal() {
        return ratio().half() <= workload.goal;
    }

    boolean comparable() {
        return workload.comparable(nginxMicros());
    }

    private static double perSecond(Slice slice) {
        return slice.requests() * 1e6 / slice.wallMicros();
    }

    private static double latency(Slice slice, boolean p99) {
        return (p99 ? slice.p99Micros() : slice.p50Micros()) / 1000.0;
    }
}
