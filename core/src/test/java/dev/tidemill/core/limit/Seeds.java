package dev.tidemill.core.limit;

import java.util.Random;
import java.util.function.Consumer;

/** Runs a random test several times; a failure prints the seed that repeats it ({@code -Dtidemill.seed=}). */
final class Seeds {
    private Seeds() {}

    static void each(int rounds, Consumer<Random> test) {
        Long fixed = Long.getLong("tidemill.seed");
        long first = fixed == null ? System.nanoTime() : fixed;
        System.out.println("seed " + first);
        for (int i = 0; i < (fixed == null ? rounds : 1); i++) {
            try {
                test.accept(new Random(first + i));
            } catch (Throwable e) {
                throw new AssertionError("-Dtidemill.seed=" + (first + i), e);
            }
        }
    }
}
