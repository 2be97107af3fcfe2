package dev.tidemill.bench.proof;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/** The one key of a relay that a proof starts inside itself. */
final class ProofKey {
    private final KeySecret secret = KeySecret.generate(new SplittableRandom(1));

    String text() {
        return secret.text();
    }

    KeyRing ring() {
        return new KeyRing(List.of(new Key(
                secret.id(),
                "proof",
                "default",
                "default",
                secret.digest(),
                List.of(),
                0,
                0,
                0,
                Instant.EPOCH,
                null,
                null)));
    }
}
