package dev.tidemill.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mapping whose keys are the user's.
 *
 * @param key what a whole key looks like
 * @param keyExpected the same in words
 * @param least entries
 */
record MapOf<T>(Shape<T> shape, Pattern key, String keyExpected, int least, int most) implements Shape<Map<String, T>> {
    @Override
    public String expected() {
        return (least > 0 ? "one entry or more" : "at most " + most + " entries") + ", each named by " + keyExpected;
    }

    @Override
    public @Nullable Map<String, T> read(Place place, @Nullable Map<String, T> base) {
        var entries = place.entries(expected());
        if (entries == null) {
            return null;
        }
        if (entries.size() < least || entries.size() > most) {
            place.fault(entries.size() + " entries (expected: " + least + " to " + most + ")");
            return null;
        }
        Map<String, T> values = new LinkedHashMap<>();
        for (Place.Entry entry : entries) {
            if (!key.matcher(entry.key()).matches()) {
                entry.keyPlace().fault("the name (expected: " + keyExpected + ")");
            }
            T value = shape.read(entry.value(), null);
            if (value != null) {
                values.put(entry.key(), value);
            }
        }
        return values;
    }
}
