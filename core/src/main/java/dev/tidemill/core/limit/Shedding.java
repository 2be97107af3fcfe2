package dev.tidemill.core.limit;

/**
 * Whether one event loop is overloaded, and who is turned away for it. Only new requests are asked about; what runs is
 * never touched. All but {@link #load} belongs to the loop's thread; nothing is locked.
 *
 * <p><b>Load</b>, 0 to 1, is the worst of three.
 *
 * <ul>
 *   <li><b>Memory</b>, from {@link Terms#memoryEasy} of its limit to {@link Terms#memoryFull}; it falls by a quarter a second.
 *   <li><b>The crowd</b>: what runs here, against how much this loop has been seen to bear. A stream let in now is work for
 *       its whole length, so what a loop is late by tells too late, and falls too late; but what runs is known at each
 *       request. The bound is learned from the turns of the loop: a loop that hardly ever rests and lets what comes wait
 *       longer than a fiftieth of {@link Terms#lateNanos} bears less than it has; one that rests between bears what it has with ease.
 *       There is no bound until what comes has waited a tenth of {@code lateNanos}: clients who wait for their answers before
 *       they ask again may well use up a loop without being too many. There is none until the loop has worked for
 *       {@link Terms#coldNanos} altogether: while the JVM still compiles what it does, it gets quicker by itself, and clients
 *       would rather wait. There is none any longer when nobody would have been
 *       turned away for {@value #FORGOTTEN} s, and none below {@value #LEAST}: a loop that is slow with so few is held up by
 *       something else.
 *   <li><b>Lateness</b>: when what comes waits {@code lateNanos}, or {@value #COLD} times that in the time before there may be a bound,
 *       nobody new comes in, whatever runs.
 * </ul>
 *
 * <p><b>Who is turned away and comes again at once</b> keeps a loop busy, too, and turning away more would make that worse, whether it
 * was for the loop's sake, for a limit or for a wrong key. So a loop that never rests and has less than half of its time left for what runs
 * goes by that time alone, and lets more in until it is half.
 *
 * <p>One long turn is no overload (a collection, a handshake): the lesser of two reports in a row counts, then a moving mean.
 * A loop that others keep from running, on a busy machine, is late but rests between, and has no bound.
 *
 * <p><b>The curve</b> is Netflix's cubic one: of 100 steps of importance, 100·(1−load³) are taken; 96 at 0.35, 49 at 0.8, 14
 * at 0.95. High has the steps below 35, normal 35 to 75, low 75 to 100; where in its band a request lies is drawn by lot.
 * So low begins to be shed at once and is gone at 0.63, normal from there to 0.87, then high: a share at a time, and
 * nobody while somebody less important is let in.
 */
public final class Shedding {
    private static final int HIGH_TOP = 35;
    private static final int NORMAL_TOP = 75;

    private static final int LEAST = 128;
    /** Share of the bound at which the crowd begins to be load, and at which it is all. */
    private static final double EASY = 0.85;

    private static final double FULL = 1.15;

    private static final double WEIGHT = 0.5;
    /** Of {@code lateNanos}. */
    private static final double AIM = 0.02;

    /** Of {@code lateNanos}: a loop that is not bound becomes so. */
    private static final double TOO_LATE = 0.1;

    private static final double RESTLESS = 0.9;
    private static final double RESTING = 0.75;
    /** The bound changes by this much a second; less, the nearer to the aim. */
    private static final double SHRINK = 0.3;

    private static final double GROWTH = 0.08;
    private static final double MOST_STRAIN = 2;
    /** Of its time: a loop that never rests and has less for what runs is busy with those it turns away. */
    private static final double HALF = 0.5;
    /** Load for being as much late again as is aimed at; the crowd falls only as fast as streams end. */
    private static final double PRESSING = 0.15;

    /** A loop whose code is still being compiled may be so many times as late. */
    private static final int COLD = 4;

    private static final int FORGOTTEN = 30;
    private static final double MEMORY_FALL = 0.25;
    private static final double LONGEST_REPORT = 0.5;
    /** What to wait for at least: streams have to end. */
    private static final double SOON = 1;

    private static final double ALL = 4;

    /**
     * @param lateNanos that what comes in waits on the mean, at which nobody new comes in; at least 1
     * @param coldNanos how long a loop works before it may be bounded, the times added up in which it did not rest; at least 0
     * @param memoryEasy share of the memory limit where load begins, 0 to 1
     * @param memoryFull share where it is full, above {@code memoryEasy}, at most 1
     */
    public record Terms(long lateNanos, long coldNanos, double memoryEasy, double memoryFull) {
        public static final Terms DEFAULT = new Terms(150_000_000L, 20_000_000_000L, 0.5, 0.95);

