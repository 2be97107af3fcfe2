package dev.tidemill.wire.dialect;

import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.ratelimit.ProtobufDuration;
import dev.tidemill.wire.ratelimit.RetryAfter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The {@code details} of an error of Google's, which its endpoints for OpenAI's clients have, too. Source: error_details.proto. */
public final class GoogleDetails {
    private static final byte[] RETRY_DELAY = "retryDelay".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REASON = "reason".getBytes(StandardCharsets.US_ASCII);

    private GoogleDetails() {}

    /** The reason of an {@code ErrorInfo} in the array {@code a[from, to)}, which tells a key that is refused from other bad requests. */
    public static @Nullable String reason(byte[] a, int from, int to) {
        return text(a, from, to, REASON);
    }

    /** The delay of a {@code RetryInfo} in the array {@code a[from, to)}, at most {@link RetryAfter#LONGEST}; null: none, or negative. */
    public static @Nullable Duration delay(byte[] a, int from, int to) {
        String text = text(a, from, to, RETRY_DELAY);
        Duration delay = text == null ? null : ProtobufDuration.parse(text);
        if (text == null || delay == null) {
            return null;
        }
        if (delay.compareTo(RetryAfter.LONGEST) >= 0) {
            return RetryAfter.LONGEST;
        }
        return text.indexOf('.') < 0 ? delay.plusSeconds(1) : delay; // whole seconds have been seen rounded down
    }

    /** The first text of this name in the details; each name belongs to one kind of detail only. */
    private static @Nullable String text(byte[] a, int from, int to, byte[] name) {
        int element = JsonWalk.firstIn(a, from, to);
        while (element >= 0) {
            int end = JsonWalk.valueEnd(a, element, to);
            int value = end < 0 || a[element] != '{' ? -1 : JsonWalk.member(a, element, end, name);
            if (value >= 0 && a[value] == '"') {
                return JsonText.string(a, value, JsonWalk.valueEnd(a, value, end));
            }
            element = end < 0 ? -1 : JsonWalk.next(a, end, to);
        }
        return null;
    }
}
