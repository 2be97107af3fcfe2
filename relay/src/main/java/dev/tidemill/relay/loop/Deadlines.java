package dev.tidemill.relay.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every deadline of one loop in one array that is walked once a tick. A deadline moves with each read of a stream;
 * here that is one store to a field, where a scheduled task would cost an allocation and a heap operation each time.
 * Walking a thousand live exchanges ten times a second takes less than a microsecond each time.
 */
public final class Deadlines {
    /** How late an expiry may be noticed. */
    public static final long TICK_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    private @Nullable Timed[] watched = new Timed[64];
    private int size;

    public void add(Timed timed) {
        if (timed.slot >= 0) {
            return;
        }
        if (size == watched.length) {
            watched = Arrays.copyOf(watched, size * 2);
        }
        timed.slot = size;
        watched[size++] = timed;
    }

    public void remove(Timed timed) {
        int slot = timed.slot;
        if (slot < 0) {
            return;
        }
        Timed last = watched[--size];
        watched[size] = null;
        if (last != null && last != timed) {
            watched[slot] = last;
            last.slot = slot;
        }
        timed.slot = -1;
    }

    /** Tells everything that is due. What expires may remove itself or others: the walk goes backwards. */
    public void tick(long now) {
        for (int i = size - 1; i >= 0; i--) {
            Timed timed = i < size ? watched[i] : null;
            if (timed != null && timed.deadline != Timed.NEVER && timed.deadline - now <= 0) {
                expire(timed, now);
            }
        }
    }

    /** One that fails must not stop the clock of all others. */
    private static void expire(Timed timed, long now) {
        try {
            timed.expired(now);
        } catch (RuntimeException e) {
            timed.deadline = Timed.NEVER;
            LOG.error("a deadline of {} failed", timed, e);
        }
    }

    public int size() {
        return size;
    }
}
