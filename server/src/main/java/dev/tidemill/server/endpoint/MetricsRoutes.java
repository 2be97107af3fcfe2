package dev.tidemill.server.endpoint;

import static dev.tidemill.server.endpoint.Metric.counter;
import static dev.tidemill.server.endpoint.Metric.gauge;

import dev.tidemill.batch.run.BatchEngine;
import dev.tidemill.batch.run.Gauges;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.Relay;
import dev.tidemill.relay.meter.Histogram;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.relay.service.Route;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** {@code GET /metrics} on the admin port, in Prometheus' text format. Everything is read at the moment of asking. */
public final class MetricsRoutes {
    /** Upper ends in seconds, from what a phase takes to what a long answer takes. */
    private static final double[] BUCKETS = {
        0.00001, 0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800
    };

    private MetricsRoutes() {}

    public static List<Route> of(Relay relay, BatchEngine batches) {
        return List.of(Route.open("GET", "/metrics", call -> {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            PrometheusTextFormatWriter.builder().build().write(text, snapshot(relay, batches));
            call.answer(200, "text/plain; version=0.0.4; charset=utf-8", text.toByteArray());
        }));
    }

    private static MetricSnapshots snapshot(Relay relay, BatchEngine batches) {
        Meters meters = relay.meters();
        Gauges jobs = batches.gauges();
        Runtime runtime = Runtime.getRuntime();
        List<MetricSnapshot> all = new ArrayList<>(List.of(
                counter("tidemill_exchanges", "Model calls begun, batch lines included", meters.exchanges()),
                counter("tidemill_batch_line_exchanges", "Model calls begun for batch lines", meters.lines()),
                gauge("tidemill_exchanges_running", "Model calls that run now", meters.running()),
                statuses(meters),
                failures(meters),
                phases(meters),
                histogram(
                        "tidemill_first_content_seconds", "From the send to the first content", meters.firstContent()),
                histogram("tidemill_exchange_seconds", "A whole model call", meters.total()),
                tokens(meters),
                counter("tidemill_usage_unknown", "Whole answers that stated no usage", meters.unknownUsage()),
                counter("tidemill_events_dropped", "Stream events that were not passed on", meters.droppedEvents()),
                counter("tidemill_access_lines_lost", "Access log lines lost to a slow disk", meters.accessLinesLost()),
                gauge("tidemill_client_connections", "Client connections open now", meters.connections()),
                pools(relay),
                gauge(
                        "tidemill_streams_kept",
                        "Resumable streams that can be come back to",
                        relay.replayLogs().streams()),
                gauge(
                        "tidemill_streams_kept_bytes",
                        "Their events",
                        relay.replayLogs().bytes()),
                gauge(
                        "tidemill_stream_readers",
                        "Who reads one again now",
                        relay.streams().readers()),
                counter(
                        "tidemill_streams_read_again",
                        "How often one was read again",
                        relay.streams().replays()),
                counter(
                        "tidemill_streams_not_kept",
                        "Resumable streams that got no log, or outgrew it",
                        relay.replayLogs().refused() + relay.replayLogs().lost()),
                gauge(
                        "tidemill_body_memory_bytes",
                        "Request bodies and held answers",
                        relay.memory().used()),
                gauge(
                        "tidemill_body_memory_limit_bytes",
                        "The bound over them",
                        relay.memory().limit()),
                gauge("tidemill_heap_used_bytes", "Java heap in use", runtime.totalMemory() - runtime.freeMemory()),
                gauge("tidemill_heap_max_bytes", "Java heap at most", runtime.maxMemory()),
                gauge("tidemill_batches_validating", "Batches being validated", jobs.validating()),
                gauge("tidemill_batches_running", "Batches being run", jobs.running()),
                gauge("tidemill_batches_finalizing", "Batches being finalized", jobs.finalizing()),
                gauge("tidemill_batch_lines_in_flight", "Batch lines in flight", jobs.inFlight()),
                gauge("tidemill_batch_lines_waiting", "Batch lines that wait to be tried again", jobs.waiting())));
        all.addAll(AttemptMetrics.of(meters.attempts()));
        all.addAll(AdmissionMetrics.of(relay.limits().meters()));
        all.addAll(HealthMetrics.of(relay.health(), System.nanoTime()));
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot statuses(Meters meters) {
        CounterSnapshot.Builder statuses =
                CounterSnapshot.builder().name("tidemill_answers").help("Model calls ended, by status");
        for (int status = 0; status < 600; status++) {
            if (meters.status(status) > 0) {
                statuses.dataPoint(Metric.point(Labels.of("status", Integer.toString(status)), meters.status(status)));
            }
        }
        return statuses.build();
    }

    private static MetricSnapshot failures(Meters meters) {
        CounterSnapshot.Builder failures =
                CounterSnapshot.builder().name("tidemill_failures").help("Model calls that failed, by class");
        for (Failure.Kind kind : Failure.Kind.values()) {
            if (meters.failures(kind) > 0) {
                failures.dataPoint(Metric.point(Labels.of("kind", kind.word()), meters.failures(kind)));
            }
        }
        return failures.build();
    }

    private static MetricSnapshot tokens(Meters meters) {
        return CounterSnapshot.builder()
                .name("tidemill_tokens")
                .help("Tokens as providers stated them")
                .dataPoint(Metric.point(Labels.of("kind", "input"), meters.inputTokens()))
                .dataPoint(Metric.point(Labels.of("kind", "cache_read"), meters.cachedTokens()))
                .dataPoint(Metric.point(Labels.of("kind", "output"), meters.outputTokens()))
                .build();
    }

    private static MetricSnapshot phases(Meters meters) {
        HistogramSnapshot.Builder phases =
                HistogramSnapshot.builder().name("tidemill_phase_seconds").help("Time in each phase of a model call");
        for (int i = 0; i < meters.phaseNames().size(); i++) {
            phases.dataPoint(point(Labels.of("phase", meters.phaseNames().get(i)), meters.phase(i)));
        }
        return phases.build();
    }

    private static MetricSnapshot histogram(String name, String help, Histogram histogram) {
        return HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, histogram))
                .build();
    }

    static HistogramSnapshot.HistogramDataPointSnapshot point(Labels labels, Histogram histogram) {
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        long below = 0;
        for (double bound : BUCKETS) {
            long upTo = Math.max(below, histogram.countUpTo(bound));
            bounds.add(bound);
            counts.add(upTo - below);
            below = upTo;
        }
        bounds.add(Double.POSITIVE_INFINITY);
        counts.add(Math.max(0, histogram.count() - below));
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(histogram.sumSeconds())
                .build();
    }

    private static MetricSnapshot pools(Relay relay) {
        GaugeSnapshot.Builder pools = GaugeSnapshot.builder()
                .name("tidemill_upstream_connections")
                .help("Connections to providers, and requests that wait for one");
        for (Relay.PoolState pool : relay.pools()) {
            pools.dataPoint(pool(pool, "open", pool.open()));
            pools.dataPoint(pool(pool, "idle", pool.idle()));
            pools.dataPoint(pool(pool, "waiting", pool.waiting()));
        }
        return pools.build();
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot pool(Relay.PoolState pool, String state, int value) {
        return Metric.gaugePoint(Labels.of("provider", pool.provider(), "state", state), value);
    }
}
