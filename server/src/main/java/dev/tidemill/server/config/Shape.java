package dev.tidemill.server.config;

import org.jspecify.annotations.Nullable;

/** What may stand as an option's value, and how it is read. */
interface Shape<T> {
    /** For messages and the documentation, as {@code 1 to 100} or {@code drop | break}. */
    String expected();

    /**
     * @param base what a section takes its unset options from; null: their defaults
     * @return null after a fault was reported at the place
     */
    @Nullable
    T read(Place place, @Nullable T base);
}
