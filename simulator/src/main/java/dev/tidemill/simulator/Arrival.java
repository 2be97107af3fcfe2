package dev.tidemill.simulator;

import org.jspecify.annotations.Nullable;

/**
 * A request that asks for an answer, as it came. Since an answer keeps to its behaviour's pace, it is under way for at least
 * that long from here on.
 *
 * @param nanos {@link System#nanoTime} when the whole of it had been read
 * @param endpoint the way of asking, as in {@link Counts#protocols}
 * @param key the credential as it came, null: none
 */
public record Arrival(
        long nanos, String endpoint, String model, @Nullable String key) {}