        public Terms {
            if (lateNanos < 1) {
                throw new IllegalArgumentException("late: " + lateNanos + " ns (expected: >= 1)");
            }
            if (coldNanos < 0) {
                throw new IllegalArgumentException("cold: " + coldNanos + " ns (expected: >= 0)");
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

    private final Terms terms;
    private int running;
    private long refusing;
    private long refusedSince;
    private long refusedUntil;
    private double bound = Double.POSITIVE_INFINITY;
    private long worked;
    private double lastBusy;
    private double lastWait;
    private double late;
    private double mean;
    private double pressed;
    private double calm;
    private double memory;
    private double standing;
    private volatile double load;

    public Shedding(Terms terms) {
        this.terms = terms;
    }

    /**
     * What the loop did since the last report.
     *
     * @param nanos the time since then, at least 1
     * @param busyNanos how much of it the loop did not rest
     * @param waitNanos how long what came at any moment of it had to wait, on the mean
     * @param memoryUsed of the process
     * @param memoryLimit 0: none
     */
    public void report(long nanos, long busyNanos, double waitNanos, long memoryUsed, long memoryLimit) {
        double seconds = Math.min(nanos / 1e9, LONGEST_REPORT);
        double busy = (double) busyNanos / nanos;
        double own = Math.max(0, busy - (double) refusing / nanos);
        double wait = waitNanos;
        refusing = 0;
        if (busy > RESTLESS && own < HALF) {
            wait *= own / busy * own / busy; // of turns that are so much shorter
            busy = own;
        }
        worked += busyNanos;
        late += WEIGHT * (Math.min(wait, lastWait) - late);
        mean += WEIGHT * (wait - mean);
        boolean restless = Math.min(busy, lastBusy) > RESTLESS;
        double strain = mean / (AIM * terms.lateNanos);
        learn(seconds, restless, Math.max(busy, lastBusy), strain);
        pressed = restless && bound < Double.POSITIVE_INFINITY ? PRESSING * Math.clamp(strain - 1, 0, MOST_STRAIN) : 0;
        lastBusy = busy;
        lastWait = wait;
        double used = memoryLimit <= 0 ? 0 : (double) memoryUsed / memoryLimit;
        double full = Math.clamp((used - terms.memoryEasy) / (terms.memoryFull - terms.memoryEasy), 0, 1);
        memory = Math.max(full, memory - MEMORY_FALL * seconds);
        standing = late >= (cold() ? COLD : 1) * terms.lateNanos ? 1 : memory;
        load = now();
    }

    private boolean cold() {
        return worked < terms.coldNanos;
    }

    /** @param strain 1: just what is aimed at */
    private void learn(double seconds, boolean restless, double busy, double strain) {
        boolean easy = running <= bound * EASY;
        calm = easy ? calm + seconds : 0;
        if (calm > FORGOTTEN) {
            bound = Double.POSITIVE_INFINITY;
        }
        boolean bounded = bound < Double.POSITIVE_INFINITY;
        if (!bounded && cold()) {
            return;
        }
        if (restless && strain > (bounded ? 1 : TOO_LATE / AIM)) {
            if (running >= bound * FULL) {
                return; // nobody comes in: first those have to go who are too many
            }
            double less = SHRINK * Math.min(strain - 1, MOST_STRAIN) * seconds;
            bound = Math.max(LEAST, Math.min(bound, running) * (1 - less));
        } else if (busy < RESTING) {
            bound = Math.max(bound, running / EASY);
        } else if (strain < 1 && !easy) {
            bound *= 1 + GROWTH * (1 - strain) * seconds;
        }
    }

    private double now() {
        double crowd = running / bound - EASY;
        return crowd <= 0 ? standing : Math.max(standing, Math.clamp(crowd / (FULL - EASY) + pressed, 0, 1));
    }

    /**
     * Whether a new request may come in.
     *
     * @param lot drawn anew for each request, 0 to 1 exclusive
     */
    public boolean admits(Priority priority, double lot) {
        double now = now();
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

    /** One that came in has begun to be work. */
    public void began() {
        running++;
    }

    /** It is over. */
    public void ended() {
        running--;
    }

    /** One did not come in, for whatever reason, which took the loop this time; by {@link System#nanoTime}. */
    public void refused(long since, long until) {
        boolean around = refusing > 0 && refusedUntil - since > 0; // another one, whose request came with this one's
        if (around) {
            refusing += Math.max(0, refusedSince - since) + until - refusedUntil;
        } else {
            refusing += until - since;
        }
        refusedSince = around && since - refusedSince > 0 ? refusedSince : since;
        refusedUntil = until;
    }

    /** At this load. */
    public static Level level(double load) {
        double steps = steps(load);
        return steps <= 0
                ? Level.ALL_NEW
                : steps <= HIGH_TOP ? Level.LOW_AND_NORMAL : steps <= NORMAL_TOP ? Level.LOW : Level.NOBODY;
    }

    /** 0 to 1, by the last report; from any thread. */
    public double load() {
        return load;
    }

    /** For whoever is turned away now: a time in which, if nobody else came, the load would have fallen so far that he were not. */
    public long retryAfterNanos(Priority priority) {
        int open = priority == Priority.HIGH ? HIGH_TOP : priority == Priority.NORMAL ? NORMAL_TOP : 100;
        double calm = Math.cbrt(1 - open / 100.0);
        return (long) ((SOON + ALL * Math.max(0, now() - calm)) * 1e9);
    }

    private static double steps(double load) {
        return 100 * (1 - load * load * load);
    }
}
