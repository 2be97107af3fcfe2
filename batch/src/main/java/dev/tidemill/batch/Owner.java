package dev.tidemill.batch;

import dev.tidemill.core.key.Key;

/** Whose a file or a batch is: every key of one project sees the same ones, and no other project's. */
public record Owner(String organization, String project) {
    public static Owner of(Key key) {
        return new Owner(key.organization(), key.project());
    }
}
