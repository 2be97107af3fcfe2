package dev.tidemill.core.health;

import java.time.Instant;

/**
 * A host at one moment, for those who look.
 *
 * @param name {@code name:port}, and by which proxy
 * @param reason for people; empty when healthy
 * @param waitNanos until the next try
 * @param since when its state was last seen to change, or when it became known
 */
public record HostState(String name, State state, String reason, long waitNanos, Instant since) {}
