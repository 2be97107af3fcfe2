package dev.tidemill.simulator.protocol;

/**
 * What an answer cost, in the simulator's tokens.
 *
 * @param prompt tokens of the request
 * @param completion tokens of the answer, reasoning included
 * @param reasoning tokens of reasoning
 */
public record Usage(long prompt, long completion, long reasoning) {
    private static final long BEYOND_DOUBLES = 9_007_199_254_740_993L;

    /** Prompt and completion. */
    public long total() {
        return prompt + completion;
    }

    /** Tokens of the answer without reasoning. */
    public long answer() {
        return completion - reasoning;
    }

    /** These numbers as told in a form. */
    public Usage told(Form form) {
        return switch (form) {
            case NEGATIVE -> new Usage(-prompt, -completion, reasoning);
            case HUGE -> new Usage(BEYOND_DOUBLES, BEYOND_DOUBLES, reasoning);
            default -> this;
        };
    }

    /** How usage is told, rightly or not; a protocol that has no such form tells it as usual. */
    public enum Form {
        USUAL,
        MISSING,
        NEGATIVE,
        HUGE,
        REPEATED,
        IN_FINISH,
        NULL_CHOICES
    }
}
