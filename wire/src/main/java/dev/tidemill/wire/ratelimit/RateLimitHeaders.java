package dev.tidemill.wire.ratelimit;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * What the head of an answer says about the provider's limits, whichever provider: of each {@link Budget} the limit, what remains, and the time
 * until it is whole again. Reusable, and for one thread; reading allocates nothing.
 *
 * <p>The names, as recorded:
 *
 * <ul>
 *   <li>OpenAI, Groq: {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}}, resets as Go prints durations ({@code 20m52.666s}).
 *   <li>Azure OpenAI: the same names, resets in whole seconds, and -1 where it does not know.
 *   <li>xAI: limit and remaining alone. Together: {@code x-ratelimit-{limit,remaining,reset}}, of requests.
 *   <li>Mistral: {@code x-ratelimit-{limit,remaining}-{req,tokens}-minute}, without resets; a limit of 0 is meant so (a model outside the plan).
 *   <li>Anthropic: {@code anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}}, resets as times (RFC 3339).
 * </ul>
 *
 * <p>Other windows and things counted (per month, per ten seconds, images, the cost of one request) are passed over: they would overwrite what the
 * minute says. A bare number as reset is seconds, unless it can only be a time since 1970, in seconds or milliseconds. A value that makes no
 * sense is passed over alone.
 */
public final class RateLimitHeaders {
    /** Not said. */
    public static final long UNKNOWN = -1;

    /** The largest count believed. */
    public static final long MAX_COUNT = 1_000_000_000_000_000L;

    /** What lies further away is not believed. */
    public static final Duration MAX_RESET = Duration.ofDays(31);

    private static final long SECOND = 1_000_000_000;
    private static final long MAX_NANOS = MAX_RESET.toNanos();
    /** In 2001, seconds since 1970; as a duration 31 years. */
    private static final long EPOCH_SECONDS = 1_000_000_000;
    /** In 1973, milliseconds since 1970. */
    private static final long EPOCH_MILLIS = 100_000_000_000L;

    /** Folds the case of letters; no character of a token becomes one of a name by it. */
    private static final long LOWER = Swar.fill(0x20);

    private static final long X_RATELI = word("x-rateli");
    private static final long ANTHROPI = word("anthropi");
    private static final long C_RATELI = word("c-rateli");
    private static final long TELIMIT_ = word("telimit-");
    private static final int X_PREFIX = "x-ratelimit-".length();
    private static final int ANTHROPIC_PREFIX = "anthropic-ratelimit-".length();

    private static final int BUDGETS = Budget.values().length;
    private static final int LIMIT = 0;
    private static final int REMAINING = BUDGETS;
    private static final int RESET = 2 * BUDGETS;
    private static final int NONE = -1;
    private static final double NOTHING_SAID = Double.POSITIVE_INFINITY;

    private final long[] values = new long[3 * BUDGETS];
    private boolean any;

    public RateLimitHeaders() {
        Arrays.fill(values, UNKNOWN);
    }

