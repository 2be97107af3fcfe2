package dev.tidemill.simulator;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** In which headers a provider tells its limits, as they were recorded. */
public enum Vendor {
    /** Resets as durations, {@code 1m0.25s}. */
    OPENAI,
    /** OpenAI's names, resets in whole seconds; a refusal also has {@code retry-after-ms: 0}. */
    AZURE,
    /** Resets as times; tokens in thousands. */
    ANTHROPIC,
    /** OpenAI's names, resets with many digits. */
    GROQ,
    /** By the minute, without resets. */
    MISTRAL,
    /** OpenAI's names without resets. */
    XAI,
    /** One limit, without saying of what. */
    TOGETHER,
    /** No headers at all; a refusal tells the delay in its body. */
    GEMINI;

    /** How a key stands: of how many requests and tokens a minute so many are left. */
    record Standing(long requests, long requestsLeft, long tokens, long tokensLeft, long cost) {
        double requestSeconds() {
            return 60.0 * (requests - requestsLeft) / requests;
        }

        double tokenSeconds() {
            return 60.0 * (tokens - tokensLeft) / tokens;
        }
    }

    /** As it is written. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> labels() {
        return Stream.of(values()).map(Vendor::label).toList();
    }

    static @Nullable Vendor labelled(String label) {
        for (Vendor vendor : values()) {
            if (vendor.label().equals(label)) {
                return vendor;
            }
        }
        return null;
    }

    /** Whole header lines. */
    String headers(Standing now, Instant time) {
        return switch (this) {
            case OPENAI -> named(now, duration(now.requestSeconds(), 3), duration(now.tokenSeconds(), 3));
            case GROQ -> named(now, duration(now.requestSeconds(), 9), duration(now.tokenSeconds(), 9));
            case AZURE ->
                named(now, whole(now.requestSeconds()), whole(now.tokenSeconds()))
                        + line("x-ratelimit-renewalperiod-requests", "60")
                        + line("x-ratelimit-renewalperiod-tokens", "60");
            case XAI -> counts(now);
            case MISTRAL ->
                line("x-ratelimit-limit-req-minute", now.requests())
                        + line("x-ratelimit-remaining-req-minute", now.requestsLeft())
                        + line("x-ratelimit-limit-tokens-minute", now.tokens())
                        + line("x-ratelimit-remaining-tokens-minute", now.tokensLeft())
                        + line("x-ratelimit-tokens-query-cost", now.cost());
            case TOGETHER ->
                line("x-ratelimit-limit", now.requests())
                        + line("x-ratelimit-remaining", now.requestsLeft())
                        + line("x-ratelimit-reset", whole(now.requestSeconds()));
            case ANTHROPIC ->
                anthropic("requests", now.requests(), now.requestsLeft(), now.requestSeconds(), time)
                        + anthropic("tokens", now.tokens(), thousands(now.tokensLeft()), now.tokenSeconds(), time)
                        + anthropic("input-tokens", now.tokens(), thousands(now.tokensLeft()), now.tokenSeconds(), time)
                        + anthropic("output-tokens", now.tokens(), thousands(now.tokens()), 0, time);
            case GEMINI -> "";
        };
    }

    /** What a refusal says about when to come back. */
    String retry(long seconds) {
        return switch (this) {
            case GEMINI -> "";
            case AZURE -> line("retry-after", seconds) + line("retry-after-ms", 0);
            default -> line("retry-after", seconds);
        };
    }

    private static String named(Standing now, String requestReset, String tokenReset) {
        return counts(now)
                + line("x-ratelimit-reset-requests", requestReset)
                + line("x-ratelimit-reset-tokens", tokenReset);
    }

    private static String counts(Standing now) {
        return line("x-ratelimit-limit-requests", now.requests())
                + line("x-ratelimit-remaining-requests", now.requestsLeft())
                + line("x-ratelimit-limit-tokens", now.tokens())
                + line("x-ratelimit-remaining-tokens", now.tokensLeft());
    }

    private static String anthropic(String what, long limit, long left, double seconds, Instant time) {
        String prefix = "anthropic-ratelimit-" + what;
        Instant reset = time.plusMillis((long) Math.ceil(seconds * 1_000))
                .plusSeconds(1)
                .truncatedTo(ChronoUnit.SECONDS);
        return line(prefix + "-limit", limit)
                + line(prefix + "-remaining", left)
                + line(prefix + "-reset", reset.toString());
    }

    private static long thousands(long tokens) {
        return tokens / 1_000 * 1_000;
    }

    private static String whole(double seconds) {
        return Long.toString((long) Math.ceil(seconds));
    }

    /** As Go writes it: {@code 12ms}, {@code 1.182s}, {@code 20m52.666s}. */
    static String duration(double seconds, int digits) {
        if (seconds <= 0) {
            return "0s";
        }
        if (seconds < 1) {
            return Math.max(1, Math.round(seconds * 1_000)) + "ms";
        }
        long minutes = (long) (seconds / 60);
        String rest = String.format(Locale.ROOT, "%." + digits + "f", seconds - minutes * 60)
                .replaceFirst("\\.?0+$", "");
        return (minutes > 0 ? minutes + "m" : "") + (rest.isEmpty() ? "0" : rest) + "s";
    }

    private static String line(String name, long value) {
        return line(name, Long.toString(value));
    }

    private static String line(String name, String value) {
        return name + ": " + value + "\r\n";
    }
}
