package dev.tidemill.core.health;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether something must be let alone until a moment that its provider named. The latest moment counts. */
final class Parking {
    /** Longer is not believed: a limit that lasts is met again, at the price of one request a minute. */
    static final long LONGEST = 60_000_000_000L;

    private static final long SHORTEST = 1_000_000L;

    private final AtomicReference<@Nullable Parked> parked = new AtomicReference<>();

    record Parked(long until, String reason) {}

    void until(long now, long nanos, String reason) {
        Parked next = new Parked(now + Math.clamp(nanos, SHORTEST, LONGEST), reason);
        Parked was = parked.get();
        while ((was == null || was.until - next.until < 0) && !parked.compareAndSet(was, next)) {
            was = parked.get();
        }
    }

    /** Null: not parked. */
    @Nullable
    Parked at(long now) {
        Parked is = parked.get();
        return is == null || now - is.until >= 0 ? null : is;
    }

    long left(long now) {
        Parked is = at(now);
        return is == null ? 0 : is.until - now;
    }
}
