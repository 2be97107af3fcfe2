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

    /**
     * Nothing but an error.
     *
     * @param its whether it is told in the provider's own words
     */
    record Status(int status, ErrorName name, boolean its) implements Expected {}

    /**
     * The beginning of the text, then an error event, then an orderly end.
     *
     * @param pieces of the text that come before it, or {@link #SOME} or {@link #ENDLESS}
     * @param terminal whether the provider sent the mark of a whole answer, too
     */
    record ErrorEvent(ErrorName name, int pieces, boolean terminal) implements Expected {
        /** How many bytes make a piece differs between APIs, and a reset may overtake the last: at least one, and not all. */
        static final int SOME = -1;
        /** All of the text, and again from its beginning. */
        static final int ENDLESS = -2;
    }
}
