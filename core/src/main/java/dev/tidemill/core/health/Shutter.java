package dev.tidemill.core.health;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Shut by a fault, opened by a success; while it is shut, one try is let through per interval, until one succeeds. A try
 * holds nothing that would have to be given back, so one that never ends costs an interval and no more.
 */
final class Shutter {
    private final AtomicReference<@Nullable Shut> shut = new AtomicReference<>();
    private final long interval;

    record Shut(long next, String reason) {}

    /** @param interval from the fault to the first try, and from one try to the next, in nanoseconds */
    Shutter(long interval) {
        this.interval = interval;
    }

    void shut(long now, String reason) {
        shut.set(new Shut(now + interval, reason));
    }

    /** Whether it was shut. */
    boolean open() {
        return shut.get() != null && shut.getAndSet(null) != null;
    }

    /** Null: open. */
    @Nullable
    Shut state() {
        return shut.get();
    }

    /** How long until the next try, 0 when there may be one. */
    long left(long now) {
        Shut is = shut.get();
        return is == null ? 0 : Math.max(0, is.next - now);
    }

    /** Whether to go through; while it is shut, only one may in each interval. */
    boolean take(long now) {
        Shut is = shut.get();
        return is == null || (now - is.next >= 0 && shut.compareAndSet(is, new Shut(now + interval, is.reason)));
    }
}
