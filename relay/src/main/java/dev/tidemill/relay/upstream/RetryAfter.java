package dev.tidemill.relay.upstream;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** {@code Retry-After} as providers send it: seconds, whole or not, or a date (RFC 9110, section 10.2.3). */
public final class RetryAfter {
    private RetryAfter() {}

    /** Whole seconds, 1 to 60; null when the value makes no sense. */
    public static @Nullable Duration parse(String value) {
        String text = value.strip();
        try {
            double seconds = Double.parseDouble(text);
            return Double.isFinite(seconds) && seconds >= 0 ? capped((long) Math.ceil(seconds)) : null;
        } catch (NumberFormatException e) {
            try {
                long then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toEpochSecond();
                return capped(then - System.currentTimeMillis() / 1000);
            } catch (DateTimeParseException notADate) {
                return null;
            }
        }
    }

    private static Duration capped(long seconds) {
        return Duration.ofSeconds(Math.clamp(seconds, 1, 60));
    }
}
