package dev.tidemill.batch.run;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long a line waits before it is tried again: what the provider asked for, and up to a quarter more so that not all come
 * back at once; else anything from 50 ms to a bound that doubles with each time, half a second at first, 30 s at most
 * ("full jitter", Exponential Backoff And Jitter, AWS Architecture Blog 2015).
 */
record Backoff(RandomGenerator random) {
    private static final Duration ASKED_MAX = Duration.ofSeconds(60);
    private static final long FIRST_MS = 500;
    private static final long MAX_MS = 30_000;
    private static final long MIN_MS = 50;

    /** @param before times this line has waited already */
    Duration next(int before, @Nullable Duration asked) {
        if (asked != null) {
            long millis = Math.max(MIN_MS, (asked.compareTo(ASKED_MAX) > 0 ? ASKED_MAX : asked).toMillis());
            return Duration.ofMillis(millis + random.nextLong(millis / 4 + 1));
        }
        long bound = Math.min(MAX_MS, FIRST_MS << Math.min(before, 10));
        return Duration.ofMillis(MIN_MS + random.nextLong(bound - MIN_MS + 1));
    }
}
