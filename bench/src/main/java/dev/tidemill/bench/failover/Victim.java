package dev.tidemill.bench.failover;

import dev.tidemill.simulator.Simulator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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
    /** Of the opening until nobody is sent there any more. */
    private static final Duration GONE = Duration.ofSeconds(1);
    /** What is tried before it is taken out, beside what is in flight then. */
    private static final int TRIED = 5;
    /** How exactly the log tells when an attempt ended. */
    private static final Duration NOTED = Duration.ofMillis(10);
    /** An answer takes half a second, and this machine may be slow. */
    private static final Duration TRIAL = Duration.ofSeconds(2);

    private static final Duration BACK_WITHIN =
            FailoverCommand.OPEN.multipliedBy(11).dividedBy(10).plus(TRIAL);
    /** From nothing to all of its traffic. */
    private static final Duration RETURN = Duration.ofSeconds(30);

    private static final Duration SOON = Duration.ofSeconds(3);
    /** Of what the busiest target gets, so much at most it may have soon: a tenth, and chance. */
    private static final double GRADUAL = 0.5;

    /**
     * What was seen of it.
     *
     * @param cut answers that broke off after their first words, as clients saw them
     * @param logged the same, as the relay counted them
     * @param failed attempts that came to nothing between its death and its return
     * @param before of them, those that had failed when it was taken out
     * @param away from its death until it was taken out of the choice
     * @param trials requests that were tried there, from a second after that until its return
     * @param allowed trials at their pace
     * @param back from its return until it was in the choice again
     * @param soon what was tried there first right after that, as a share of what the busiest target got meanwhile
     * @param share from its return to the end of the first five seconds in which nine tenths of its share were tried there first
     */
    record Seen(
            long cut,
            long logged,
            long failed,
            long before,
            @Nullable Duration away,
            long trials,
            long allowed,
            @Nullable Duration back,
            double soon,
            @Nullable Duration share) {}

    Seen seen(Instant begun, List<Told> told, List<Logged> log, List<Change> changes, int targets) {
        Instant death = begun.plus(dies);
        Instant life = begun.plus(returns);
        Instant out = changes.stream()
                .filter(change -> change.concerns(this) && change.out() && within(change.at(), death, life))
                .map(Change::at)
                .min(Comparator.naturalOrder())
                .orElse(null);
        Instant in = in(changes, life);
        List<Logged.Failed> failed = log.stream()
                .filter(line -> within(line.begun(), death.minus(WINDOW), life))
                .flatMap(line -> line.failed().stream())
                .filter(one -> one.target().equals(name))
                .toList();
        return new Seen(
                told.stream()
                        .filter(one -> one.ending() == Told.Ending.CUT && name.equals(one.target()))
                        .count(),
                log.stream()
                        .filter(line -> line.cut() && name.equals(line.target()))
                        .count(),
                failed.size(),
                out == null
                        ? failed.size()
                        : failed.stream()
                                .filter(one -> one.ended().isBefore(out.minus(NOTED)))
                                .count(),
                out == null ? null : Duration.between(death, out),
                out == null
                        ? 0
                        : log.stream()
                                .filter(line -> line.tried(name) && within(line.begun(), out.plus(GONE), life))
                                .count(),
                out == null ? 0 : 1 + Duration.between(out, life).dividedBy(outage.pace()),
                in == null ? null : Duration.between(life, in),
                in == null ? 0 : soon(in, log),
                share(life, log, targets));
    }

    /** When neither it nor its host was out any more. */
    private @Nullable Instant in(List<Change> changes, Instant life) {
        Set<String> out = new HashSet<>();
        for (Change change : changes) {
            if (!change.concerns(this)) {
                continue;
            }
            if (change.out()) {
                out.add(change.name());
            } else if (out.remove(change.name())
                    && out.isEmpty()
                    && !change.at().isBefore(life)) {
                return change.at();
            }
        }
        return null;
    }

    private double soon(Instant in, List<Logged> log) {
        Map<String, Long> first = log.stream()
                .filter(line -> within(line.begun(), in, in.plus(SOON)))
                .map(Logged::first)
                .filter(Objects::nonNull)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        long most = first.values().stream().mapToLong(Long::longValue).max().orElse(1);
        return (double) first.getOrDefault(name, 0L) / most;
    }

    /** Whether its death is why this answer broke off: it ran then, or was asked for when all that is begun there hangs. */
    boolean explains(Told cut, Instant begun, Duration blur) {
        return name.equals(cut.target())
                && cut.asked()
                        .isBefore(
                                begun.plus(outage.cutsLater() ? returns : dies).plus(blur))
                && cut.ended().isAfter(begun.plus(dies).minus(blur));
    }

    /**
     * What it should not have seen.
     *
     * @param whole whether there was time enough for all of its traffic to come back
     */
    List<String> faults(Seen seen, boolean whole) {
        List<String> faults = new ArrayList<>();
        if (seen.cut() != seen.logged()) {
            faults.add("%d answers cut, %d by the access log".formatted(seen.cut(), seen.logged()));
        }
        if (seen.away() == null) {
            faults.add("never taken out of the choice");
        }
        if (seen.before() > TRIED) {
            faults.add("%d attempts had failed when it was taken out (expected: at most %d)"
                    .formatted(seen.before(), TRIED));
        }
        if (seen.trials() > seen.allowed()) {
            faults.add("tried %d times from a second after that on (expected: at most %d)"
                    .formatted(seen.trials(), seen.allowed()));
        }
        if (seen.back() == null || seen.back().compareTo(BACK_WITHIN) > 0) {
            faults.add("back in after %s (expected: at most %s)".formatted(seconds(seen.back()), seconds(BACK_WITHIN)));
        }
        if (seen.soon() > GRADUAL) {
            faults.add("got %.0f %% of what the busiest target did within %s (expected: at most %.0f %%)"
                    .formatted(100 * seen.soon(), seconds(SOON), 100 * GRADUAL));
        }
        Duration latest = BACK_WITHIN.plus(RETURN).plus(WINDOW);
        if (whole && (seen.share() == null || seen.share().compareTo(latest) > 0)) {
            faults.add("nine tenths of its share after %s (expected: at most %s)"
                    .formatted(seconds(seen.share()), seconds(latest)));
        }
        return faults;
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

    static final String HEAD =
            "\n| target | how it died | answers cut | failed attempts | before it was out | taken out after"
                    + " | tried from a second after that on | back in after | then in 3 s, of the busiest target's"
                    + " | nine tenths of its share after |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|";

    String row(Seen seen) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %d | %s | %d | %s | %.0f %% | %s |",
                name,
                outage,
                seen.cut(),
                seen.failed(),
                seen.before(),
                seconds(seen.away()),
                seen.trials(),
                seconds(seen.back()),
                100 * seen.soon(),
                seconds(seen.share()));
    }

    static String seconds(@Nullable Duration time) {
        return time == null ? "never seen" : String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
    }
}
