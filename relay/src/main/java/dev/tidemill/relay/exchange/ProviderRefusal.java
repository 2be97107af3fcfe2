package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Provider;
import dev.tidemill.wire.dialect.ErrorMeaning;
import dev.tidemill.wire.dialect.ProviderError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a provider's error becomes: a failure of ours, without our own secrets, which some providers repeat. */
final class ProviderRefusal {
    /** Characters of a message that are told. */
    static final int SHOWN = 500;

    private static final int SHORTEST_SECRET = 8;
    /** What is taken for the wait when a day's limit is spent; longer nobody is told. */
    private static final Duration A_DAYS_LIMIT = Duration.ofMinutes(1);

    private ProviderRefusal() {}

    /** The message with none of our own secrets in it; some providers repeat the key they refuse. */
    private static String told(ProviderError error, Provider provider) {
        String text = error.message();
        for (String key : provider.keys()) {
            text = text.replace(key, "[credential]");
        }
        for (String value : provider.headers().values()) {
            text = value.length() < SHORTEST_SECRET ? text : text.replace(value, "[header]");
        }
        return cut(text, SHOWN);
    }

    /** Puts stars over our own secrets in {@code a[0, length)}, for an error body that is passed on as it came. */
    static void hideSecrets(Provider provider, byte[] a, int length) {
        provider.keys().forEach(key -> hide(key.getBytes(StandardCharsets.UTF_8), a, length));
        for (String value : provider.headers().values()) {
            if (value.length() >= SHORTEST_SECRET) {
                hide(value.getBytes(StandardCharsets.UTF_8), a, length);
            }
        }
    }

    private static void hide(byte[] secret, byte[] a, int length) {
        for (int i = 0; i <= length - secret.length; i++) {
            if (a[i] == secret[0] && Arrays.equals(a, i, i + secret.length, secret, 0, secret.length)) {
                Arrays.fill(a, i, i + secret.length, (byte) '*');
            }
        }
    }

    /** For our log: without the message, since many providers repeat a part of the prompt in it. */
    private static String forLog(int status, ProviderError error) {
        return status + " " + code(error);
    }

    /**
     * As a failure of our own.
     *
     * @param status of HTTP; 200 when the error came in a stream or in an answer's place
     * @param pause that the head asked for
     */
    static Failure failure(int status, ProviderError error, Provider provider, @Nullable Duration pause) {
        ErrorMeaning meaning = ErrorMeaning.of(status, error);
        Kind kind = kind(meaning);
        if (kind == Kind.UPSTREAM_CREDENTIAL) {
            return credential(provider.name()).withDetail(forLog(status, error) + ": " + told(error, provider));
        }
        boolean hidden = isAboutUs(status, kind);
        Duration wait = pause == null ? error.retryAfter() : pause;
        if (pause == null && kind == Kind.UPSTREAM_RATE_LIMITED && ErrorMeaning.isDaily(error)) {
            wait = wait == null || wait.compareTo(A_DAYS_LIMIT) < 0 ? A_DAYS_LIMIT : wait; // Gemini names the minute's
        }
        return Failure.of(
                        kind,
                        code(error).isEmpty() ? "upstream_error" : code(error),
                        hidden
                                ? credential(provider.name()).message()
                                : "provider " + provider.name() + " answered with an error: "
                                        + (error.message().isEmpty() ? "(no message)" : told(error, provider)))
                .withRetryAfter(wait)
                .withDetail(forLog(status, error) + (hidden ? ": " + told(error, provider) : ""));
    }

    private static Kind kind(ErrorMeaning meaning) {
        return switch (meaning) {
            case CREDENTIAL, CREDIT -> Kind.UPSTREAM_CREDENTIAL;
            case RATE_LIMITED -> Kind.UPSTREAM_RATE_LIMITED;
            case OVERLOADED -> Kind.UPSTREAM_OVERLOADED;
            case MODEL_MISSING -> Kind.UPSTREAM_MODEL;
            case CONTEXT_LENGTH -> Kind.CONTEXT_LENGTH;
            case CONTENT_POLICY -> Kind.CONTENT_POLICY;
            case PREFILL_REFUSED, INVALID_REQUEST -> Kind.UPSTREAM_REQUEST;
            case SERVER, TIMEOUT, UNKNOWN -> Kind.UPSTREAM_ERROR;
        };
    }

    /** Whether the provider's own words may go to the caller. */
    static boolean mayBeSeen(int status, Failure failure) {
        return switch (failure.kind()) {
            case UPSTREAM_CREDENTIAL, UPSTREAM_PROTOCOL, UPSTREAM_UNUSABLE -> false;
            default -> !isAboutUs(status, failure.kind());
        };
    }

    /**
     * Whether a status is about our account, whatever the words beside it make of it: OpenAI's 403 for a model that the account
     * may not use names the account's project. But what a provider will not answer is the caller's to see under any status.
     */
    private static boolean isAboutUs(int status, Kind kind) {
        return status >= 401 && status <= 403 && kind != Kind.CONTENT_POLICY;
    }

    /** What the caller is told of a failure whose answer came with this status. */
    static Failure told(int status, Failure failure, Provider provider) {
        return isAboutUs(status, failure.kind())
                ? credential(provider.name())
                        .withRetryAfter(failure.retryAfter())
                        .withDetail(failure.detail())
                : failure;
    }

    private static String code(ProviderError error) {
        return error.code().isEmpty() ? error.type() : error.code();
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }

    private static Failure credential(String provider) {
        return Failure.of(
                Kind.UPSTREAM_CREDENTIAL,
                "upstream_credential",
                "provider " + provider
                        + " refused the relay's own credential or account; the operator has the details in"
                        + " the log");
    }
}
