package dev.tidemill.server.admin;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.key.KeyStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** Keys straight in the store. */
public final class StoredKeys implements KeyDesk {
    private final KeyStore store;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random cryptographically strong */
    public StoredKeys(KeyStore store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public KeySecret create(KeyRequest request) {
        KeySecret secret = KeySecret.generate(random);
        Instant now = clock.instant();
        store.create(new Key(
                secret.id(),
                request.name(),
                request.organization(),
                request.project(),
                secret.digest(),
                request.models(),
                request.rpm(),
                request.tpm(),
                request.concurrency(),
                request.priority(),
                request.resumable(),
                now,
                request.expires() == null ? null : now.plus(request.expires()),
                null));
        return secret;
    }

    @Override
    public List<Key> list() {
        return store.all();
    }

    @Override
    public int revoke(String idOrName) {
        return store.revoke(idOrName, clock.instant());
    }
}
