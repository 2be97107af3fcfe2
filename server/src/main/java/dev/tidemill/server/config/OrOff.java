package dev.tidemill.server.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A value, or the word {@code off}. */
record OrOff<T>(Shape<T> shape) implements Shape<Optional<T>> {
    @Override
    public String expected() {
        return "off, or " + shape.expected();
    }

    @Override
    @SuppressWarnings("NullableOptional") // null: a fault was reported; empty: off
    public @Nullable Optional<T> read(Place place, @Nullable Optional<T> base) {
        if ("off".equals(place.raw())) {
            return Optional.empty();
        }
        T value = shape.read(place, base == null ? null : base.orElse(null));
        return value == null ? null : Optional.of(value);
    }
}
