package dev.tidemill.server.config;

import java.nio.file.Path;
import java.util.List;

/** What became of reading a configuration. */
public sealed interface Outcome {
    /** Good, and ready to be used. */
    record Loaded(Configuration configuration, Values values, Origin origin) implements Outcome {
        /** The same, on free ports of this machine and with data elsewhere. */
        public Loaded aside(Path data) {
            Address free = new Address("127.0.0.1", 0);
            return new Loaded(configuration.with(data, configuration.server().on(free, free)), values, origin);
        }
    }

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
