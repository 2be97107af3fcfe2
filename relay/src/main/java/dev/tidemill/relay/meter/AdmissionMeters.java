package dev.tidemill.relay.meter;

import dev.tidemill.core.limit.Priority;
import java.util.Collection;
import java.util.stream.Stream;

/** What one loop counts of who waits and who is turned away, or the sum over all loops. One writer, as {@link Meters}. */
public final class AdmissionMeters {
    /** What is waited for. */
    public enum Line {
        /** The key's own limits. */
        KEY,
        /** A model with limits: its own, or those of the key that asks for it. */
        MODEL,
        /** What the targets bear, and what their credentials may do by the configuration. */
        UPSTREAM
    }

    /** Why somebody was turned away. */
    public enum Reason {
        KEY_REQUESTS,
        KEY_TOKENS,
        KEY_CONCURRENCY,
        /** Too many of the same key wait before it. */
        KEY_LINE,
        /** More keys at once than are counted. */
        KEY_ROOM,
        MODEL_REQUESTS,
        MODEL_TOKENS,
        MODEL_CONCURRENCY,
        /** Too many wait for the model before it. */
        MODEL_LINE,
        /** What the targets bear, with a wait longer than accepted. */
        UPSTREAM,
        /** Our own overload. */
        SHED
    }

    private static final int LINES = Line.values().length;
    private static final int LEVELS = Priority.values().length;

    private final long[][] waiting = new long[LINES][LEVELS];
    private final long[] joined = new long[LINES];
    private final long[] before = new long[LINES];
    private final long[] gaveUp = new long[LINES];
    private final Histogram[] waited =
            Stream.generate(Histogram::new).limit(LINES).toArray(Histogram[]::new);
    private final long[][] refused = new long[Reason.values().length][LEVELS];

    public static AdmissionMeters sum(Collection<AdmissionMeters> loops) {
        AdmissionMeters sum = new AdmissionMeters();
        for (AdmissionMeters one : loops) {
            for (int line = 0; line < LINES; line++) {
                add(one.waiting[line], sum.waiting[line]);
                one.waited[line].addTo(sum.waited[line]);
            }
            add(one.joined, sum.joined);
            add(one.before, sum.before);
            add(one.gaveUp, sum.gaveUp);
            for (int i = 0; i < sum.refused.length; i++) {
                add(one.refused[i], sum.refused[i]);
            }
        }
        return sum;
    }

    private static void add(long[] from, long[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    /** @param position how many were to go before it */
    public void joined(Line line, Priority priority, int position) {
        waiting[line.ordinal()][priority.ordinal()]++;
        joined[line.ordinal()]++;
        before[line.ordinal()] += position;
    }

    /** It waits no more: its turn has come. */
    public void granted(Line line, Priority priority, long nanos) {
        waiting[line.ordinal()][priority.ordinal()]--;
        waited[line.ordinal()].add(nanos);
    }

    /** It waits no more, in vain. */
    public void gaveUp(Line line, Priority priority) {
        waiting[line.ordinal()][priority.ordinal()]--;
        gaveUp[line.ordinal()]++;
    }

    public void turnedAway(Reason reason, Priority priority) {
        refused[reason.ordinal()][priority.ordinal()]++;
    }

    /** How many wait now. */
    public long waiting(Line line, Priority priority) {
        return waiting[line.ordinal()][priority.ordinal()];
    }

    /** How many have had to wait so far. */
    public long joined(Line line) {
        return joined[line.ordinal()];
    }

    /** How many were to go before them when they joined, summed. */
    public long before(Line line) {
        return before[line.ordinal()];
    }

    /** How long those waited whose turn came. */
    public Histogram waited(Line line) {
        return waited[line.ordinal()];
    }

    /** Who waited in vain: the client left, or the time was over. */
    public long gaveUp(Line line) {
        return gaveUp[line.ordinal()];
    }

    public long refused(Reason reason, Priority priority) {
        return refused[reason.ordinal()][priority.ordinal()];
    }
}
