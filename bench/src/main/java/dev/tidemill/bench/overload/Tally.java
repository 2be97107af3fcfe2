package dev.tidemill.bench.overload;

import dev.tidemill.core.limit.Priority;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What became of the requests that were sent in one stretch of time. One thread. */
final class Tally {
    /** What became of those of one level. */
    static final class Share {
        int asked;
        int whole;
        int refused;

        String text() {
            return String.format(Locale.ROOT, "%.1f %% of %d", asked == 0 ? 100 : 100.0 * whole / asked, asked);
        }

        double rate() {
            return asked == 0 ? 1 : (double) whole / asked;
        }
    }

    /** Times in nanoseconds. */
    static final class Times {
        private long[] all = new long[1024];
        private int count;

        void add(long nanos) {
            if (count == all.length) {
                all = Arrays.copyOf(all, count * 2);
            }
            all[count++] = nanos;
        }

        double millis(double quantile) {
            if (count == 0) {
                return 0;
            }
            long[] sorted = Arrays.copyOf(all, count);
            Arrays.sort(sorted);
            return sorted[(int) Math.min(count - 1L, (long) Math.ceil(quantile * count) - 1)] / 1e6;
        }
    }

    private final Map<Priority, Share> shares = new EnumMap<>(Priority.class);
    final Times refusals = new Times();
    final Times firstBytes = new Times();
    final Times lateness = new Times();
    int inTime;
    int tooLate;
    int cut;
    int wrongRefusals;
    int unanswered;
    /** Of the connections that may be open none was free, so it was not sent. */
    int unsent;

    long lastRefusal;
    private String example = "";

    Tally() {
        for (Priority level : Priority.values()) {
            shares.put(level, new Share());
        }
    }

    Share share(Priority level) {
        return Objects.requireNonNull(shares.get(level));
    }

    int asked() {
        return shares.values().stream().mapToInt(share -> share.asked).sum();
    }

    int whole() {
        return shares.values().stream().mapToInt(share -> share.whole).sum();
    }

    int refused() {
        return shares.values().stream().mapToInt(share -> share.refused).sum();
    }

    void example(String text) {
        example = example.isEmpty() ? text : example;
    }

    String example() {
        return example;
    }
}
