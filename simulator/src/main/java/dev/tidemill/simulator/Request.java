package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * One request on one connection.
 *
 * @param head request line and headers
 * @param body without chunk frames
 * @param arrived when its last byte came, by {@link System#nanoTime}
 * @param onConnection its number on the connection, counted from 1
 * @param connection number of the connection
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Request(RequestHead head, byte[] body, long arrived, int onConnection, long connection) {
    /** The credential as it came, whichever header it is in. */
    @Nullable
    String key() {
        String key = head.header("authorization");
        if (key == null) {
            key = head.header("x-api-key");
        }
        if (key == null) {
            key = head.header("x-goog-api-key");
        }
        return key == null ? head.query("key") : key;
    }
}
