package dev.tidemill.bench.failover;

import dev.tidemill.simulator.relayed.Seen;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a client was told in answer to one request.
 *
 * @param target that answered last, null: none is named
 */
record Told(
        Instant asked,
        Instant ended,
        Ending ending,
        @Nullable String target,
        String words) {
    enum Ending {
        WHOLE,
        /** The first words came, then an error that says that no more will. */
        CUT,
        /** An error instead of the first words. */
        REFUSED,
        /** Turned away by the relay, which had no time for it itself. */
        SHED,
        /** Neither the whole answer nor an error. */
        LIE
    }

    /** @param text of the whole answer */
    static Told of(Instant asked, Instant ended, Seen seen, String text) {
        return new Told(
                asked,
                ended,
                ending(seen, text),
                seen.headers().get("x-tidemill-target"),
                seen.words() + ", " + seen.text().length() + " of " + text.length() + " characters, after "
                        + seen.headers().get("x-tidemill-attempts") + " attempts");
    }

    /** Nothing that could be read came at all. */
    static Told nothing(Instant asked, Instant ended, Exception why) {
        return new Told(asked, ended, Ending.REFUSED, null, why.toString());
    }

    private static Ending ending(Seen seen, String text) {
        if (seen.looksComplete()) {
            return seen.text().equals(text) ? Ending.WHOLE : Ending.LIE;
        }
        if (seen.status() == 200 && !seen.text().isEmpty()) {
            return seen.error() != null && text.startsWith(seen.text()) ? Ending.CUT : Ending.LIE;
        }
        return "overloaded".equals(seen.error()) ? Ending.SHED : Ending.REFUSED;
    }
}
