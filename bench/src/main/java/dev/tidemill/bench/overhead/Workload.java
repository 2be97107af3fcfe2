package dev.tidemill.bench.overhead;

import java.util.Locale;

/**
 * What the load generator asks for. The reference range is what nginx was seen to cost on the machine the goals were set
 * on, in µs of CPU per request; far from it, ratios to nginx are another machine's.
 */
enum Workload {
    PLAIN("plain answer, 50 connections", "bench-plain", 50, 2, 1.25, 20, 40),
    BURST("stream of 52 events at once, 50 connections", "bench-burst", 50, 2, 1.25, 166, 290),
    PACED("400 streams, 52 events 20 ms apart", "bench-paced", 400, 10, 1.1, 630, 750),
    STREAMS("2000 streams, 52 events 200 ms apart", "bench-slow", 2000, 13, Double.POSITIVE_INFINITY, 630, 1500),
    SINGLE("plain answer, 1 connection", "bench-plain", 1, 2, 1.3, 30, 40);

    final String title;
    final String model;
    final int connections;
    /**
     * Length of one measured slice; paced streams need many of them to end within it, and in the others the opening of
     * connections is not to count.
     */
    final int sliceSeconds;

    /** The most that the relay's CPU may be, in nginx's; infinite: it has none. */
    final double goal;

    final double referenceLow;
    final double referenceHigh;

    Workload(
            String title,
            String model,
            int connections,
            int sliceSeconds,
            double goal,
            double referenceLow,
            double referenceHigh) {
        this.title = title;
        this.model = model;
        this.connections = connections;
        this.sliceSeconds = sliceSeconds;
        this.goal = goal;
        this.referenceLow = referenceLow;
        this.referenceHigh = referenceHigh;
    }

    /** The goal as a table says it. */
    String goal() {
        return Double.isInfinite(goal) ? "" : String.format(Locale.ROOT, "≤ %.2f", goal);
    }

    boolean streams() {
        return this == BURST || paced();
    }

    /** Whether its pace is the upstream's, however fast the contender is. */
    boolean paced() {
        return this == PACED || this == STREAMS;
    }

    /** Whether nginx's cost is within half of the reference range on either side. */
    boolean comparable(double nginxMicros) {
        return nginxMicros >= referenceLow * 0.5 && nginxMicros <= referenceHigh * 1.5;
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
