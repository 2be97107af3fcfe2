package dev.tidemill.server.config;

import java.util.List;

/** What became of reading a configuration. */
public sealed interface Outcome {
    /** Good, and ready to be used. */
    record Loaded(Configuration configuration, Values values, Origin origin) implements Outcome {}

    /**
     * Not usable.
     *
     * @param faults at least one, in the file's order, at most {@link Reading#MOST_FAULTS} and one that counts the rest
     */
    record Faults(List<Fault> faults) implements Outcome {
        public Faults {
            faults = List.copyOf(faults);
        }
    }
}
