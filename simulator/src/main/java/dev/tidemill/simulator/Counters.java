package dev.tidemill.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Keeps the numbers of {@link Counts} while connections run side by side. */
final class Counters {
    private static final int MOST_NAMES = 1_000;
    private static final int MOST_IDEMPOTENCY_KEYS = 10_000;
    private static final int LONGEST_NAME = 200;

    /** How an answer ended. */
    enum Outcome {
        WHOLE,
        BROKEN,
        CANCELLED,
        REFUSED
    }

    /** One request that is being answered. */
    record Running(Adders protocol, Adders model, Adders key) {}

    private final Adders total = new Adders();
    private final LongAdder running = new LongAdder();
    private final LongAdder opened = new LongAdder();
    private final LongAdder open = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder keyed = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final Map<String, Boolean> idempotencyKeys = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_IDEMPOTENCY_KEYS;
        }
    };
    private final Map<String, Adders> protocols = new ConcurrentHashMap<>();
    private final Map<String, Adders> models = new ConcurrentHashMap<>();
    private final Map<String, Adders> keys = new ConcurrentHashMap<>();

    static final class Adders {
        private final LongAdder asked = new LongAdder();
        private final LongAdder whole = new LongAdder();
        private final LongAdder broken = new LongAdder();
        private final LongAdder cancelled = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder prompt = new LongAdder();
        private final LongAdder completion = new LongAdder();

        private void end(Outcome outcome, long promptTokens, long completionTokens) {
            switch (outcome) {
                case WHOLE -> whole.increment();
                case BROKEN -> broken.increment();
                case CANCELLED -> cancelled.increment();
                case REFUSED -> refused.increment();
            }
            prompt.add(promptTokens);
            completion.add(completionTokens);
        }

        private Counts.Tally tally() {
            return new Counts.Tally(
                    asked.sum(),
                    whole.sum(),
                    broken.sum(),
                    cancelled.sum(),
                    refused.sum(),
                    prompt.sum(),
                    completion.sum());
        }

        private void reset() {
            for (LongAdder adder : new LongAdder[] {asked, whole, broken, cancelled, refused, prompt, completion}) {
                adder.reset();
            }
        }
    }

    void opened() {
        opened.increment();
        open.increment();
    }

    void closed() {
        open.decrement();
    }

    void read(long bytes) {
        bytesIn.add(bytes);
    }

    void sent(long bytes) {
        bytesOut.add(bytes);
    }

    long running() {
        return running.sum();
    }

    /** A request came with this idempotency key, or with none. */
    void keyed(@Nullable String key) {
        if (key == null) {
            return;
        }
        keyed.increment();
        String known = key.length() > LONGEST_NAME ? key.substring(0, LONGEST_NAME) : key;
        synchronized (idempotencyKeys) {
            if (idempotencyKeys.put(known, true) != null) {
                repeated.increment();
            }
        }
    }

    Running begin(String protocol, String model, @Nullable String key) {
        Running request = new Running(
                named(protocols, protocol), named(models, model), named(keys, key == null ? "(none)" : key));
        total.asked.increment();
        request.protocol().asked.increment();
        request.model().asked.increment();
        request.key().asked.increment();
        running.increment();
        return request;
    }

    void end(Running request, Outcome outcome, long promptTokens, long completionTokens) {
        running.decrement();
        total.end(outcome, promptTokens, completionTokens);
        request.protocol().end(outcome, promptTokens, completionTokens);
        request.model().end(outcome, promptTokens, completionTokens);
        request.key().end(outcome, promptTokens, completionTokens);
    }

    Counts now() {
        return new Counts(
                total.tally(),
                running.sum(),
                opened.sum(),
                open.sum(),
                bytesIn.sum(),
                bytesOut.sum(),
                keyed.sum(),
                repeated.sum(),
                all(protocols),
                all(models),
                all(keys));
    }

    /** Everything but what is open and running back to zero. */
    void reset() {
        total.reset();
        opened.reset();
        bytesIn.reset();
        bytesOut.reset();
        keyed.reset();
        repeated.reset();
        synchronized (idempotencyKeys) {
            idempotencyKeys.clear();
        }
        protocols.clear();
        models.clear();
        keys.clear();
    }

    private static Adders named(Map<String, Adders> map, String name) {
        String known = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        Adders adders = map.get(known);
        if (adders != null) {
            return adders;
        }
        return map.computeIfAbsent(map.size() < MOST_NAMES ? known : "(others)", added -> new Adders());
    }

    private static Map<String, Counts.Tally> all(Map<String, Adders> map) {
        Map<String, Counts.Tally> tallies = new TreeMap<>();
        map.forEach((name, adders) -> tallies.put(name, adders.tally()));
        return tallies;
    }
}
