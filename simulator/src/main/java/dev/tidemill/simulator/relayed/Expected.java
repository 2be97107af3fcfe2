package dev.tidemill.simulator.relayed;

/** What an honest relay makes of one fault in one kind of answer, and whether it may use the provider's connection again. */
public sealed interface Expected {
    /** Whether the connection to the provider is kept for another request. */
    boolean reused();

    /**
     * All of the text, and an end that says so.
     *
     * @param finish whether the provider gave a finish reason
     */
    record Whole(boolean finish, boolean reused) implements Expected {}

    /**
     * Nothing but an error.
     *
     * @param code the error's code, or its type where it has no code
     */
    record Status(int status, String code, boolean reused) implements Expected {}

    /**
     * The beginning of the text, then an error event of this code or type, then an orderly end.
     *
     * @param done whether the provider itself sends {@code [DONE]} behind its error
     */
    record ErrorEvent(String code, boolean done, boolean reused) implements Expected {}
}
