package dev.tidemill.server.config;

import org.jspecify.annotations.Nullable;

/**
 * A single value.
 *
 * @param secret whether messages leave the value out
 */
record Scalar<T>(String expected, boolean secret, Parser<T> parser) implements Shape<T> {
    /** From text to value; says by {@link IllegalArgumentException} that the text is none. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(String text, Reading reading);
    }

    /** A fault with more to say than what was expected. */
    static final class Hint extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Hint(String hint) {
            super(hint);
        }
    }

    @Override
    public @Nullable T read(Place place, @Nullable T base) {
        if (place.empty()) {
            place.fault("nothing (expected: " + expected + ")");
            return null;
        }
        String text = place.text(expected);
        if (text == null) {
            return null;
        }
        try {
            return parser.parse(text, place.reading());
        } catch (IllegalArgumentException e) {
            String shown = secret ? "the value" : shown(place.raw());
            place.fault(
                    shown + " (expected: " + expected + (e instanceof Hint hint ? "; " + hint.getMessage() : "") + ")");
            return null;
        }
    }

    private static String shown(@Nullable String raw) {
        return raw == null || raw.isEmpty() ? "\"\"" : Place.shown(raw, 200);
    }
}
