package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Clocks;
import java.time.Duration;

/** The clock that runs. One at a time, beside {@link #TOTAL}, which always runs. */
enum Clock {
    CONNECT,
    HEADERS,
    FIRST_CONTENT,
    GAP,
    TOOL_GAP,
    TOTAL;

    Duration of(Clocks clocks) {
        return switch (this) {
            case CONNECT -> clocks.connect();
            case HEADERS -> clocks.headers();
            case FIRST_CONTENT -> clocks.firstContent();
            case GAP -> clocks.gap();
            case TOOL_GAP -> clocks.toolGap();
            case TOTAL -> clocks.total();
        };
    }

    /** The configuration's spelling. */
    String key() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** What did not happen in time. */
    String missing() {
        return switch (this) {
            case CONNECT -> "no connection stood";
            case HEADERS -> "no answer came";
            case FIRST_CONTENT -> "no content came";
            case GAP, TOOL_GAP -> "nothing more came";
            case TOTAL -> "the answer was not whole";
        };
    }
}
