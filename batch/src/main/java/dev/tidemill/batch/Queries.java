package dev.tidemill.batch;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.ServiceException;
import org.jspecify.annotations.Nullable;

/** Query parameters of lists. */
public final class Queries {
    private Queries() {}

    /** {@code limit}, from 1 to {@code max}; {@code standard} when it is not given. */
    public static int limit(Call call, int standard, int max) throws ServiceException {
        String text = call.query("limit");
        if (text == null || text.isEmpty()) {
            return standard;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= max) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw refused("limit", "limit: " + shown(text) + " (expected: a whole number from 1 to " + max + ")");
    }

    /** A parameter that is not as it should be. */
    public static ServiceException refused(@Nullable String param, String message) {
        return new ServiceException(Failure.invalid(param, "invalid_value", message));
    }

    private static boolean printable(int c) {
        return !Character.isISOControl(c) && Character.isDefined(c) && Character.getType(c) != Character.SURROGATE;
    }

    /** A client's text as it may appear in a message: without control characters, and short. */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(100).forEach(c -> shown.appendCodePoint(printable(c) ? c : ' '));
        return text.codePointCount(0, text.length()) > 100 ? shown.append('…').toString() : shown.toString();
    }
}
