package dev.tidemill.server.endpoint;

import static dev.tidemill.server.endpoint.Metric.counter;
import static dev.tidemill.server.endpoint.Metric.point;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.meter.AttemptMeters;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** What became of attempts, for a scrape. */
final class AttemptMetrics {
    private AttemptMetrics() {}

    static List<MetricSnapshot> of(AttemptMeters attempts) {
        return List.of(
                outcomes(attempts),
                counter("tidemill_retries", "Attempts at the target that had failed just before", attempts.retries()),
                counter(
                        "tidemill_failovers",
                        "Attempts at another target than the one that had failed just before",
                        attempts.failovers()),
                counter("tidemill_hedges", "Attempts beside one that was slow", attempts.hedges()),
                counter(
                        "tidemill_hedges_won",
                        "Those whose answer took the place of the slow one's",
                        attempts.hedgesWon()),
                clocks(attempts));
    }

    private static MetricSnapshot outcomes(AttemptMeters attempts) {
        CounterSnapshot.Builder outcomes = CounterSnapshot.builder()
                .name("tidemill_attempts")
                .help("Attempts that ended: ok, given_up (by no doing of the provider's), or the class of the failure")
                .dataPoint(point(Labels.of("outcome", "ok"), attempts.whole()))
                .dataPoint(point(Labels.of("outcome", "given_up"), attempts.givenUp()));
        for (Failure.Kind kind : Failure.Kind.values()) {
            if (attempts.failures(kind) > 0) {
                outcomes.dataPoint(point(Labels.of("outcome", kind.word()), attempts.failures(kind)));
            }
        }
        return outcomes.build();
    }

    private static MetricSnapshot clocks(AttemptMeters attempts) {
        CounterSnapshot.Builder clocks = CounterSnapshot.builder()
                .name("tidemill_clocks_ran_out")
                .help("Times that a clock of policy.clocks ran out");
        List<String> names = attempts.clockNames();
        for (int i = 0; i < names.size(); i++) {
            clocks.dataPoint(point(Labels.of("clock", names.get(i)), attempts.clockRuns(i)));
        }
        return clocks.build();
    }
}
