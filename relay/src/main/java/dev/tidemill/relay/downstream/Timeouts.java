package dev.tidemill.relay.downstream;

import dev.tidemill.core.route.Clocks;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The time a client gives: {@code X-Tidemill-Timeout} and {@code X-Stainless-Timeout} for the whole, {@code
 * X-Stainless-Read-Timeout} for each silence. They shorten the route's clocks and never lengthen them.
 */
final class Timeouts {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h)?");

    private Timeouts() {}

    /** @throws RequestException for a value of {@code X-Tidemill-Timeout} that is no time; SDKs' own are passed over */
    static Clocks shorten(Clocks route, Head head) throws RequestException {
        int own = head.find(Header.X_TIDEMILL_TIMEOUT);
        int total = head.find(Header.X_STAINLESS_TIMEOUT);
        int read = head.find(Header.X_STAINLESS_READ_TIMEOUT);
        if (own < 0 && total < 0 && read < 0) {
            return route;
        }
        Duration stated = null;
        if (own >= 0) {
            stated = time(head.value(own));
            if (stated == null) {
                throw new RequestException(
                        "X-Tidemill-Timeout: '" + NotFound.shortened(head.value(own))
                                + "' (expected: a time above 0, as 30s, 1500ms or 2m)",
                        "X-Tidemill-Timeout",
                        "invalid_value");
            }
        }
        return route.within(
                least(stated, total < 0 ? null : time(head.value(total))), read < 0 ? null : time(head.value(read)));
    }

    private static @Nullable Duration least(@Nullable Duration one, @Nullable Duration other) {
        return one == null || (other != null && other.compareTo(one) < 0) ? other : one;
    }

    /** Seconds, unless a unit says otherwise; null: no time, or none at all. */
    private static @Nullable Duration time(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String unit = matcher.group(2);
        double seconds = Double.parseDouble(matcher.group(1))
                * switch (unit == null ? "s" : unit) {
                    case "ms" -> 0.001;
                    case "m" -> 60;
                    case "h" -> 3600;
                    default -> 1;
                };
        long millis = (long) Math.ceil(seconds * 1000);
        return millis < 1 ? null : Duration.ofMillis(millis);
    }
}
