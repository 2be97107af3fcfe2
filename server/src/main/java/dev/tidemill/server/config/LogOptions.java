package dev.tidemill.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is written down beside the program's own log on standard error.
 *
 * @param access the file that gets one line for each request; null: the usual one, unless {@code off}
 * @param off whether no such file is written
 */
public record LogOptions(@Nullable Path access, boolean off) {
    static final LogOptions STANDARD = new LogOptions(null, false);

    /** The file for a server with this data directory; null: none. */
    public @Nullable Path accessIn(Path data) {
        if (off) {
            return null;
        }
        return access == null ? data.resolve("access.log") : access;
    }
}
