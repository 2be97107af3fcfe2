package dev.tidemill.server.endpoint;

import static dev.tidemill.server.endpoint.Metric.gauge;
import static dev.tidemill.server.endpoint.Metric.gaugePoint;
import static dev.tidemill.server.endpoint.Metric.gauges;
import static dev.tidemill.server.endpoint.Metric.point;
import static dev.tidemill.server.endpoint.Metric.states;
import static dev.tidemill.server.endpoint.Metric.word;

import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.relay.Relay;
import dev.tidemill.relay.admission.UpstreamLimit;
import dev.tidemill.relay.meter.AdmissionMeters;
import dev.tidemill.relay.meter.AdmissionMeters.Line;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.EnumSet;
import java.util.List;

/** Who waits, who is turned away and what targets bear, for a scrape. */
final class AdmissionMetrics {
    private AdmissionMetrics() {}

    static List<MetricSnapshot> of(Relay.LimitsState limits) {
        AdmissionMeters meters = limits.meters();
        List<UpstreamLimit.State> targets = limits.targets();
        return List.of(
                waiting(meters),
                waited(meters),
                positions(meters),
                inVain(meters),
                gauges(
                        "tidemill_waiting_oldest_seconds",
                        "How long the one who has waited longest has stood",
                        List.of(limits),
                        all -> Labels.EMPTY,
                        all -> all.oldestNanos() / 1e9),
                turnedAway(meters),
                gauges(
                        "tidemill_load_ratio",
                        "Our own load, 0 to 1",
                        List.of(limits),
                        all -> Labels.EMPTY,
                        Relay.LimitsState::load),
                states(
                        "tidemill_shedding",
                        "Who is turned away altogether for our own load: 1 in one label",
                        List.of(limits),
                        all -> Labels.EMPTY,
                        Relay.LimitsState::shed,
                        EnumSet.allOf(Shedding.Level.class)),
                gauge("tidemill_limited_keys", "Keys with limits in use of late", limits.keys()),
                gauges(
                        "tidemill_upstream_limit",
                        "Requests that may be in flight at a target with one key, where that is limited at present",
                        targets,
                        AdmissionMetrics::target,
                        state -> state.limit() == 0 ? Double.NaN : state.limit()),
                gauges(
                        "tidemill_upstream_in_flight",
                        "Requests that are in flight at a target with one key",
                        targets,
                        AdmissionMetrics::target,
                        UpstreamLimit.State::inFlight),
                gauges(
                        "tidemill_upstream_parked_seconds",
                        "How long a target is sent nothing with one key",
                        targets,
                        AdmissionMetrics::target,
                        state -> state.parkedNanos() / 1e9));
    }

    private static MetricSnapshot waiting(AdmissionMeters meters) {
        GaugeSnapshot.Builder waiting =
                GaugeSnapshot.builder().name("tidemill_waiting").help("Model calls that wait in a line now");
        for (Line line : Line.values()) {
            for (Priority priority : Priority.values()) {
                waiting.dataPoint(
                        gaugePoint(of(line).add("priority", word(priority)), (double) meters.waiting(line, priority)));
            }
        }
        return waiting.build();
    }

    private static MetricSnapshot waited(AdmissionMeters meters) {
        HistogramSnapshot.Builder waited =
                HistogramSnapshot.builder().name("tidemill_wait_seconds").help("Waits in a line until the turn came");
        for (Line line : Line.values()) {
            waited.dataPoint(MetricsRoutes.point(of(line), meters.waited(line)));
        }
        return waited.build();
    }

    private static MetricSnapshot positions(AdmissionMeters meters) {
        SummarySnapshot.Builder positions = SummarySnapshot.builder()
                .name("tidemill_wait_position")
                .help("How many were to go before a model call when it joined a line");
        for (Line line : Line.values()) {
            positions.dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
                    .labels(of(line))
                    .count(meters.joined(line))
                    .sum((double) meters.before(line))
                    .build());
        }
        return positions.build();
    }

    private static MetricSnapshot inVain(AdmissionMeters meters) {
        CounterSnapshot.Builder inVain =
                CounterSnapshot.builder().name("tidemill_waits_in_vain").help("Waits in a line to no end");
        for (Line line : Line.values()) {
            inVain.dataPoint(point(of(line), meters.gaveUp(line)));
        }
        return inVain.build();
    }

    private static MetricSnapshot turnedAway(AdmissionMeters meters) {
        CounterSnapshot.Builder turnedAway = CounterSnapshot.builder()
                .name("tidemill_turned_away")
                .help("Model calls that were not let in, by what stopped them");
        for (Reason reason : Reason.values()) {
            for (Priority priority : Priority.values()) {
                turnedAway.dataPoint(point(
                        Labels.of("reason", word(reason), "priority", word(priority)),
                        meters.refused(reason, priority)));
            }
        }
        return turnedAway.build();
    }

    private static Labels of(Line line) {
        return Labels.of("line", word(line));
    }

    private static Labels target(UpstreamLimit.State state) {
        return Labels.of("provider", state.provider(), "model", state.model(), "fingerprint", state.fingerprint());
    }
}
