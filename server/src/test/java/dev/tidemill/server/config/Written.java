package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A configuration as text, and what reading it gives. */
record Written(String text, Map<String, String> environment) {
    static Written of(String text) {
        return new Written(text, Map.of());
    }

    Written with(String name, String value) {
        var more = new java.util.HashMap<>(environment);
        more.put(name, value);
        return new Written(text, more);
    }

    Outcome read() {
        return ConfigFile.parse(
                text.getBytes(StandardCharsets.UTF_8),
                new Reading(new Origin(Path.of("/etc/tidemill/tidemill.yaml"), environment)),
                1);
    }

    Configuration loaded() {
        Outcome outcome = read();
        assertThat(outcome).isInstanceOf(Outcome.Loaded.class);
        return ((Outcome.Loaded) outcome).configuration();
    }

    /** As people see them, the file's folder left out. */
    List<String> faults() {
        return read() instanceof Outcome.Faults faults
                ? faults.faults().stream()
                        .map(fault -> fault.toString().replace("/etc/tidemill/", ""))
                        .toList()
                : List.of();
    }
}
