package dev.tidemill.simulator.relayed;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One row played once, in one API and kind of answer.
 *
 * @param attempts that the relay says it made, -1 when it does not say
 * @param counted failures in the breaker's window of the first target
 * @param open connections to the first target that were left open
 * @param reused whether a further request was to go over that connection
 * @param mostHeld bytes of requests and answers that the relay was seen to hold at once
 * @param complaints what was not as expected; none: all was
 */
public record Trial(
        FaultRow row,
        Api api,
        boolean stream,
        Seen seen,
        int attempts,
        int counted,
        long open,
        boolean reused,
        long mostHeld,
        List<String> complaints) {
    private static final Duration REST = Duration.ofSeconds(5);

    /**
     * Plays a row against a relay that has this provider, newly started, behind its model {@code m}, and a second one
     * without a fault where the row has a use for it.
     */
    public static Trial play(FaultRow row, Api api, boolean stream, Caller caller, Upstream first, Insight relay)
            throws IOException, InterruptedException {
        return new Play(row, api, stream, caller, first, relay, REST).trial();
    }

    /** Whether a cut answer was made to look complete, which must never be. */
    public boolean lies() {
        return seen.looksComplete() && !row.isText(seen.text(), true);
    }

    /** In a few words, for a table. */
    public String words() {
        return seen.words() + "; " + (attempts == 1 ? "" : attempts + " attempts, ") + counted + " counted, "
                + (open == 0 ? "closed" : "kept");
    }

    /** The API and kind of answer, as a heading. */
    public String kind() {
        return api + (stream ? ", streamed" : ", in one piece");
    }
}
