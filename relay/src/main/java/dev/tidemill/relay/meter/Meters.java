package dev.tidemill.relay.meter;

import dev.tidemill.core.Failure;
import dev.tidemill.wire.Usage;
import java.util.List;
import java.util.stream.IntStream;

/** What one loop counts, or the sum over all loops. Plain fields: one writer, readers see them a moment late. */
public final class Meters {
    private final List<String> phaseNames;
    private final Histogram[] phases;
    private final Histogram firstContent = new Histogram();
    private final Histogram total = new Histogram();
    private final long[] statuses = new long[600];
    private final long[] failures = new long[Failure.Kind.values().length];
    private final AttemptMeters attempts;
    private long running;
    private long exchanges;
    private long lines;
    private long inputTokens;
    private long cachedTokens;
    private long outputTokens;
    private long estimatedInputTokens;
    private long estimatedOutputTokens;
    private long maybeBilled;
    private long unknownUsage;
    private long droppedEvents;
    private long connections;
    private long accessLinesLost;

    /** @param clockNames in the order in which {@link AttemptMeters#clockRanOut} counts them */
    public Meters(List<String> phaseNames, List<String> clockNames) {
        this.phaseNames = List.copyOf(phaseNames);
        this.attempts = new AttemptMeters(clockNames);
        this.phases = IntStream.range(0, phaseNames.size())
                .mapToObj(i -> new Histogram())
                .toArray(Histogram[]::new);
    }

    /** @param loops at least one, all with the same names */
    public static Meters sum(List<Meters> loops) {
        Meters first = loops.getFirst();
        Meters sum = new Meters(first.phaseNames, first.attempts.clockNames());
        for (Meters one : loops) {
            one.attempts.addTo(sum.attempts);
            for (int i = 0; i < sum.phases.length; i++) {
                one.phases[i].addTo(sum.phases[i]);
            }
            one.firstContent.addTo(sum.firstContent);
            one.total.addTo(sum.total);
            for (int i = 0; i < sum.statuses.length; i++) {
                sum.statuses[i] += one.statuses[i];
            }
            for (int i = 0; i < sum.failures.length; i++) {
                sum.failures[i] += one.failures[i];
            }
            sum.running += one.running;
            sum.exchanges += one.exchanges;
            sum.lines += one.lines;
            sum.inputTokens += one.inputTokens;
            sum.cachedTokens += one.cachedTokens;
            sum.outputTokens += one.outputTokens;
            sum.estimatedInputTokens += one.estimatedInputTokens;
            sum.estimatedOutputTokens += one.estimatedOutputTokens;
            sum.maybeBilled += one.maybeBilled;
            sum.unknownUsage += one.unknownUsage;
            sum.droppedEvents += one.droppedEvents;
            sum.connections += one.connections;
            sum.accessLinesLost += one.accessLinesLost;
        }
        return sum;
    }

    public void started(boolean live) {
        running++;
        exchanges++;
        if (!live) {
            lines++;
        }
    }

    public void ended(int status, long totalNanos) {
        running--;
        statuses[Math.clamp(status, 0, 599)]++;
        total.add(totalNanos);
    }

    public void failed(Failure.Kind kind) {
        failures[kind.ordinal()]++;
    }

    public void phase(int index, long nanos) {
        phases[index].add(nanos);
    }

    public void firstContent(long nanos) {
        firstContent.add(nanos);
    }

    public void usage(Usage usage) {
        inputTokens += usage.input();
        cachedTokens += usage.cacheRead();
        outputTokens += usage.output();
    }

    /** What an attempt cost that did not simply answer. */
    public void spent(Spent spent) {
        switch (spent.known()) {
            case STATED -> usage(spent.usage());
            case ESTIMATED -> {
                estimatedInputTokens += spent.usage().input();
                estimatedOutputTokens += spent.usage().output();
            }
            case MAYBE -> maybeBilled++;
        }
    }

    public void usageUnknown() {
        unknownUsage++;
    }

    public void droppedEvents(int count) {
        droppedEvents += count;
    }

    public void connections(int change) {
        connections += change;
    }

    public void accessLineLost() {
        accessLinesLost++;
    }

    public AttemptMeters attempts() {
        return attempts;
    }

    public List<String> phaseNames() {
        return phaseNames;
    }

    public Histogram phase(int index) {
        return phases[index];
    }

    public Histogram firstContent() {
        return firstContent;
    }

    public Histogram total() {
        return total;
    }

    /** Exchanges that ended with this status. */
    public long status(int status) {
        return statuses[status];
    }

    public long failures(Failure.Kind kind) {
        return failures[kind.ordinal()];
    }

    public long running() {
        return running;
    }

    public long exchanges() {
        return exchanges;
    }

    public long lines() {
        return lines;
    }

    public long inputTokens() {
        return inputTokens;
    }

    public long cachedTokens() {
        return cachedTokens;
    }

    public long outputTokens() {
        return outputTokens;
    }

    /** Of attempts that did not state it. */
    public long estimatedInputTokens() {
        return estimatedInputTokens;
    }

    public long estimatedOutputTokens() {
        return estimatedOutputTokens;
    }

    /** Attempts that were sent and got no answer, so that nobody knows. */
    public long maybeBilled() {
        return maybeBilled;
    }

    /** Answers that were whole and stated no usage. */
    public long unknownUsage() {
        return unknownUsage;
    }

    public long droppedEvents() {
        return droppedEvents;
    }

    /** Client connections open now. */
    public long connections() {
        return connections;
    }

    public long accessLinesLost() {
        return accessLinesLost;
    }
}
