package dev.tidemill.server.endpoint;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Metrics of one value, and of one value for each of many. */
final class Metric {
    private Metric() {}

    static CounterSnapshot counter(String name, String help, long value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    static CounterSnapshot.CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    static GaugeSnapshot gauge(String name, String help, long value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(gaugePoint(Labels.EMPTY, (double) value))
                .build();
    }

    static GaugeSnapshot.GaugeDataPointSnapshot gaugePoint(Labels labels, double value) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build();
    }

    /** One for each, but for those whose value is no number. */
    static <T> GaugeSnapshot gauges(
            String name, String help, Collection<T> all, Function<T, Labels> labels, ToDoubleFunction<T> value) {
        GaugeSnapshot.Builder gauges = GaugeSnapshot.builder().name(name).help(help);
        for (T one : all) {
            double now = value.applyAsDouble(one);
            if (!Double.isNaN(now)) {
                gauges.dataPoint(gaugePoint(labels.apply(one), now));
            }
        }
        return gauges.build();
    }

    /** For each as many as states are possible, 1 in the one that is true and 0 in the others. */
    static <T, S extends Enum<S>> GaugeSnapshot states(
            String name,
            String help,
            Collection<T> all,
            Function<T, Labels> labels,
            Function<T, S> state,
            Set<S> possible) {
        GaugeSnapshot.Builder gauges = GaugeSnapshot.builder().name(name).help(help);
        for (T one : all) {
            Labels its = labels.apply(one);
            for (S label : possible) {
                gauges.dataPoint(gaugePoint(its.add("state", word(label)), label == state.apply(one) ? 1 : 0));
            }
        }
        return gauges.build();
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
