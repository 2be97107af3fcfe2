package dev.tidemill.simulator;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * One fault with its values, read from {@code name=value;key=value}.
 *
 * @param kind what goes wrong
 * @param values a value for each of the kind's parameters
 * @param when whether it happens to a given request
 */
public record Fault(FaultKind kind, Map<String, String> values, Occasion when) {
    public Fault {
        values = Map.copyOf(values);
    }

    long number(String name) {
        return Parameter.number(text(name));
    }

    int count(String name) {
        return Math.toIntExact(Math.min(number(name), Integer.MAX_VALUE));
    }

    long bytes(String name) {
        return Parameter.bytes(text(name));
    }

    Duration time(String name) {
        return Objects.requireNonNull(Parameter.time(text(name)));
    }

    double chance(String name) {
        return Parameter.chance(text(name));
    }

    String text(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }
}
