package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.Priority;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Lines in which somebody waits, so that whoever gives room back, or the tick, finds them. */
final class WaitingLines {
    private static final Priority[] LEVELS = Priority.values();
    private static final int TURNS = AdmissionQueue.Terms.DEFAULT.turns();

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

    /**
     * There may be room now for those in front. Of several lines all that are high go first, then normal, then low; inside a level
     * another line is asked first each time. So that nobody starves, every so many times one of those lines goes first by its own
     * order in which somebody lower has aged.
     */
    void advance(long now) {
        if (lines.isEmpty()) {
            return;
        }
        AdmissionQueue[] all = lines.toArray(AdmissionQueue[]::new); // none, if the last has been forgotten meanwhile
        if (all.length == 1) {
            all[0].advance(now);
        } else if (all.length > 1) {
            int time = turn.getAndIncrement() & Integer.MAX_VALUE;
            boolean agedFirst = time % TURNS == TURNS - 1;
            Collections.rotate(Arrays.asList(all), (agedFirst ? time / TURNS : time) % all.length);
            if (agedFirst) {
                theAged(all, now);
            }
            for (Priority lowest : LEVELS) {
                for (AdmissionQueue line : all) {
                    line.advance(now, lowest);
                }
            }
        }
        for (AdmissionQueue line : all) {
            forgetEmpty(line);
        }
    }

    private static void theAged(AdmissionQueue[] all, long now) {
        for (AdmissionQueue line : all) {
            if (line.aged(now)) {
                line.advance(now);
                return;
            }
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
