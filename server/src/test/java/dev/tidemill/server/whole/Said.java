package dev.tidemill.server.whole;

import java.util.List;

/**
 * An answer as a vendor's client hands it over.
 *
 * @param calls of tools, each with its name and arguments
 * @param complete whether the client's user would take it for the whole answer
 */
record Said(String text, String reasoning, List<String> calls, long promptTokens, long answerTokens, boolean complete) {
    /** Text, reasoning and calls alone. */
    boolean sameWordsAs(Said other) {
        return text.equals(other.text) && reasoning.equals(other.reasoning) && calls.equals(other.calls);
    }
}
