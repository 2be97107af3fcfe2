package dev.tidemill.simulator.protocol;

/**
 * What one step of a streamed answer brings.
 *
 * @param call number of the tool call, counted from 0
 * @param token its words
 * @param first whether it begins the reasoning, the text or the call
 * @param last whether it ends it
 */
public record Place(Kind kind, int call, String token, boolean first, boolean last) {
    /** What a token belongs to. */
    public enum Kind {
        REASONING,
        TEXT,
        ARGUMENTS
    }
}
