package dev.tidemill.simulator;

import java.io.IOException;

/** The other side has closed while an answer was under way. */
final class PeerGone extends IOException {
    private static final long serialVersionUID = 1;

    PeerGone() {
        super("peer closed");
    }

    PeerGone(IOException cause) {
        super(cause);
    }
}
