package dev.tidemill.core.health;

import java.time.Instant;

/**
 * Something went from one state to another.
 *
 * @param name of a target {@code provider/model}, of a credential {@code provider key N (fingerprint)} with N from 1, of a
 *     host {@code name:port}; never a secret
 * @param reason for people
 */
public record HealthChange(Instant at, Kind kind, String name, State from, State to, String reason) {
    public enum Kind {
        TARGET,
        CREDENTIAL,
        HOST
    }
}
