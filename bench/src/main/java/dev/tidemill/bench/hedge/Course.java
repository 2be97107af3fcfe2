package dev.tidemill.bench.hedge;

import dev.tidemill.bench.proof.Gauges;
import dev.tidemill.simulator.Counts;
import dev.tidemill.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a load was told, what its providers saw of it, and what the relay counted.
 *
 * @param sorted times to first content
 * @param asked requests that reached a provider
 * @param whole of them, those that were answered to the end
 * @param cancelled of them, those whose connection was closed before the end
 * @param fired second requests
 * @param won those whose answer the client got
 * @param ok attempts that ended well
 * @param givenUp attempts that were given up
 */
record Course(
        String name,
        List<Told> told,
        long[] sorted,
        long asked,
        long whole,
        long cancelled,
        long fired,
        long won,
        long ok,
        long givenUp) {
    private static final Duration REST = Duration.ofSeconds(20);

    /** What the relay has counted so far. */
    record Meter(long fired, long won, long ok, long givenUp) {
        static Meter read(Gauges gauges) throws InterruptedException {
            return new Meter(
                    (long) gauges.read("tidemill_hedges_total"),
                    (long) gauges.read("tidemill_hedges_won_total"),
                    (long) gauges.read("tidemill_attempts_total{outcome=\"ok\"}"),
                    (long) gauges.read("tidemill_attempts_total{outcome=\"given_up\"}"));
        }
    }

    /** What came of it, once nothing runs any more; the providers' counts are of this load alone. */
    static Course of(String name, List<Told> told, List<Simulator> simulators, Meter before, Gauges gauges)
            throws InterruptedException {
        long asked = 0;
        long whole = 0;
        long cancelled = 0;
        for (Simulator simulator : simulators) {
            Counts.Tally total = simulator.countsAtRest(REST).total();
            asked += total.asked();
            whole += total.whole();
            cancelled += total.cancelled();
        }
        gauges.awaitAtMost("tidemill_exchanges_running", 0, (int) REST.toSeconds());
        Meter after = Meter.read(gauges);
        return new Course(
                name,
                told,
                Told.sorted(told),
                asked,
                whole,
                cancelled,
                after.fired() - before.fired(),
                after.won() - before.won(),
                after.ok() - before.ok(),
                after.givenUp() - before.givenUp());
    }

    /** How many were not turned away. */
    long answered() {
        return sorted.length;
    }

    double ttft(double quantile) {
        return Told.quantile(sorted, quantile);
    }

    static final String HEAD =
            "\n| load | requests | turned away | TTFT p50 | p95 | p99 | p99.9 | asked upstream | extra | fired | won"
                    + " | cancelled upstream |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

    String row() {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.0f ms | %.0f ms | %.0f ms | %.0f ms | %d | %.2f %% | %d | %d | %d |",
                name,
                told.size(),
                told.size() - answered(),
                ttft(0.5),
                ttft(0.95),
                ttft(0.99),
                ttft(0.999),
                asked,
                100.0 * (asked - answered()) / answered(),
                fired,
                won,
                cancelled);
    }
}
