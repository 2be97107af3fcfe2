package dev.tidemill.relay.loop;

import java.util.concurrent.atomic.AtomicLong;

/** One bound over all request bodies and held answers of the process. Past it new work is refused, running work stays. */
public final class Memory {
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public Memory(long limitBytes) {
        this.limit = limitBytes;
    }

    /** Takes {@code bytes} if they fit. */
    public boolean take(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Counts what is there already and cannot be refused; negative: no longer there. */
    public void add(long bytes) {
        used.addAndGet(bytes);
    }

    public void give(long bytes) {
        used.addAndGet(-bytes);
    }

    public long used() {
        return used.get();
    }

    public long limit() {
        return limit;
    }
}
