package dev.tidemill.simulator;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The limits a provider sets: requests a minute for each key, as a bucket that refills evenly, and requests at once over all. Tokens are
 * counted in the same way, to be told about; no request is refused for them.
 */
final class Quota {
    private static final int MOST_KEYS = 10_000;
    private static final int NOMINAL_REQUESTS = 10_000;
    private static final long TOKENS_A_REQUEST = 1_000;
    private static final Grant FREE = new Grant(true, "", "", -1, null);

    private final InstantSource clock;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();

    Quota(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The answer to a request's wish to be served.
     *
     * @param given whether it may be
     * @param reason why not
     * @param headers what the provider says about its limits, whole lines
     * @param retryAfter seconds until it may be, or -1
     * @param held what {@link #close} gives back, or null
     */
    record Grant(
            boolean given,
            String reason,
            String headers,
            long retryAfter,
            @Nullable AtomicInteger held) {
        void close() {
            if (held != null) {
                held.decrementAndGet();
            }
        }
    }

    private static final class Bucket {
        private double requests;
        private double tokens;
        private long at;

        private Bucket(int full, long now) {
            requests = full;
            tokens = (double) full * TOKENS_A_REQUEST;
            at = now;
        }

        /** Takes one request and its tokens; null when there is none left. */
        private synchronized Vendor.@Nullable Standing take(int full, long cost, long now) {
            long most = full * TOKENS_A_REQUEST;
            double share = (now - at) / 60e9;
            requests = Math.min(full, requests + share * full);
            tokens = Math.min((double) most, tokens + share * (double) most);
            at = now;
            if (requests < 1) {
                return null;
            }
            requests--;
            tokens = Math.max(0, tokens - cost);
            return new Vendor.Standing(full, (long) requests, most, (long) tokens, cost);
        }
    }

    /**
     * Asks for one request.
     *
     * @param vendor whose headers tell the limits when nothing else is set
     * @param cost tokens of the request
     */
    Grant ask(Behaviour behaviour, @Nullable String key, Vendor vendor, long cost) {
        int limit = behaviour.rpm();
        int atOnce = behaviour.concurrency();
        Vendor told = behaviour.limits() == null ? vendor : behaviour.limits();
        if (limit == 0 && atOnce == 0 && behaviour.limits() == null) {
            return FREE;
        }
        String headers = "";
        if (limit > 0 || behaviour.limits() != null) {
            int full = limit > 0 ? limit : NOMINAL_REQUESTS;
            long now = System.nanoTime();
            String name = key == null || buckets.size() > MOST_KEYS ? "" : key;
            Vendor.Standing standing = buckets.computeIfAbsent(name, added -> new Bucket(full, now))
                    .take(full, cost, now);
            boolean refused = standing == null && limit > 0;
            if (standing == null) {
                standing = new Vendor.Standing(full, 0, full * TOKENS_A_REQUEST, 0, cost);
            }
            headers = told.headers(standing, clock.instant());
            if (refused) {
                long seconds = (long) Math.ceil(60.0 / limit);
                String reason = "Rate limit reached: " + limit + " requests a minute.";
                return new Grant(false, reason, headers + told.retry(seconds), seconds, null);
            }
        }
        if (atOnce > 0 && running.incrementAndGet() > atOnce) {
            running.decrementAndGet();
            String reason = "Too many requests at once: " + atOnce + " are allowed.";
            return new Grant(false, reason, headers + told.retry(1), 1, null);
        }
        return new Grant(true, "", headers, -1, atOnce > 0 ? running : null);
    }
}
