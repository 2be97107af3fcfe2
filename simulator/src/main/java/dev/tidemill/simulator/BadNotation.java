package dev.tidemill.simulator;

/** What was written names no fault or setting, or gives one a value it cannot have. */
public final class BadNotation extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    BadNotation(String message) {
        super(message);
    }
}
