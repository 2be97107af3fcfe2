package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.Gate;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Ticket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The lines of those whom limits of keys or models stop. A model with limits has one, in which all stand who ask for it and
 * keys take turns, whichever limit stops them; whoever is stopped by those of his own key is passed over there. For models
 * without limits a key has one of its own: its wait is nobody else's business, and its pace tells nothing of others. Made
 * when the first one has to wait, forgotten some time after the last one has gone.
 *
 * <p>So a key with limits may stand in several lines. What it gives back goes to each of them in turn, and a new request of
 * its own comes after those that stand: they are asked before it is.
 */
public final class EntranceLines {
    private final Map<String, AdmissionQueue> byKey = new ConcurrentHashMap<>();
    private final Map<String, AdmissionQueue> byModel = new ConcurrentHashMap<>();
    private final Map<String, WaitingLines> standing = new ConcurrentHashMap<>();
    private final WaitingLines waiting;

    EntranceLines(WaitingLines waiting) {
        this.waiting = waiting;
    }

    /** What became of joining: a place, or what it got at once. */
    public record Joined(AdmissionQueue line, Ticket ticket) {}

    /**
     * Passes if nobody waits before it and the limits allow.
     *
     * @param model null: it has no limits
     */
    public boolean tryPass(String key, @Nullable String model, Gate gate, long now) {
        advanceKey(key, now);
        AdmissionQueue line = line(key, model);
        return line == null ? gate.tryEnter(now) == 0 : line.tryPass(gate, now);
    }

    /** @param limited whether the key has limits of its own */
    public Joined join(
            String key,
            boolean limited,
            @Nullable String model,
            Priority priority,
            Gate gate,
            long maxWait,
            Executor executor,
            Runnable wake,
            long now) {
        Map<String, AdmissionQueue> lines = model == null ? byKey : byModel;
        String name = model == null ? key : model;
        while (true) {
            AdmissionQueue line = lines.computeIfAbsent(name, any -> new AdmissionQueue(AdmissionQueue.Terms.DEFAULT));
            Ticket ticket = line.enqueue(key, priority, gate, maxWait, AdmissionQueue.NEVER, executor, wake, now);
            if (ticket.state() == Ticket.State.WAITING) {
                waiting.joined(line);
                if (limited) {
                    stands(key, line);
                    line.advance(now); // what the key gave back before it was known where it stands
                }
                if (lines.get(name) != line) { // it was forgotten at this very moment
                    line.leave(ticket, now);
                    if (ticket.state() == Ticket.State.LEFT) {
                        continue;
                    }
                }
            }
            return new Joined(line, ticket);
        }
    }

    private void stands(String key, AdmissionQueue line) {
        standing.compute(key, (any, known) -> {
            WaitingLines its = known == null ? new WaitingLines() : known;
            its.joined(line);
            return its;
        });
    }

    /** Room was given back: the key's, and the model's if it has limits. */
    public void advance(String key, @Nullable String model, long now) {
        advanceKey(key, now);
        AdmissionQueue line = model == null ? null : byModel.get(model);
        if (line != null) {
            line.advance(now);
        }
    }

    private void advanceKey(String key, long now) {
        WaitingLines its = standing.get(key);
        if (its != null) {
            its.advance(now);
        }
    }

    /** How many stand in the line for this model, or, where it has no limits, in the key's. */
    public int waiting(String key, @Nullable String model) {
        AdmissionQueue line = line(key, model);
        return line == null ? 0 : line.size();
    }

    private @Nullable AdmissionQueue line(String key, @Nullable String model) {
        return model == null ? byKey.get(key) : byModel.get(model);
    }

    /** Lets go of the lines in which nobody stands. */
    void forgetEmpty() {
        forgetEmpty(byKey);
        forgetEmpty(byModel);
        for (String key : standing.keySet()) {
            standing.computeIfPresent(key, (any, lines) -> lines.isEmpty() ? null : lines);
        }
    }

    private static void forgetEmpty(Map<String, AdmissionQueue> lines) {
        for (String name : lines.keySet()) {
            lines.computeIfPresent(name, (any, line) -> line.size() == 0 ? null : line);
        }
    }
}
