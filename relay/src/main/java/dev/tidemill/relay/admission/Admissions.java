package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.Allowances;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.relay.loop.Memory;

/** All that is limited, over all loops. Each loop ticks. */
public final class Admissions {
    /** Keys whose limits are counted at once. */
    private static final int KEYS = 65_536;

    private static final long FORGET = 10_000_000_000L;

    private final Allowances keys = new Allowances(KEYS);
    private final WaitingLines waiting = new WaitingLines();
    private final KeyLines keyLines = new KeyLines(waiting);
    private final Upstreams upstreams;
    private final Shedding shedding;
    private final Memory memory;
    private long forgotten = System.nanoTime();

    /** @param loops how many tick */
    public Admissions(int loops, Memory memory) {
        this.upstreams = new Upstreams(loops, waiting);
        this.shedding = new Shedding(loops, Shedding.Terms.DEFAULT);
        this.memory = memory;
    }

    /** What keys may do. */
    public Allowances keys() {
        return keys;
    }

    /** Who waits for his own key's limits. */
    public KeyLines keyLines() {
        return keyLines;
    }

    public Upstreams upstreams() {
        return upstreams;
    }

    public Shedding shedding() {
        return shedding;
    }

    /** How long the one who has waited longest has stood, in whatever line. */
    public long oldestNanos(long now) {
        return waiting.oldestNanos(now);
    }

    /**
     * A loop's tick.
     *
     * @param lateNanos how much later than planned
     */
    public void tick(int loop, long now, long lateNanos) {
        shedding.tick(loop, now, lateNanos, memory.used(), memory.limit());
        waiting.tick(now);
        if (loop == 0 && now - forgotten > FORGET) {
            forgotten = now;
            keyLines.forgetEmpty();
        }
    }
}
