package dev.tidemill.simulator;

/** What becomes of a new connection before anything is read from it. */
public enum Door {
    /** Accepted. */
    OPEN,
    /** Refused: the listener is closed. */
    REFUSE,
    /** Accepted and closed at once. */
    CLOSE
}
