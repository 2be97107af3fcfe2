package dev.tidemill.core.health;

import java.util.concurrent.atomic.AtomicLong;

/** An exponentially weighted moving average: each sample moves it by a fixed part of the distance. Lock-free. */
final class Average {
    private final AtomicLong bits;
    private final double part;

    /** @param first what it is before the first sample; NaN: unknown, the first sample sets it */
    Average(double first, double part) {
        this.bits = new AtomicLong(Double.doubleToRawLongBits(first));
        this.part = part;
    }

    double get() {
        return Double.longBitsToDouble(bits.get());
    }

    boolean known() {
        return !Double.isNaN(get());
    }

    double add(double sample) {
        while (true) {
            long was = bits.get();
            double old = Double.longBitsToDouble(was);
            double next = Double.isNaN(old) ? sample : old + (sample - old) * part;
            long now = Double.doubleToRawLongBits(next);
            if (now == was || bits.compareAndSet(was, now)) {
                return next;
            }
        }
    }

    void raiseTo(double least) {
        long was = bits.get();
        while (Double.longBitsToDouble(was) < least && !bits.compareAndSet(was, Double.doubleToRawLongBits(least))) {
            was = bits.get();
        }
    }
}
