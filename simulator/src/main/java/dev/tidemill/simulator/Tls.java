package dev.tidemill.simulator;

import java.util.Locale;

/** How the simulator does TLS. */
public enum Tls {
    /** Not at all. */
    OFF,
    /** A certificate for localhost, 127.0.0.1 and ::1 from the simulator's own authority. */
    GOOD,
    /** The same, run out yesterday. */
    EXPIRED,
    /** From the authority, for another host. */
    WRONG_HOST,
    /** For the right host, signed by itself. */
    SELF_SIGNED,
    /** The connection is reset after the client's first message. */
    RESET,
    /** The server knows nothing newer than TLS 1.1. */
    OLD;

    /** The name as it is written, {@code wrong-host}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
