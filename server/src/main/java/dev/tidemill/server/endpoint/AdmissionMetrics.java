package dev.tidemill.server.endpoint;

import static dev.tidemill.server.endpoint.Metric.gaugePoint;
import static dev.tidemill.server.endpoint.Metric.point;

import dev.tidemill.core.limit.Priority;
import dev.tidemill.relay.meter.AdmissionMeters;
import dev.tidemill.relay.meter.AdmissionMeters.Line;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Locale;

/** Who waits and who is turned away, for a scrape. */
final class AdmissionMetrics {
    private AdmissionMetrics() {}

    static List<MetricSnapshot> of(AdmissionMeters meters) {
        GaugeSnapshot.Builder waiting =
                GaugeSnapshot.builder().name("tidemill_waiting").help("Who waits now, and for what");
        HistogramSnapshot.Builder waited = HistogramSnapshot.builder()
                .name("tidemill_waited_seconds")
                .help("How long those waited whose turn came");
        CounterSnapshot.Builder inVain = CounterSnapshot.builder()
                .name("tidemill_gave_up_waiting")
                .help("Who waited in vain: the client left, or the time was over");
        for (Line line : Line.values()) {
            for (Priority priority : Priority.values()) {
                waiting.dataPoint(gaugePoint(Labels.of("line", word(line), "priority", word(priority)), (double)
                        meters.waiting(line, priority)));
            }
            waited.dataPoint(MetricsRoutes.point(Labels.of("line", word(line)), meters.waited(line)));
            inVain.dataPoint(point(Labels.of("line", word(line)), meters.gaveUp(line)));
        }
        CounterSnapshot.Builder refused =
                CounterSnapshot.builder().name("tidemill_turned_away").help("Who was refused, and by which limit");
        for (Reason reason : Reason.values()) {
            for (Priority priority : Priority.values()) {
                refused.dataPoint(point(
                        Labels.of("reason", word(reason), "priority", word(priority)),
                        meters.refused(reason, priority)));
            }
        }
        return List.of(waiting.build(), waited.build(), inVain.build(), refused.build());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
