package dev.tidemill.simulator;

import java.io.IOException;

/** This side has ended the connection on purpose; nothing more is sent. */
final class Severed extends IOException {
    private static final long serialVersionUID = 1;

    Severed() {
        super("severed on purpose");
    }
}
