package dev.tidemill.bench.overhead;

/**
 * One measured round of one contender.
 *
 * @param requests answers given; of paced streams by bytes, as most of them straddle the round's ends and counting the
 *     finished ones comes in steps of whole generations
 */
record Slice(double requests, long cpuMicros, long wallMicros, long p50Micros, long p99Micros) {
    double microsPerRequest() {
        return cpuMicros / requests;
    }

    /** Share of one core. */
    double cores() {
        return (double) cpuMicros / wallMicros;
    }

    /** What this slice is compared by: at the fixed pace of paced streams the share of a core, else the cost of a request. */
    double cost(Workload workload) {
        return workload.paced() ? cores() : microsPerRequest();
    }
}
