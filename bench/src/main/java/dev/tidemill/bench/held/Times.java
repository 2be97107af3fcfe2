package dev.tidemill.bench.held;

import java.util.Arrays;

/** Durations, all kept. */
final class Times {
    private long[] all = new long[1 << 12];
    private int count;
    private boolean sorted;

    void add(long nanos) {
        if (count == all.length) {
            all = Arrays.copyOf(all, 2 * count);
        }
        all[count++] = nanos;
        sorted = false;
    }

    int count() {
        return count;
    }

    /** 0 when there are none. */
    double millis(double quantile) {
        if (count == 0) {
            return 0;
        }
        if (!sorted) {
            Arrays.sort(all, 0, count);
            sorted = true;
        }
        return all[(int) Math.min(count - 1L, (long) Math.ceil(quantile * count) - 1)] / 1e6;
    }
}
