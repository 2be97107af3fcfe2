package dev.tidemill.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The limits a provider sets: requests a minute for each key, as a bucket that refills evenly, and requests at once over all. */
final class Quota {
    private static final int MOST_KEYS = 10_000;
    private static final Grant FREE = new Grant(true, "", "", null);

    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();

    /**
     * The answer to a request's wish to be served.
     *
     * @param given whether it may be
     * @param reason why not
     * @param headers what the provider says about its limits, whole lines
     * @param held what {@link #close} gives back, or null
     */
    record Grant(
            boolean given,
            String reason,
            String headers,
            @Nullable AtomicInteger held) {
        void close() {
            if (held != null) {
                held.decrementAndGet();
            }
        }
    }

    private static final class Bucket {
        private double left;
        private long at;

        private Bucket(int full, long now) {
            left = full;
            at = now;
        }

        /** Takes one; the requests left, or -1 when there are none. */
        private synchronized int take(int full, long now) {
            left = Math.min(full, left + (now - at) / 60e9 * full);
            at = now;
            if (left < 1) {
                return -1;
            }
            left--;
            return (int) left;
        }
    }

    Grant ask(Behaviour behaviour, @Nullable String key) {
        int limit = behaviour.rpm();
        int atOnce = behaviour.concurrency();
        if (limit == 0 && atOnce == 0) {
            return FREE;
        }
        String headers = "";
        if (limit > 0) {
            long now = System.nanoTime();
            String name = key == null || buckets.size() > MOST_KEYS ? "" : key;
            int left = buckets.computeIfAbsent(name, added -> new Bucket(limit, now))
                    .take(limit, now);
            double wait = 60.0 / limit;
            headers = "x-ratelimit-limit-requests: " + limit + "\r\nx-ratelimit-remaining-requests: "
                    + Math.max(0, left) + "\r\nx-ratelimit-reset-requests: "
                    + Math.round((limit - Math.max(0, left)) * wait * 1_000) + "ms\r\n";
            if (left < 0) {
                String after = "retry-after: " + (long) Math.ceil(wait) + "\r\n";
                return new Grant(false, "Rate limit reached: " + limit + " requests a minute.", headers + after, null);
            }
        }
        if (atOnce > 0 && running.incrementAndGet() > atOnce) {
            running.decrementAndGet();
            return new Grant(
                    false,
                    "Too many requests at once: " + atOnce + " are allowed.",
                    headers + "retry-after: 1\r\n",
                    null);
        }
        return new Grant(true, "", headers, atOnce > 0 ? running : null);
    }
}
