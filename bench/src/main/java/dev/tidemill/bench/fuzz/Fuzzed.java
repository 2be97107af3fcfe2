package dev.tidemill.bench.fuzz;

import org.jspecify.annotations.Nullable;

/** What Jazzer calls in its own process, by the names it looks for. */
public final class Fuzzed {
    private static @Nullable Invariant invariant;

    private Fuzzed() {}

    /** @param arguments the target's name */
    public static void fuzzerInitialize(String[] arguments) {
        invariant = FuzzTarget.of(arguments[0]).invariant();
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        Invariant checked = invariant;
        if (checked == null) {
            throw new IllegalStateException("not initialised");
        }
        checked.check(input);
    }
}
