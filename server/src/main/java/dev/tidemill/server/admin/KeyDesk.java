package dev.tidemill.server.admin;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeySecret;
import java.io.IOException;
import java.util.List;

/** Where keys are made and taken back: the store itself, or the server that has it open. */
public interface KeyDesk {
    /** Makes a key; its text exists nowhere else. */
    KeySecret create(KeyRequest request) throws IOException;

    /** Every key, revoked and expired ones too, oldest first. */
    List<Key> list() throws IOException;

    /**
     * Revokes the keys with this id or this name.
     *
     * @return how many were revoked by this call
     */
    int revoke(String idOrName) throws IOException;
}
