package dev.tidemill.wire;

import java.util.Random;
import java.util.random.RandomGenerator;

/** A random generator for a test: seeded by the property {@code tidemill.seed}, else anew, and the seed is printed. */
public final class Seeds {
    private Seeds() {}

    public static RandomGenerator random(Class<?> test) {
        long seed = Long.getLong("tidemill.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + ": -Dtidemill.seed=" + seed);
        return new Random(seed);
    }
}
