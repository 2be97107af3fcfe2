package dev.tidemill.server.admin;

import dev.tidemill.core.health.HealthChange;
import dev.tidemill.core.health.HealthListener;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest changes of health, in memory, and all of them in the program's log. A ring whose slots are overwritten: whoever
 * tells takes the next number and puts the change into its slot, so no event loop waits for another or for a reader.
 */
public final class HealthEvents implements HealthListener {
    /** How many are remembered. */
    static final int KEPT = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(HealthEvents.class);

    private final AtomicLong last = new AtomicLong();
    private final AtomicReferenceArray<@Nullable Event> ring = new AtomicReferenceArray<>(KEPT);

    /** @param number from 1, in the order in which changes were told */
    record Event(long number, HealthChange change) {}

    @Override
    public void changed(HealthChange change) {
        long number = last.incrementAndGet();
        ring.set((int) (number % KEPT), new Event(number, change));
        LOG.info("{} {}: {} -> {} ({})", change.kind(), change.name(), change.from(), change.to(), change.reason());
    }

    /** Oldest first. */
    List<Event> latest() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < KEPT; i++) {
            Event event = ring.get(i);
            if (event != null) {
                events.add(event);
            }
        }
        events.sort(Comparator.comparingLong(Event::number));
        return events;
    }
}
