package dev.tidemill.simulator.relayed;

/** What a client sees of an answer when the relay is honest. */
public sealed interface Expected {
    /**
     * All of the text, and an end that says so.
     *
     * @param finish whether the provider gave a finish reason
     * @param more whether text may follow the end, since nothing in the API says that it is one
     */
    record Whole(boolean finish, boolean more) implements Expected {}

    /** Nothing but an error. */
    record Status(int status, ErrorName name) implements Expected {}

    /**
     * The beginning of the text, then an error event, then an orderly end.
     *
     * @param terminal whether the provider sent the mark of a whole answer, too
     */
    record ErrorEvent(ErrorName name, boolean terminal) implements Expected {}
}
