package dev.tidemill.store;

import java.net.URI;

/**
 * How other commands on this machine reach the running server.
 *
 * @param url of the admin port, with the real port
 * @param token to be sent as {@code Authorization: Bearer}; new at each start
 */
public record AdminAccess(URI url, String token) {
    /** The token never shows in logs. */
    @Override
    public String toString() {
        return "admin at " + url;
    }
}
