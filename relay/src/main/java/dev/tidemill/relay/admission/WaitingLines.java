package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdmissionQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lines in which somebody waits, so that whoever gives room back, or the tick, finds them. */
final class WaitingLines {
    private final Set<AdmissionQueue> lines = ConcurrentHashMap.newKeySet();

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

    /** There may be room now for those in front. */
    void advance(long now) {
        if (lines.isEmpty()) {
            return;
        }
        for (AdmissionQueue line : lines) {
            line.advance(now);
            forgetEmpty(line);
        }
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
