package dev.tidemill.core.health;

/** How a target, a credential or a host stands. */
public enum State {
    /** In use; of a target: at least 0.8 of its attempts succeed. */
    HEALTHY,
    /** In use with less traffic: between 0.5 and 0.8 of a target's attempts succeed. */
    DEGRADED,
    /** Not used until a moment that the provider named, by Retry-After. */
    PARKED,
    /** Not used but for single trials: its breaker is open or half-open, or its host refuses connections. */
    DOWN,
    /** Taken out, since the provider does not know it or does not let us use it; tried again, once, after minutes. */
    OUT
}
