package dev.tidemill.wire.dialect;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says in an error object, wherever that stands.
 *
 * @param code its code, at most {@link #MAX_CODE} characters, empty when there is none
 * @param type its type or status word, at most {@link #MAX_CODE} characters, empty when there is none
 * @param message for people, at most {@link #MAX_MESSAGE} characters
 * @param status the HTTP status it names itself, 0: none
 * @param retryAfter how long to wait, as it says in the body (Gemini's RetryInfo); null: it does not
 */
public record ProviderError(
        String code,
        String type,
        String message,
        int status,
        @Nullable Duration retryAfter) {
    public static final int MAX_CODE = 64;
    public static final int MAX_MESSAGE = 64 << 10;

    public static final ProviderError WORDLESS = new ProviderError("", "", "", 0, null);

    public ProviderError {
        code = cut(code, MAX_CODE);
        type = cut(type, MAX_CODE);
        message = cut(message, MAX_MESSAGE);
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
