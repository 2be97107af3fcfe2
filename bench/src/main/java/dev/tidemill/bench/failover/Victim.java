package dev.tidemill.bench.failover;

import dev.tidemill.simulator.Simulator;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A target that is killed and brought back, and what became of its traffic.
 *
 * @param name {@code provider/model}, as the relay tells it
 * @param host as the relay tells it
 * @param dies after the load's start
 * @param returns likewise
 */
record Victim(String name, String host, Simulator simulator, Outage outage, Duration dies, Duration returns) {
    /** Long enough for the shares of a tenth to be told apart from chance at some hundred requests a second. */
    private static final Duration WINDOW = Duration.ofSeconds(5);

    private static final double BACK = 0.9;

    /**
     * What was seen of it.
     *
     * @param cut answers that broke off after their first words
     * @param failed attempts that came to nothing between its death and its return
     * @param away from its death until it was taken out of the choice
     * @param trials requests that were tried there first after that and before its return
     * @param back from its return until it was in the choice again
     * @param share from its return to the end of the first five seconds in which nine tenths of its share were tried there first
     */
    record Seen(
            long cut,
            long failed,
            @Nullable Duration away,
            long trials,
            @Nullable Duration back,
            @Nullable Duration share) {}

    Seen seen(Instant begun, List<Told> told, List<Logged> log, List<Change> changes, int targets) {
        Instant death = begun.plus(dies);
        Instant life = begun.plus(returns);
        Instant out = changes.stream()
                .filter(change -> change.concerns(this) && change.out() && within(change.at(), death, life))
                .map(Change::at)
                .min(Comparator.naturalOrder())
                .orElse(null);
        Instant in = changes.stream()
                .filter(change ->
                        change.concerns(this) && !change.out() && !change.at().isBefore(life))
                .map(Change::at)
                .min(Comparator.naturalOrder())
                .orElse(null);
        return new Seen(
                told.stream()
                        .filter(one -> one.ending() == Told.Ending.CUT && name.equals(one.target()))
                        .count(),
                log.stream()
                        .filter(line -> within(line.begun(), death.minus(WINDOW), life))
                        .flatMap(line -> line.failed().stream())
                        .filter(failed -> failed.target().equals(name))
                        .count(),
                out == null ? null : Duration.between(death, out),
                out == null
                        ? 0
                        : log.stream()
                                .filter(line -> name.equals(line.first()) && within(line.begun(), out, life))
                                .count(),
                in == null ? null : Duration.between(life, in),
                share(life, log, targets));
    }

    private @Nullable Duration share(Instant life, List<Logged> log, int targets) {
        List<Logged> after = log.stream()
                .filter(line -> !line.begun().isBefore(life))
                .sorted(Comparator.comparing(Logged::begun))
                .toList();
        int from = 0;
        int here = 0;
        for (int to = 0; to < after.size(); to++) {
            here += name.equals(after.get(to).first()) ? 1 : 0;
            Instant now = after.get(to).begun();
            for (; after.get(from).begun().plus(WINDOW).isBefore(now); from++) {
                here -= name.equals(after.get(from).first()) ? 1 : 0;
            }
            if (from > 0 && here >= BACK * (to - from + 1) / targets) {
                return Duration.between(life, now);
            }
        }
        return null;
    }

    private static boolean within(Instant at, Instant from, Instant to) {
        return !at.isBefore(from) && at.isBefore(to);
    }

    String row(Seen seen) {
        return "| %s | %s | %d | %d | %s | %d | %s | %s |"
                .formatted(
                        name,
                        outage,
                        seen.cut(),
                        seen.failed(),
                        seconds(seen.away()),
                        seen.trials(),
                        seconds(seen.back()),
                        seconds(seen.share()));
    }

    static String seconds(@Nullable Duration time) {
        return time == null ? "never seen" : String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
    }
}
