package dev.tidemill.batch.job;

/** How a batch that ran comes to its end, and so what becomes of lines without a result. */
public enum Ending {
    /** Every line has a result. */
    COMPLETED,
    /** The window closed. */
    EXPIRED,
    /** The client called it off. */
    CANCELLED
}