    /**
     * Reads a whole head, forgetting the one before. Of a header that occurs twice the last sensible value counts.
     *
     * @param nowMillis since 1970; what resets given as times are measured against
     * @return {@link #any()}
     */
    public boolean read(Head head, long nowMillis) {
        if (any) {
            Arrays.fill(values, UNKNOWN);
            any = false;
        }
        byte[] a = head.bytes();
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) != Header.OTHER) {
                continue;
            }
            int from = head.nameFrom(i);
            int place = place(a, from, head.nameTo(i));
            if (place < 0) {
                continue;
            }
            long value = place < RESET
                    ? count(a, head.valueFrom(i), head.valueTo(i))
                    : reset(a, head.valueFrom(i), head.valueTo(i), nowMillis);
            if (value >= 0) {
                values[place] = value;
                any = true;
            }
        }
        return any;
    }

    /** Whether the head said anything of use. */
    public boolean any() {
        return any;
    }

    /** The limit, 0 to {@link #MAX_COUNT}, or {@link #UNKNOWN}. Over which time is not said. */
    public long limit(Budget budget) {
        return values[LIMIT + budget.ordinal()];
    }

    /** What is left, 0 to {@link #MAX_COUNT}, or {@link #UNKNOWN}; Anthropic rounds tokens to thousands. */
    public long remaining(Budget budget) {
        return values[REMAINING + budget.ordinal()];
    }

    /** Nanoseconds until the budget is whole again, 0 to {@link #MAX_RESET}, or {@link #UNKNOWN}; zero for a time that has passed. */
    public long resetNanos(Budget budget) {
        return values[RESET + budget.ordinal()];
    }

    /**
     * The budget of tokens that stops first: the provider's own word for them where it has one, else of input and output the
     * one of which the smaller share is left.
     */
    public Budget scarcestTokens() {
        if (remaining(Budget.TOKENS) != UNKNOWN) {
            return Budget.TOKENS;
        }
        double input = share(Budget.INPUT_TOKENS);
        double output = share(Budget.OUTPUT_TOKENS);
        return input == NOTHING_SAID && output == NOTHING_SAID
                ? Budget.TOKENS
                : output < input ? Budget.OUTPUT_TOKENS : Budget.INPUT_TOKENS;
    }

    private double share(Budget budget) {
        long remaining = remaining(budget);
        return remaining == UNKNOWN ? NOTHING_SAID : (double) remaining / Math.max(1, limit(budget));
    }

    /** Where the value of the header named a[from, to) belongs, or {@link #NONE}. Two comparisons, for most headers one. */
    private static int place(byte[] a, int from, int to) {
        if (to - from <= X_PREFIX) {
            return NONE;
        }
        long first = Swar.word(a, from) | LOWER;
        if (first == X_RATELI) {
            return (Swar.word(a, from + X_PREFIX - 8) | LOWER) == TELIMIT_ ? kindFirst(a, from + X_PREFIX, to) : NONE;
        }
        if (first == ANTHROPI
                && to - from > ANTHROPIC_PREFIX
                && (Swar.word(a, from + 8) | LOWER) == C_RATELI
                && (Swar.word(a, from + ANTHROPIC_PREFIX - 8) | LOWER) == TELIMIT_) {
            return kindLast(a, from + ANTHROPIC_PREFIX, to);
        }
        return NONE;
    }

    /** {@code limit-requests}, {@code remaining-tokens-minute}, or {@code reset} alone. */
    private static int kindFirst(byte[] a, int from, int to) {
        int dash = from;
        while (dash < to && a[dash] != '-') {
            dash++;
        }
        int kind = kind(a, from, dash);
        int budget = dash == to ? Budget.REQUESTS.ordinal() : budget(a, dash + 1, withoutMinute(a, dash + 1, to));
        return kind < 0 || budget < 0 ? NONE : kind + budget;
    }

    /** {@code input-tokens-limit}. */
    private static int kindLast(byte[] a, int from, int to) {
        int dash = to - 1;
        while (dash > from && a[dash] != '-') {
            dash--;
        }
        int kind = kind(a, dash + 1, to);
        int budget = budget(a, from, dash);
        return kind < 0 || budget < 0 ? NONE : kind + budget;
    }

    private static int withoutMinute(byte[] a, int from, int to) {
        int minute = to - "-minute".length();
        return minute > from && same(a, minute, to, "-minute") ? minute : to;
    }

    private static int kind(byte[] a, int from, int to) {
        return switch (to - from) {
            case 5 -> same(a, from, to, "limit") ? LIMIT : same(a, from, to, "reset") ? RESET : NONE;
            case 9 -> same(a, from, to, "remaining") ? REMAINING : NONE;
            default -> NONE;
        };
    }

    private static int budget(byte[] a, int from, int to) {
        Budget budget = switch (to - from) {
            case 3 -> same(a, from, to, "req") ? Budget.REQUESTS : null;
            case 6 -> same(a, from, to, "tokens") ? Budget.TOKENS : null;
            case 8 -> same(a, from, to, "requests") ? Budget.REQUESTS : null;
            case 12 -> same(a, from, to, "input-tokens") ? Budget.INPUT_TOKENS : null;
            case 13 -> same(a, from, to, "output-tokens") ? Budget.OUTPUT_TOKENS : null;
            default -> null;
        };
        return budget == null ? NONE : budget.ordinal();
    }

    private static long count(byte[] a, int from, int to) {
        if (from == to || Decimals.end(a, from, to) != to) {
            return UNKNOWN;
        }
        long count = Decimals.times(a, from, to, 1);
        return count <= MAX_COUNT ? count : UNKNOWN;
    }

    private static long reset(byte[] a, int from, int to, long nowMillis) {
        if (from < to && Decimals.end(a, from, to) == to) {
            long seconds = Decimals.times(a, from, to, 1);
            if (seconds < EPOCH_SECONDS) {
                return believed(Decimals.times(a, from, to, SECOND));
            }
            return until(Decimals.times(a, from, to, seconds < EPOCH_MILLIS ? 1000 : 1), nowMillis);
        }
        long nanos = GoDuration.nanos(a, from, to);
        return nanos >= 0 ? believed(nanos) : until(Rfc3339.epochMillis(a, from, to), nowMillis);
    }

    private static long believed(long nanos) {
        return nanos <= MAX_NANOS ? nanos : UNKNOWN;
    }

    /** A time long ago is as little believed as one far ahead: it is a zero value, or another clock. */
    private static long until(long thenMillis, long nowMillis) {
        if (thenMillis < nowMillis - MAX_RESET.toMillis() || thenMillis > nowMillis + MAX_RESET.toMillis()) {
            return UNKNOWN;
        }
        return Math.max(0, thenMillis - nowMillis) * 1_000_000;
    }

    private static boolean same(byte[] a, int from, int to, String lower) {
        for (int i = from; i < to; i++) {
            if ((a[i] | 0x20) != lower.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    private static long word(String eight) {
        return Swar.word(eight.getBytes(StandardCharsets.US_ASCII), 0);
    }
}
