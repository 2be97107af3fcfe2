package dev.tidemill.relay.upstream;

import java.time.Duration;

/**
 * @param connections at most this many to one provider from one loop
 * @param idle how long an unused connection is kept
 * @param age after which a connection is not used again
 * @param waiting requests that may wait for one connection each
 */
public record PoolOptions(int connections, Duration idle, Duration age, int waiting) {
    public static final PoolOptions DEFAULT = new PoolOptions(1024, Duration.ofSeconds(30), Duration.ofMinutes(10), 4096);
}
