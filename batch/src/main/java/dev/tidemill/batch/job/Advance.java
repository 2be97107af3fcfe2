package dev.tidemill.batch.job;

import java.util.List;

/**
 * One step of the work, all or nothing: results that came, intents that came to nothing (the line was turned away
 * unprocessed and waits), and lines about to be sent.
 */
public record Advance(List<LineResult> results, List<Intent> withdrawn, List<Intent> intents) {
    public Advance {
        results = List.copyOf(results);
        withdrawn = List.copyOf(withdrawn);
        intents = List.copyOf(intents);
    }
}
