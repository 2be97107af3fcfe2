package dev.tidemill.cli.api;

import java.net.URI;

/** Nobody listens there. */
public final class Unreachable extends dev.tidemill.cli.CommandFailed {
    private static final long serialVersionUID = 1;

    Unreachable(URI base) {
        super("nothing answers at " + base
                + " (expected: a running relay; start one with tidemill serve, or name it with --url)");
    }
}
