package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.exchange.Endpoint;
import java.util.SortedSet;

/** A path that does not exist, told together with those that do. */
final class NotFound {
    private static final int SHOWN = 100;

    private NotFound() {}

    static Failure path(String path, Port port) {
        SortedSet<String> known = port.routing().listing();
        if (port.relays()) {
            for (Endpoint endpoint : Endpoint.values()) {
                known.add(endpoint.method() + " " + endpoint.path());
            }
        }
        String hint = path.startsWith("/v1/realtime") ? " (realtime and WebSocket are not served here)" : "";
        return Failure.notFound(
                "unknown_path",
                "path '" + shortened(path) + "' does not exist here" + hint + " (expected: one of "
                        + String.join(", ", known) + ")");
    }

    /** Of OpenAI's APIs some are served over HTTP here and over WebSocket elsewhere, at the same path. */
    static Failure webSocket(String path) {
        return Failure.notFound(
                "unknown_path",
                "path '" + shortened(path)
                        + "' does not exist here as a WebSocket: realtime and WebSocket are not served"
                        + " (expected: a request over HTTP, without Upgrade)");
    }

    static String shortened(String path) {
        return path.length() <= SHOWN ? path : path.substring(0, SHOWN) + "…";
    }
}
