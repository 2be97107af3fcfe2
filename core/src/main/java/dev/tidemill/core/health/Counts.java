package dev.tidemill.core.health;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Two counts over a sliding window, written by all loops without a lock: a ring of slots, each one long with the number of
 * its time slice and both counts, so that a slot that has become old is emptied and counted in by the same compare-and-set.
 * The window is exact to one slice. A slice holds 4 million of a kind; beyond that both counts are halved, which keeps
 * their ratio.
 */
final class Counts {
    private static final int BITS = 22;
    private static final int MASK = (1 << BITS) - 1;
    private static final int SLICE_SHIFT = 2 * BITS;
    private static final long SLICE_MASK = (1L << (Long.SIZE - SLICE_SHIFT)) - 1;

    private final AtomicLongArray slots;
    private final long sliceNanos;
    private final long origin;

    /** @param origin any moment not later than the first count */
    Counts(int slots, long windowNanos, long origin) {
        this.slots = new AtomicLongArray(slots);
        this.sliceNanos = Math.max(1, windowNanos / slots);
        this.origin = origin;
    }

    void add(long now, int first, int second) {
        long slice = slice(now);
        int at = Math.floorMod(slice, slots.length());
        while (true) {
            long was = slots.get(at);
            boolean fresh = was >>> SLICE_SHIFT == (slice & SLICE_MASK);
            int a = first + (fresh ? first(was) : 0);
            int b = second + (fresh ? second(was) : 0);
            if (a > MASK || b > MASK) {
                a >>= 1;
                b >>= 1;
            }
            if (slots.compareAndSet(at, was, slice << SLICE_SHIFT | (long) a << BITS | b)) {
                return;
            }
        }
    }

    /** Both counts of the window that ends at {@code now}: the first in the upper 32 bits, the second in the lower. */
    long sum(long now) {
        long slice = slice(now);
        long sum = 0;
        for (int i = 0; i < slots.length(); i++) {
            long slot = slots.get(i);
            long age = slice - (slot >>> SLICE_SHIFT) & SLICE_MASK;
            if (age < slots.length()) {
                sum += (long) first(slot) << Integer.SIZE | second(slot);
            }
        }
        return sum;
    }

    static int firstOf(long sum) {
        return (int) (sum >>> Integer.SIZE);
    }

    static int secondOf(long sum) {
        return (int) sum;
    }

    private long slice(long now) {
        return Math.floorDiv(now - origin, sliceNanos);
    }

    private static int first(long slot) {
        return (int) (slot >>> BITS) & MASK;
    }

    private static int second(long slot) {
        return (int) slot & MASK;
    }
}
