package dev.tidemill.server.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration comes from, so that it can be read again.
 *
 * @param file null: from the environment alone
 * @param environment what references are resolved with
 */
public record Origin(@Nullable Path file, Map<String, String> environment) {
    public Origin {
        environment = Map.copyOf(environment);
    }

    /** Variables may be secret. */
    @Override
    public String toString() {
        return file == null ? "environment" : file.toString();
    }
}
