package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Provider;
import dev.tidemill.wire.dialect.ProviderError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a provider's error becomes: a failure of ours, without our own secrets, which some providers repeat. */
final class ProviderRefusal {
    /** Characters of a message that are told. */
    static final int SHOWN = 500;

    private static final int SHORTEST_SECRET = 8;

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

    /** Code and message for our log. */
    private static String forLog(int status, ProviderError error, Provider provider) {
        return status + " " + code(error) + ": " + told(error, provider);
    }

    /** Whether it is about our credential or account with the provider: nothing for a caller to read. */
    private static boolean aboutCredential(int status, ProviderError error) {
        if (status == 401 || status == 402 || status == 403) {
            return true;
        }
        String word = code(error).toLowerCase(Locale.ROOT);
        return status < 400
                && (word.contains("api_key")
                        || word.contains("auth")
                        || word.contains("quota")
                        || word.contains("billing")
                        || word.contains("permission")
                        || word.contains("balance")
                        || word.equals("401")
                        || word.equals("402")
                        || word.equals("403"));
    }

    /**
     * As a failure of our own.
     *
     * @param status of HTTP; 200 when the error came in a stream or in an answer's place
     * @param pause that the head asked for
     */
    static Failure failure(int status, ProviderError error, Provider provider, @Nullable Duration pause) {
        String detail = forLog(status, error, provider);
        Duration wait = pause == null ? error.retryAfter() : pause;
        if (aboutCredential(status, error)) {
            return credential(provider.name()).withDetail(detail);
        }
        return Failure.of(
                        kind(status),
                        code(error).isEmpty() ? "upstream_error" : code(error),
                        "provider " + provider.name() + " answered with an error: "
                                + (error.message().isEmpty() ? "(no message)" : told(error, provider)))
                .withRetryAfter(wait)
                .withDetail(detail);
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 404 -> Kind.UPSTREAM_MODEL;
            case 408, 409, 425 -> Kind.UPSTREAM_ERROR;
            case 429 -> Kind.UPSTREAM_RATE_LIMITED;
            default -> status >= 400 && status < 500 ? Kind.UPSTREAM_REQUEST : Kind.UPSTREAM_ERROR;
        };
    }

    /** Whether the provider's own words may go to the caller. */
    static boolean mayBeSeen(Failure failure) {
        return failure.kind() != Kind.UPSTREAM_CREDENTIAL && failure.kind() != Kind.UPSTREAM_PROTOCOL;
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
