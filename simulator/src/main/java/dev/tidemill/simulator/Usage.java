package dev.tidemill.simulator;

/**
 * What an answer cost, in the simulator's tokens.
 *
 * @param prompt tokens of the request
 * @param completion tokens of the answer, reasoning included
 * @param reasoning tokens of reasoning
 */
record Usage(long prompt, long completion, long reasoning) {
    private static final long BEYOND_DOUBLES = 9_007_199_254_740_993L;

    long total() {
        return prompt + completion;
    }

    /** These numbers as a fault tells them. */
    Usage told(Faults faults) {
        Fault fault = faults.find(FaultKind.USAGE);
        return switch (fault == null ? "" : fault.text("form")) {
            case "negative" -> new Usage(-prompt, -completion, reasoning);
            case "huge" -> new Usage(BEYOND_DOUBLES, BEYOND_DOUBLES, reasoning);
            default -> this;
        };
    }

    static String form(Faults faults) {
        Fault fault = faults.find(FaultKind.USAGE);
        return fault == null ? "" : fault.text("form");
    }
}
