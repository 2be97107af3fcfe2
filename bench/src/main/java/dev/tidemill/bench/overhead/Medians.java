package dev.tidemill.bench.overhead;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Middle values of a few measurements. */
record Medians(double quarter, double half, double threeQuarters) {
    static <T> Medians of(List<T> all, ToDoubleFunction<T> value) {
        double[] sorted = all.stream().mapToDouble(value).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("0 measurements (expected: >= 1)");
        }
        return new Medians(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
    }

    static double median(double... values) {
        return of(Arrays.stream(values).boxed().toList(), Double::doubleValue).half();
    }

    private static double at(double[] sorted, double quantile) {
        double position = quantile * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
    }
}
