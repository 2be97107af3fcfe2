package dev.tidemill.simulator.protocol;

/**
 * A JSON answer that no model had to give.
 *
 * @param status of the answer
 * @param json its body
 */
public record Page(int status, String json) {
    /** With status 200. */
    public static Page of(String json) {
        return new Page(200, json);
    }
}
