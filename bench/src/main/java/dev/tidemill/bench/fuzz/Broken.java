package dev.tidemill.bench.fuzz;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An input was found for which an invariant does not hold. */
final class Broken extends AssertionError {
    private static final long serialVersionUID = 1;

    private Broken(String message) {
        super(message);
    }

    static void unless(boolean holds, String what) {
        if (!holds) {
            throw new Broken(what);
        }
    }

    static void unlessSame(@Nullable Object found, @Nullable Object expected, String what) {
        if (!Objects.equals(found, expected)) {
            throw new Broken(what + ": " + found + " (expected: " + expected + ")");
        }
    }
}
