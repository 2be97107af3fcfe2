package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdmissionQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Lines in which somebody waits, so that whoever gives room back, or the tick, finds them. */
final class WaitingLines {
    private final Set<AdmissionQueue> lines = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();

    /** Somebody stands in it; to be called after he joined. */
    void joined(AdmissionQueue line) {
        lines.add(line);
    }

    /** Moves those on for which it is time. A line found empty is looked at again after it was taken out: no joiner is missed. */
    void tick(long now) {
        for (AdmissionQueue line : lines) {
            long wake = line.nextWakeNanos();
            if (wake != AdmissionQueue.NEVER && wake - now <= 0) {
                line.advance(now);
            }
            forgetEmpty(line);
        }
    }

    /** There may be room now for those in front; of several lines, another one is asked first each time. */
    void advance(long now) {
        if (lines.isEmpty()) {
            return;
        }
        AdmissionQueue[] all = lines.toArray(AdmissionQueue[]::new);
        int first = all.length < 2 ? 0 : turn.getAndIncrement() & Integer.MAX_VALUE;
        for (int i = 0; i < all.length; i++) {
            AdmissionQueue line = all[(first + i & Integer.MAX_VALUE) % all.length];
            line.advance(now);
            forgetEmpty(line);
        }
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    private void forgetEmpty(AdmissionQueue line) {
        if (line.size() == 0 && lines.remove(line) && line.size() > 0) {
            lines.add(line);
        }
    }

    /** How long the oldest of all has stood. */
    long oldestNanos(long now) {
        long oldest = 0;
        for (AdmissionQueue line : lines) {
            oldest = Math.max(oldest, line.counts(now).oldestNanos());
        }
        return oldest;
    }
}
