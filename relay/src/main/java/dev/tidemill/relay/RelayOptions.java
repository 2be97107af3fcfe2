package dev.tidemill.relay;

import dev.tidemill.core.health.HealthListener;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.relay.downstream.Limits;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * @param loops event loops, at least 1
 * @param memoryBytes bound over all request bodies and held answers
 * @param accessLog null: none is written
 * @param seed of everything that is drawn by lot
 * @param healthChanges told of each, on an event loop
 * @param shedding when the relay has too much to do itself
 */
public record RelayOptions(
        int loops,
        long memoryBytes,
        Limits limits,
        @Nullable Path accessLog,
        InstantSource clock,
        long seed,
        HealthListener healthChanges,
        Shedding.Terms shedding) {

    /** With the usual terms of shedding. */
    public RelayOptions(
            int loops,
            long memoryBytes,
            Limits limits,
            @Nullable Path accessLog,
            InstantSource clock,
            long seed,
            HealthListener healthChanges) {
        this(loops, memoryBytes, limits, accessLog, clock, seed, healthChanges, Shedding.Terms.DEFAULT);
    }

    /** Two loops, a quarter of the heap, no access log. */
    public static RelayOptions defaults() {
        return new RelayOptions(
                2,
                Runtime.getRuntime().maxMemory() / 4,
                Limits.DEFAULT,
                null,
                InstantSource.system(),
                System.nanoTime(),
                HealthListener.NONE);
    }

    public RelayOptions withLimits(Limits other) {
        return new RelayOptions(loops, memoryBytes, other, accessLog, clock, seed, healthChanges, shedding);
    }

    public RelayOptions withLoops(int count) {
        return new RelayOptions(count, memoryBytes, limits, accessLog, clock, seed, healthChanges, shedding);
    }

    public RelayOptions withAccessLog(@Nullable Path file) {
        return new RelayOptions(loops, memoryBytes, limits, file, clock, seed, healthChanges, shedding);
    }

    public RelayOptions withMemory(long bytes) {
        return new RelayOptions(loops, bytes, limits, accessLog, clock, seed, healthChanges, shedding);
    }

    public RelayOptions withHealthChanges(HealthListener listener) {
        return new RelayOptions(loops, memoryBytes, limits, accessLog, clock, seed, listener, shedding);
    }

    public RelayOptions withShedding(Shedding.Terms terms) {
        return new RelayOptions(loops, memoryBytes, limits, accessLog, clock, seed, healthChanges, terms);
    }
}
