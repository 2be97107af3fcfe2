package dev.tidemill.relay.replay;

import dev.tidemill.core.route.Policy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a stream when its log begins.
 *
 * @param keyId whose it is; to any other key it does not exist
 * @param numbered whether its events show their numbers, so that a client can say which it saw last
 * @param heartbeat what may be shown to a reader who waits, between two events
 * @param silence after which it is shown; null: never
 * @param bounds how much is kept of it, and for how long after its end
 */
public record ReplayedStream(
        String id,
        String keyId,
        String contentType,
        boolean numbered,
        byte[] heartbeat,
        @Nullable Duration silence,
        Policy.Resume bounds) {}
