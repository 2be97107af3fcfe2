package dev.tidemill.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping with known keys. */
final class Section implements Shape<Values> {
    private final Map<String, Option<?>> options = new LinkedHashMap<>();

    Section(Option<?>... options) {
        for (Option<?> option : options) {
            this.options.put(option.name(), option);
        }
    }

    Iterable<Option<?>> options() {
        return options.values();
    }

    @Override
    public String expected() {
        return "a section with " + String.join(", ", options.keySet());
    }

    @Override
    public @Nullable Values read(Place place, @Nullable Values base) {
        var entries = place.entries(expected());
        if (entries == null) {
            return null;
        }
        Map<String, Place> given = new LinkedHashMap<>();
        for (Place.Entry entry : entries) {
            if (options.containsKey(entry.key())) {
                given.put(entry.key(), entry.value());
            } else {
                String closest = Closest.to(entry.key(), options.keySet());
                entry.keyPlace()
                        .fault("unknown key ("
                                + (closest == null
                                        ? "expected: " + String.join(", ", options.keySet())
                                        : "did you mean " + closest + "?")
                                + ")");
            }
        }
        Values values = new Values();
        options.values().forEach(option -> fill(option, given.get(option.name()), place, values, base));
        return values;
    }

    private static <T> void fill(
            Option<T> option, @Nullable Place given, Place section, Values values, @Nullable Values base) {
        T inherited = base == null ? null : base.find(option);
        if (given != null) {
            if (!option.inForce(given)) {
                section.reading().notInForce(given.path());
            }
            values.put(option, option.shape().read(given, inherited));
        } else if (inherited != null) {
            values.put(option, inherited);
        } else if (option.required()) {
            section.fault(
                    option.name() + " is missing (expected: " + option.shape().expected() + ")");
        } else if (base == null) {
            values.put(option, option.standardValue());
        }
    }
}
