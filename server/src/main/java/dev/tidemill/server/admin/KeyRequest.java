package dev.tidemill.server.admin;

import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Quota;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key to be made, checked. Numbers are 0 for no limit of the key's own.
 *
 * @param models names or patterns with one trailing {@code *}; empty: all
 * @param priority the highest it may ask for
 * @param resumable whether its streams are kept without its asking
 * @param expires from now; null: never
 */
public record KeyRequest(
        String name,
        String organization,
        String project,
        List<String> models,
        long rpm,
        long tpm,
        long concurrency,
        Priority priority,
        boolean resumable,
        @Nullable Duration expires) {
    /** @throws IllegalArgumentException naming the value and what was expected */
    public KeyRequest {
        models = List.copyOf(models);
        text("name", name);
        text("organization", organization);
        text("project", project);
        if (models.size() > 1_000) {
            throw new IllegalArgumentException("models: " + models.size() + " (expected: at most 1000)");
        }
        for (String model : models) {
            int star = model.indexOf('*');
            if (model.isBlank() || model.length() > 256 || (star >= 0 && star < model.length() - 1)) {
                throw new IllegalArgumentException(
                        "models: " + model + " (expected: a name, or one with a * at its end)");
            }
        }
        number("rpm", rpm);
        number("tpm", tpm);
        number("concurrency", concurrency);
        if (expires != null
                && (expires.isNegative() || expires.isZero() || expires.compareTo(Duration.ofDays(36_500)) > 0)) {
            throw new IllegalArgumentException("expires: " + expires + " (expected: a duration up to 36500d, as 30d)");
        }
    }

    private static void text(String name, String value) {
        if (value.isBlank() || value.length() > 128 || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    name + ": " + value.replaceAll("\\p{Cntrl}", "?") + " (expected: 1 to 128 characters)");
        }
    }

    private static void number(String name, long value) {
        if (value < 0 || value > Quota.MOST) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: 1 to " + Quota.MOST + ", or 0 for no limit)");
        }
    }
}
