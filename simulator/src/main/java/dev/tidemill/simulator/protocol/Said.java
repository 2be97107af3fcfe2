package dev.tidemill.simulator.protocol;

import java.util.List;

/**
 * What is answered.
 *
 * @param id tells this answer from all others
 * @param created seconds since 1970
 * @param model the model's name as the answer tells it
 * @param reasoning tokens of reasoning, perhaps none
 * @param preface tokens of words before tool calls, otherwise empty
 * @param tokens tokens of the answer, or fragments of the arguments of one tool call
 * @param calls how many tool calls with those arguments; 0: the tokens are words
 * @param end why it ends
 * @param usage what it cost
 * @param form how that is told
 */
public record Said(
        long id,
        long created,
        String model,
        List<String> reasoning,
        List<String> preface,
        List<String> tokens,
        int calls,
        End end,
        Usage usage,
        Usage.Form form) {
    /** Why an answer ends. */
    public enum End {
        STOP,
        LENGTH,
        CALLS,
        REFUSED,
        FAILED
    }

    /** The words, or the arguments of one call. */
    public String text() {
        return String.join("", tokens);
    }

    /** The words before the calls in one piece. */
    public String prefaceText() {
        return String.join("", preface);
    }

    /** The arguments of one call as a JSON object, empty when the limit cut them off. */
    public String arguments() {
        String text = text();
        return text.endsWith("}") ? text : "{}";
    }

    /** The reasoning in one piece. */
    public String thoughts() {
        return String.join("", reasoning);
    }

    /** The cost as it is told. */
    public Usage told() {
        return usage.told(form);
    }

    /** How many steps it takes to stream it. */
    public int steps() {
        return before() + tokens.size() * Math.max(1, calls);
    }

    /** How many steps there are before the words, or before the first call. */
    public int before() {
        return reasoning.size() + preface.size();
    }

    /** What a step brings; steps beyond the last begin again. There is at least one step. */
    public Place at(int step) {
        int at = step % steps();
        int thoughts = reasoning.size();
        if (at < thoughts) {
            return new Place(Place.Kind.REASONING, 0, reasoning.get(at), at == 0, at == thoughts - 1);
        }
        if (at < before()) {
            int own = at - thoughts;
            return new Place(Place.Kind.TEXT, 0, preface.get(own), own == 0, own == preface.size() - 1);
        }
        int call = (at - before()) / tokens.size();
        int own = (at - before()) % tokens.size();
        Place.Kind kind = calls > 0 ? Place.Kind.ARGUMENTS : Place.Kind.TEXT;
        return new Place(kind, call, tokens.get(own), own == 0, own == tokens.size() - 1);
    }

    /** An id in a provider's manner, different for each answer of a simulator. */
    public String id(String prefix) {
        String number = Long.toString(id, 36);
        return prefix + "sim" + "0".repeat(Math.max(0, 13 - number.length())) + number;
    }
}
