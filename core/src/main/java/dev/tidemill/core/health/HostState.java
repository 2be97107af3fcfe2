package dev.tidemill.core.health;

/**
 * A host at one moment, for those who look.
 *
 * @param name {@code name:port}, and by which proxy
 * @param reason for people; empty when healthy
 * @param waitNanos until the next try
 */
public record HostState(String name, State state, String reason, long waitNanos) {}
