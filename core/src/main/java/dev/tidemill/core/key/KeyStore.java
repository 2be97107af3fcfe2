package dev.tidemill.core.key;

import java.time.Instant;
import java.util.List;

/** Where keys are kept. Blocking; each call is durable when it returns. */
public interface KeyStore {
    void create(Key key);

    /** Every key, revoked and expired ones too, oldest first. */
    List<Key> all();

    /**
     * Revokes the key with this id or this name.
     *
     * @return how many were revoked by this call
     */
    int revoke(String idOrName, Instant at);
}
