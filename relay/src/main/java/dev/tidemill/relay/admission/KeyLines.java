package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.Gate;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Ticket;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A line for each key whose own limits stop it: one key's wait is nobody else's business, and its pace tells nothing of
 * others. Made when the first one has to wait, forgotten some time after the last one has gone.
 */
public final class KeyLines {
    private final ConcurrentHashMap<String, AdmissionQueue> byKey = new ConcurrentHashMap<>();
    private final WaitingLines waiting;

    KeyLines(WaitingLines waiting) {
        this.waiting = waiting;
    }

    /** What became of joining: a place, or what it got at once. */
    public record Joined(AdmissionQueue line, Ticket ticket) {}

    /** Passes if nobody of this key waits and its limits allow. */
    public boolean tryPass(String key, Gate gate, long now) {
        AdmissionQueue line = byKey.get(key);
        return line == null ? gate.tryEnter(now) == 0 : line.tryPass(gate, now);
    }

    public Joined join(
            String key, Priority priority, Gate gate, long maxWait, Executor executor, Runnable wake, long now) {
        while (true) {
            AdmissionQueue line = byKey.computeIfAbsent(key, name -> new AdmissionQueue(AdmissionQueue.Terms.DEFAULT));
            Ticket ticket = line.enqueue(key, priority, gate, maxWait, AdmissionQueue.NEVER, executor, wake, now);
            if (ticket.state() == Ticket.State.WAITING) {
                waiting.joined(line);
                if (byKey.get(key) != line) { // it was forgotten at this very moment
                    line.leave(ticket, now);
                    if (ticket.state() == Ticket.State.LEFT) {
                        continue;
                    }
                }
            }
            return new Joined(line, ticket);
        }
    }

    /** Room was given back. */
    public void advance(String key, long now) {
        AdmissionQueue line = byKey.get(key);
        if (line != null) {
            line.advance(now);
        }
    }

    /** How many of this key wait. */
    public int waiting(String key) {
        @Nullable AdmissionQueue line = byKey.get(key);
        return line == null ? 0 : line.size();
    }

    /** Lets go of the lines in which nobody stands. */
    void forgetEmpty() {
        for (String key : byKey.keySet()) {
            byKey.computeIfPresent(key, (name, line) -> line.size() == 0 ? null : line);
        }
    }
}
