package dev.tidemill.core.health;

import java.time.Instant;

/**
 * A credential at one moment, for those who look.
 *
 * @param index in the provider's list, from 0
 * @param fingerprint first 8 hex digits of its SHA-256
 * @param reason for people; empty when healthy
 * @param waitNanos until it is tried, or used with the model that the reason names, again
 * @param since when its state was last seen to change, or when it became known
 */
public record CredentialState(
        String provider, int index, String fingerprint, State state, String reason, long waitNanos, Instant since) {}
