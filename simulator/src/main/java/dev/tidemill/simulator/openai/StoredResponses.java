package dev.tidemill.simulator.openai;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The responses that can be asked for again: the last 1,000, and no more than 16 MiB. Thread-safe. */
final class StoredResponses {
    private static final int MOST = 1_000;
    private static final long MOST_CHARACTERS = 16 << 20;

    /**
     * One response.
     *
     * @param json as it is shown
     * @param cancelled as it is shown once it is cancelled; null: it has ended, or cannot be
     * @param background whether it was asked for in the background
     * @param tokens of its prompt and answer, which are the prompt of the next one
     */
    record Stored(String json, @Nullable String cancelled, boolean background, long tokens) {}

    private final String home;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, Stored> all = new LinkedHashMap<>();
    private long characters;

    /** @param home what tells the ids of this simulator from those of others */
    StoredResponses(String home) {
        this.home = home;
    }

    String nextId() {
        return "resp_sim" + home + numbers.incrementAndGet();
    }

    synchronized @Nullable Stored find(String id) {
        return all.get(id);
    }

    /** Keeps a response, the newest first to stay. */
    synchronized void put(String id, Stored response) {
        remove(id);
        all.put(id, response);
        characters += response.json().length();
        Iterator<Stored> oldest = all.values().iterator();
        while (all.size() > MOST || (characters > MOST_CHARACTERS && all.size() > 1)) {
            characters -= oldest.next().json().length();
            oldest.remove();
        }
    }

    /** Replaces what runs by its end; one that was cancelled or removed meanwhile stays as it is. */
    synchronized void end(String id, Stored response) {
        Stored running = all.get(id);
        if (running != null && running.cancelled() != null) {
            put(id, response);
        }
    }

    synchronized @Nullable Stored remove(String id) {
        Stored removed = all.remove(id);
        if (removed != null) {
            characters -= removed.json().length();
        }
        return removed;
    }

    /** Cancels what runs; what it is now, or null when there is none of this id. */
    synchronized @Nullable Stored cancel(String id) {
        Stored known = all.get(id);
        if (known != null && known.cancelled() != null) {
            known = new Stored(known.cancelled(), null, known.background(), known.tokens());
            put(id, known);
        }
        return known;
    }
}
