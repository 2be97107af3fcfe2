package dev.tidemill.server.config;

import org.jspecify.annotations.Nullable;

/** A value that still knows where it stands, for checks that need more than the value alone. */
record Placed<T>(T value, Place place) {
    /** The shape that reads placed values. */
    record Of<T>(Shape<T> shape) implements Shape<Placed<T>> {
        @Override
        public String expected() {
            return shape.expected();
        }

        @Override
        public @Nullable Placed<T> read(Place place, @Nullable Placed<T> base) {
            T value = shape.read(place, base == null ? null : base.value());
            return value == null ? null : new Placed<>(value, place);
        }
    }

    /** Where it stands does not matter for what it is. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Placed<?> that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
