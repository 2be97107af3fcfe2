package dev.tidemill.server.config;

import dev.tidemill.core.route.Routes;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything a configuration says, checked: one immutable generation.
 *
 * @param data the data directory, absolute
 * @param notInForce options that were set and are kept, but whose part is not there yet, by path
 */
public record Configuration(
        Path data, ServerOptions server, BatchOptions batch, LogOptions log, Routes routes, List<String> notInForce) {

    public Configuration {
        notInForce = List.copyOf(notInForce);
    }

    Configuration with(Path otherData, ServerOptions otherServer) {
        return new Configuration(otherData, otherServer, batch, log, routes, notInForce);
    }
}
