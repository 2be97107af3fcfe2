package dev.tidemill.core.limit;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Whether we ourselves are overloaded, and who is turned away for it. Only new requests are asked about; what runs is
 * never touched.
 *
 * <p><b>Load</b>, 0 to 1, is the worst of memory and lateness. Memory counts from {@link Terms#memoryEasy} of its limit to
 * {@link Terms#memoryFull}. Lateness is how much too late a loop runs its ticks: what comes in waits in the same queue,
 * refusals too. A single late tick is no overload (a collection, a handshake): the lesser of two in a row counts, then a
 * moving mean. That mean is held at a fifth of {@link Terms#lateNanos} by a controller (mostly integral: lateness is
 * itself the sum of what came too much, so a proportional one swings between all and none, and each swing costs goodput).
 * From {@code lateNanos} on, nobody new comes in until the loop has caught up; no work is lost by that, it is there.
 * Load falls by 3 % a second, and quicker once it has been calm for 2 s: that is the hysteresis.
 *
 * <p><b>The curve</b> is Netflix's cubic one: of 100 steps of importance, 100·(1−load³) are taken; 96 at 0.35, 49 at 0.8, 14
 * at 0.95. High has the steps below 35, normal 35 to 75, low 75 to 100; where in its band a request lies is drawn by lot.
 * So low begins to be shed at once and is gone at 0.63, normal from there to 0.87, then high: a share at a time, and
 * nobody while somebody less important is let in.
 *
 * <p>Asking is one volatile read. Each loop reports its own ticks; nothing is locked.
 */
public final class Shedding {
    private static final int HIGH_TOP = 35;
    private static final int NORMAL_TOP = 75;
    private static final double WEIGHT = 0.6;
    private static final double AIM = 0.2;
    private static final double RISE = 0.1;
    private static final double STEEPEST = 4;
    private static final double FALL = 0.03;
    private static final double CALM_FALL = 0.25;
    private static final double PROPORTIONAL = 0.05;
    private static final double CALM_AFTER = 2;
    private static final double LONGEST_TICK = 0.5;

    /**
     * @param lateNanos mean lateness of a loop's tick at which nobody new comes in, at least 1
     * @param memoryEasy share of the memory limit where load begins, 0 to 1
     * @param memoryFull share where it is full, above {@code memoryEasy}, at most 1
     */
    public record Terms(long lateNanos, double memoryEasy, double memoryFull) {
        public static final Terms DEFAULT = new Terms(150_000_000L, 0.5, 0.95);

        public Terms {
            if (lateNanos < 1) {
                throw new IllegalArgumentException("late: " + lateNanos + " ns (expected: >= 1)");
            }
            if (!(memoryEasy >= 0 && memoryEasy < memoryFull && memoryFull <= 1)) {
                throw new IllegalArgumentException(
                        "memory: " + memoryEasy + " to " + memoryFull + " (expected: 0 <= easy < full <= 1)");
            }
        }
    }

    /** Who is turned away altogether. */
    public enum Level {
        NOBODY,
        LOW,
        LOW_AND_NORMAL,
        ALL_NEW
    }

    /**
     * One loop's ticks; replaced by that loop alone.
     *
     * @param sum the controller's integral, 0 to 1
     * @param calm seconds since lateness was last near the aim
     */
    private record Ticks(long at, long last, double mean, double sum, double calm, double memory, double load) {
        static final Ticks NONE = new Ticks(0, 0, 0, 0, 0, 0, 0);
    }

    private final Terms terms;
    private final AtomicReferenceArray<@Nullable Ticks> loops;
    private volatile double load;

    /** @param loops how many report, at least 1 */
    public Shedding(int loops, Terms terms) {
        this.terms = terms;
        this.loops = new AtomicReferenceArray<>(loops);
    }

    /**
     * A loop's tick has come.
     *
     * @param loop 0 to the number of loops, exclusive; always called by the same thread
     * @param lateNanos how much later than planned
     */
    public void tick(int loop, long now, long lateNanos, long memoryUsed, long memoryLimit) {
        Ticks before = loops.get(loop);
        double seconds = before == null ? 0 : Math.clamp((now - before.at) / 1e9, 0, LONGEST_TICK);
        loops.set(loop, next(before == null ? Ticks.NONE : before, now, seconds, lateNanos, memoryUsed, memoryLimit));
        double worst = 0;
        for (int i = 0; i < loops.length(); i++) {
            Ticks ticks = loops.get(i);
            worst = ticks == null ? worst : Math.max(worst, ticks.load);
        }
        load = worst;
    }

    private Ticks next(Ticks before, long now, double seconds, long lateNanos, long memoryUsed, long memoryLimit) {
        long late = Math.max(0, lateNanos);
        double mean = before.mean + WEIGHT * (Math.min(late, before.last) - before.mean);
        double share = mean / terms.lateNanos;
        double calm = share > AIM / 4 ? 0 : before.calm + seconds;
        double error = share / AIM - 1;
        double change = error > 0 ? RISE * Math.min(error, STEEPEST) : calm > CALM_AFTER ? -CALM_FALL : FALL * error;
        double sum = Math.clamp(before.sum + change * seconds, 0, 1);
        double used = memoryLimit <= 0 ? 0 : (double) memoryUsed / memoryLimit;
        double full = Math.clamp((used - terms.memoryEasy) / (terms.memoryFull - terms.memoryEasy), 0, 1);
        double memory = Math.max(full, before.memory - CALM_FALL * seconds);
        double lag = share >= 1 ? 1 : Math.min(1, sum + PROPORTIONAL * share);
        return new Ticks(now, late, mean, sum, calm, memory, Math.max(lag, memory));
    }

    /**
     * Whether a new request may come in.
     *
     * @param lot drawn anew for each request, 0 to 1 exclusive
     */
    public boolean admits(Priority priority, double lot) {
        double now = load;
        if (now <= 0) {
            return true;
        }
        double step = switch (priority) {
            case HIGH -> lot * HIGH_TOP;
            case NORMAL -> HIGH_TOP + lot * (NORMAL_TOP - HIGH_TOP);
            case LOW -> NORMAL_TOP + lot * (100 - NORMAL_TOP);
        };
        return step < steps(now);
    }

    public Level level() {
        double steps = steps(load);
        return steps <= 0
                ? Level.ALL_NEW
                : steps <= HIGH_TOP ? Level.LOW_AND_NORMAL : steps <= NORMAL_TOP ? Level.LOW : Level.NOBODY;
    }

    /** 0 to 1. */
    public double load() {
        return load;
    }

    /** For whoever is turned away now: until, if calm comes now, the load has fallen so far that he would not be. */
    public long retryAfterNanos(Priority priority) {
        int open = priority == Priority.HIGH ? HIGH_TOP : priority == Priority.NORMAL ? NORMAL_TOP : 100;
        double calm = Math.cbrt(1 - open / 100.0);
        return (long) ((CALM_AFTER + Math.max(0, load - calm) / CALM_FALL) * 1e9);
    }

    private static double steps(double load) {
        return 100 * (1 - load * load * load);
    }
}
