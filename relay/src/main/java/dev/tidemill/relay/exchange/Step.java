package dev.tidemill.relay.exchange;

/** What a phase says of the exchange it ran. */
public enum Step {
    /** Done; the next phase follows at once. */
    NEXT,
    /** Not done; whoever has what it waits for calls {@link Exchange#resume}. */
    WAIT,
    /** Another try: back to {@link Pick}. Only before anything was committed. */
    AGAIN,
    /** Over: {@link Exchange#fail} was called; the last phase follows at once. */
    FAIL
}
