package dev.tidemill.wire.ratelimit;

import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a provider wants to be asked again, out of the head of its answer: {@code retry-after-ms}, and {@code retry-after} in seconds, whole or
 * not, or as a date (RFC 9110, section 10.2.3). Anthropic sends it with a 200, too; what to make of it is up to who asks.
 *
 * <p>The finer one is believed, but for a zero: Azure has been seen to send {@code retry-after-ms: 0} beside {@code retry-after: 1}, and who takes
 * that zero at its word asks at once and is refused at once.
 */
public final class RetryAfter {
    /** The longest wish told; who asks for more, gets this. */
    public static final Duration LONGEST = Duration.ofDays(1);

    private static final long LONGEST_NANOS = LONGEST.toNanos();
    private static final Duration LONGEST_TOLD = Duration.ofSeconds(60);

    private RetryAfter() {}

    /**
     * The provider's wish, 0 to {@link #LONGEST}; zero when it names a time that has passed.
     *
     * @param nowMillis since 1970
     * @return null when it has none, or none that makes sense: negative, or neither a number nor a date
     */
    public static @Nullable Duration wished(Head head, long nowMillis) {
        int fine = head.find(Header.RETRY_AFTER_MS);
        if (fine >= 0) {
            long nanos = number(head.bytes(), head.valueFrom(fine), head.valueTo(fine), 1_000_000);
            if (nanos > 0) {
                return Duration.ofNanos(nanos);
            }
        }
        int coarse = head.find(Header.RETRY_AFTER);
        if (coarse >= 0) {
            long nanos = numberOrDate(head.bytes(), head.valueFrom(coarse), head.valueTo(coarse), nowMillis);
            if (nanos >= 0) {
                return Duration.ofNanos(nanos);
            }
        }
        return null;
    }

    /** What of a wish may be told to a caller: whole seconds, 1 to 60. Official clients take longer ones for none, or sleep through them. */
    public static Duration told(Duration wish) {
        if (wish.compareTo(LONGEST_TOLD) >= 0) {
            return LONGEST_TOLD;
        }
        return Duration.ofSeconds(Math.max(1, Math.ceilDiv(wish.toNanos(), 1_000_000_000)));
    }

    private static long numberOrDate(byte[] a, int from, int to, long nowMillis) {
        if (from == to || a[from] <= '9') {
            return number(a, from, to, 1_000_000_000);
        }
        long then = HttpDate.epochMillis(a, from, to, nowMillis);
        return then == UtcTime.NONE ? -1 : Math.clamp(then - nowMillis, 0, LONGEST.toMillis()) * 1_000_000;
    }

    private static long number(byte[] a, int from, int to, long unit) {
        return from < to && Decimals.end(a, from, to) == to
                ? Math.min(Decimals.times(a, from, to, unit), LONGEST_NANOS)
                : -1;
    }
}
