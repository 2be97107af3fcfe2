package dev.tidemill.simulator.relayed;

/** What a client sees of an answer when the relay is honest. */
public sealed interface Expected {
    /**
     * All of the text, and an end that says so.
     *
     * @param finish whether the provider gave a finish reason
     */
    record Whole(boolean finish) implements Expected {}

    /** Nothing but an error. */
    record Status(int status, ErrorName name) implements Expected {}

    /**
     * The beginning of the text, then an error event, then an orderly end.
     *
     * @param terminal whether the provider itself sends the mark of a whole answer behind its error
     */
    record ErrorEvent(ErrorName name, boolean terminal) implements Expected {}
}
