package dev.tidemill.core.health;

/**
 * A credential at one moment, for those who look.
 *
 * @param index in the provider's list, from 0
 * @param fingerprint first 8 hex digits of its SHA-256
 * @param reason for people; empty when healthy
 * @param waitNanos until it is used, or tried, again
 */
public record CredentialState(
        String provider, int index, String fingerprint, State state, String reason, long waitNanos) {}
