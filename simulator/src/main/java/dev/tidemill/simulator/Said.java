package dev.tidemill.simulator;

import java.util.List;

/**
 * What is answered.
 *
 * @param id tells this answer from all others
 * @param created seconds since 1970
 * @param reasoning tokens of reasoning, perhaps none
 * @param tokens tokens of the answer, or fragments of the arguments of one tool call
 * @param calls how many tool calls with those arguments; 0: the tokens are words
 * @param cut whether the limit of tokens ended it
 * @param usage what it cost
 */
record Said(long id, long created, List<String> reasoning, List<String> tokens, int calls, boolean cut, Usage usage) {
    String text() {
        return String.join("", tokens);
    }

    /** How many steps it takes to stream it. */
    int steps() {
        return reasoning.size() + tokens.size() * Math.max(1, calls);
    }
}
