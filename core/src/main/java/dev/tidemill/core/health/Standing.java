package dev.tidemill.core.health;

/** Whether an attempt may begin. */
public enum Standing {
    READY,
    /** One may, as a trial. */
    TRIAL_DUE,
    SHUT
}
