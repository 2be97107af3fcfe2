package dev.tidemill.bench.held;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What all clients heard within a time.
 *
 * @param fewest pieces that one of them got
 * @param first from the asking to the first piece
 * @param late how much later than the provider meant them pieces came: the earliest of a stream, counted back to its first
 *     by the pace of one a second, is taken for punctual
 * @param gaps between each and the one before it
 */
record Heard(long pieces, int fewest, int most, Times first, Times late, Times gaps) {
    private static final long PACE_NANOS = 1_000_000_000;
    private static final int EXAMPLES = 5;

    /** @param listeners whose streams have ended */
    static Heard between(long from, long to, List<Listener> listeners) {
        Times first = new Times();
        Times late = new Times();
        Times gaps = new Times();
        int fewest = Integer.MAX_VALUE;
        int most = 0;
        for (Listener listener : listeners) {
            long[] came = listener.came();
            int pieces = listener.pieces();
            if (pieces > 0) {
                first.add(listener.first());
            }
            long punctual = Long.MAX_VALUE;
            for (int i = 0; i < pieces; i++) {
                punctual = Math.min(punctual, came[i] - i * PACE_NANOS);
            }
            int within = 0;
            for (int i = 0; i < pieces; i++) {
                if (came[i] < from || came[i] >= to) {
                    continue;
                }
                within++;
                late.add(came[i] - i * PACE_NANOS - punctual);
                if (i > 0) {
                    gaps.add(came[i] - came[i - 1]);
                }
            }
            fewest = Math.min(fewest, within);
            most = Math.max(most, within);
        }
        return new Heard(late.count(), fewest, most, first, late, gaps);
    }

    String text() {
        return "%d; each client got %d to %d".formatted(pieces, fewest, most);
    }

    /** How often which fault was met. */
    static String faults(List<Listener> listeners) {
        Map<String, Long> all = listeners.stream()
                .map(Listener::fault)
                .filter(Objects::nonNull)
                .collect(Collectors.groupingBy(fault -> fault, Collectors.counting()));
        return all.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(EXAMPLES)
                .map(fault -> fault.getValue() + " times " + fault.getKey())
                .collect(Collectors.joining("; "));
    }
}
