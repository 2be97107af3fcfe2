package dev.tidemill.batch.job;

import dev.tidemill.batch.Queries;
import dev.tidemill.relay.service.ServiceException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A completion window as clients write it: a whole number of minutes, hours or days, from {@code 1m} to {@code 7d}. */
public final class Window {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([mhd])");
    private static final Duration MAX = Duration.ofDays(7);

    private Window() {}

    public static Duration parse(String text) throws ServiceException {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            Duration window = switch (matcher.group(2)) {
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
            if (window.compareTo(MAX) <= 0) {
                return window;
            }
        }
        throw Queries.refused(
                "completion_window",
                "completion_window: " + Queries.shown(text)
                        + " (expected: a whole number of minutes, hours or days from 1m to 7d, as 24h)");
    }
}
