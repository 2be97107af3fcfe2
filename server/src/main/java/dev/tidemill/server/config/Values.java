package dev.tidemill.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a section's options were set to, defaults filled in. */
public final class Values {
    private final Map<Option<?>, Object> values = new LinkedHashMap<>();

    Values() {}

    /** For a section without faults: the value of an option that has a default or is required. */
    <T> T get(Option<T> option) {
        return Objects.requireNonNull(find(option), option::name);
    }

    @SuppressWarnings("unchecked") // put() takes nothing else
    <T> @Nullable T find(Option<T> option) {
        return (T) values.get(option);
    }

    <T> void put(Option<T> option, @Nullable T value) {
        if (value != null) {
            values.put(option, value);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Values that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Names alone: values may be secret. */
    @Override
    public String toString() {
        return values.keySet().stream().map(Option::name).toList().toString();
    }
}
