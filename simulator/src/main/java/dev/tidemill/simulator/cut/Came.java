package dev.tidemill.simulator.cut;

import java.nio.charset.StandardCharsets;

/**
 * What a client got.
 *
 * @param framed whether the body came to the end that its framing promises
 * @param body payload without chunk frames, in the first {@code length} bytes
 */
record Came(int status, boolean framed, byte[] body, int length) {
    String from(int at) {
        return new String(body, at, length - at, StandardCharsets.UTF_8);
    }
}
