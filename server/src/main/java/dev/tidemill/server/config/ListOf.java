package dev.tidemill.server.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** @param most items it may have */
record ListOf<T>(Shape<T> shape, int least, int most, String what) implements Shape<List<T>> {
    @Override
    public String expected() {
        return "a list of " + (least > 0 ? "one or more " : "at most " + most + " ") + what;
    }

    @Override
    public @Nullable List<T> read(Place place, @Nullable List<T> base) {
        List<Place> items = place.items(expected());
        if (items == null) {
            return null;
        }
        if (items.size() < least || items.size() > most) {
            place.fault(items.size() + " items (expected: " + least + " to " + most + " " + what + ")");
            return null;
        }
        List<T> values = new ArrayList<>();
        for (Place item : items) {
            T value = shape.read(item, null);
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == items.size() ? values : null;
    }
}
