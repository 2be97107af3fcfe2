package dev.tidemill.server.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration, declared once: reading, checking, suggestions and docs/configuration.md all come from
 * here. What an option says of itself ({@code about}) names its cost and why a default cannot serve everyone.
 */
final class Option<T> {
    /** In force whatever its value. */
    private static final List<String> ALWAYS = List.of("*");

    private final String name;
    private final Shape<T> shape;
    private final @Nullable String standard;
    private final boolean required;
    private final String about;
    private final List<String> inForceAs;
    private final boolean restart;

    private Option(
            String name,
            Shape<T> shape,
            @Nullable String standard,
            boolean required,
            String about,
            List<String> inForceAs,
            boolean restart) {
        this.name = name;
        this.shape = shape;
        this.standard = standard;
        this.required = required;
        this.about = about;
        this.inForceAs = inForceAs;
        this.restart = restart;
    }

    /** @param standard the default, as it would be written in the file */
    static <T> Option<T> of(String name, Shape<T> shape, String standard, String about) {
        return new Option<>(name, shape, standard, false, about, ALWAYS, false);
    }

    /** A section whose options have defaults, a list or map that may be left out. */
    static <T> Option<T> group(String name, Shape<T> shape, String about) {
        return new Option<>(name, shape, "", false, about, ALWAYS, false);
    }

    static <T> Option<T> required(String name, Shape<T> shape, String about) {
        return new Option<>(name, shape, null, true, about, ALWAYS, false);
    }

    /** May be left out, and then there is none. */
    static <T> Option<T> optional(String name, Shape<T> shape, String about) {
        return new Option<>(name, shape, null, false, about, ALWAYS, false);
    }

    /** Checked and kept; the part that reads it is not there yet. */
    Option<T> later() {
        return new Option<>(name, shape, standard, required, about, List.of(), restart);
    }

    /** A change is taken up by the next start, not by a reload. */
    Option<T> needsRestart() {
        return new Option<>(name, shape, standard, required, about, inForceAs, true);
    }

    String name() {
        return name;
    }

    Shape<T> shape() {
        return shape;
    }

    /** The default as written; empty: a group; null: none. */
    @Nullable
    String standard() {
        return standard;
    }

    boolean required() {
        return required;
    }

    String about() {
        return about;
    }

    boolean restart() {
        return restart;
    }

    /** Whether every value is in force. */
    boolean inForce() {
        return inForceAs.equals(ALWAYS);
    }

    /** The values that are in force, where not all are. */
    List<String> inForceAs() {
        return inForceAs;
    }

    boolean inForce(Place place) {
        return inForce() || inForceAs.contains(String.valueOf(place.raw()));
    }

    /** The default's value; null: there is none. */
    @Nullable
    T standardValue() {
        if (standard == null) {
            return null;
        }
        Reading reading = new Reading(new Origin(null, Map.of()));
        T value = shape.read(YamlText.place(standard, reading), null);
        return Objects.requireNonNull(value, () -> name + ": " + reading.faults());
    }
}
