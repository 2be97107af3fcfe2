package dev.tidemill.core.response;

import java.time.Duration;
import java.time.Instant;

/**
 * Where an answer is stored that a provider keeps under an id.
 *
 * @param organization of the key that asked
 * @param project of the key that asked; nobody else's keys find the record
 * @param id the provider's, 1 to {@link #MAX_ID} characters
 * @param model the name asked for
 * @param provider the name in the configuration
 * @param upstreamModel the model's name there
 * @param credential fingerprint of the provider's key that was sent; empty: none was
 * @param created when it was answered
 */
public record ResponseRecord(
        String organization,
        String project,
        String id,
        String model,
        String provider,
        String upstreamModel,
        String credential,
        Instant created) {
    /** As long as OpenAI keeps a response. */
    public static final Duration KEPT = Duration.ofDays(30);

    public static final int MAX_ID = 256;

    public Instant expires() {
        return created.plus(KEPT);
    }
}
