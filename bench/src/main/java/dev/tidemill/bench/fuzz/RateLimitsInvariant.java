package dev.tidemill.bench.fuzz;

import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.ratelimit.Budget;
import dev.tidemill.wire.ratelimit.ProtobufDuration;
import dev.tidemill.wire.ratelimit.RateLimitHeaders;
import dev.tidemill.wire.ratelimit.RetryAfter;
import dev.tidemill.wire.ratelimit.ShouldRetry;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Header lines of an answer: whatever they say, limits and waits are in range or absent; and each value on its own, read as a reset and as a wait,
 * is what exact arithmetic makes of it.
 */
final class RateLimitsInvariant implements Invariant {
    private static final long NOW = 1_795_334_400_000L;
    private static final long DAY = 86_400;
    private static final byte[] STATUS = "HTTP/1.1 429 Too Many Requests\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(?:\\.[0-9]+)?");
    private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|m|s)");

    private final Head head = new Head();
    private final Head single = new Head();
    private final RateLimitHeaders limits = new RateLimitHeaders();

    @Override
    public void check(byte[] input) {
        if (!read(head, input)) {
            return;
        }
        limits.read(head, NOW);
        inRange();
        waits(head);
        for (int i = 0; i < head.count(); i++) {
            String value = head.value(i);
            reset(value);
            retryAfter(value);
        }
    }

    private static boolean read(Head head, byte[] lines) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(STATUS);
        answer.writeBytes(lines);
        answer.writeBytes(END);
        byte[] a = answer.toByteArray();
        head.clear();
        try {
            return head.response(a, 0, a.length, false) != Head.INCOMPLETE;
        } catch (HttpException e) {
            return false;
        }
    }

    private void inRange() {
        boolean found = false;
        for (Budget budget : Budget.values()) {
            long[] values = {limits.limit(budget), limits.remaining(budget), limits.resetNanos(budget)};
            for (int i = 0; i < values.length; i++) {
                long most = i < 2 ? RateLimitHeaders.MAX_COUNT : RateLimitHeaders.MAX_RESET.toNanos();
                Broken.unless(values[i] >= RateLimitHeaders.UNKNOWN && values[i] <= most, budget + ": " + values[i]);
                found |= values[i] >= 0;
            }
        }
        Broken.unlessSame(limits.any(), found, "whether there was any");
    }

    private static void waits(Head head) {
        Duration wish = RetryAfter.wished(head, NOW);
        if (wish != null) {
            Broken.unless(!wish.isNegative() && wish.compareTo(RetryAfter.LONGEST) <= 0, "wish: " + wish);
            long told = RetryAfter.told(wish).toSeconds();
            Broken.unless(told >= 1 && told <= 60, "told: " + told);
        }
        ShouldRetry.of(head);
    }

    private void reset(String value) {
        if (!read(single, ("x-ratelimit-reset:" + value).getBytes(StandardCharsets.ISO_8859_1))) {
            return;
        }
        limits.read(single, NOW);
        inRange();
        BigDecimal seconds = seconds(value);
        // Numbers from a thousand million on are times.
        if (seconds != null && (!NUMBER.matcher(value).matches() || seconds.compareTo(NANOS) < 0)) {
            boolean believed = seconds.compareTo(BigDecimal.valueOf(31 * DAY)) < 0;
            long nanos = believed ? seconds.multiply(NANOS).longValue() : RateLimitHeaders.UNKNOWN;
            long found = limits.resetNanos(Budget.REQUESTS);
            // Each part of a duration is rounded down for itself.
            Broken.unless(
                    believed
                            ? found <= nanos && found >= nanos - value.length()
                            : found <= RateLimitHeaders.MAX_RESET.toNanos(),
                    "reset " + value + ": " + found + " (expected: " + nanos + ")");
        }
    }

    private void retryAfter(String value) {
        if (read(single, ("retry-after:" + value).getBytes(StandardCharsets.ISO_8859_1))
                && NUMBER.matcher(value).matches()) {
            BigDecimal seconds = new BigDecimal(value).min(BigDecimal.valueOf(DAY));
            Broken.unlessSame(
                    RetryAfter.wished(single, NOW),
                    Duration.ofNanos(seconds.multiply(NANOS).longValue()),
                    "retry-after " + value);
        }
        Duration delay = ProtobufDuration.parse(value);
        boolean shaped = value.matches("[0-9]+(\\.[0-9]{1,9})?s");
        Broken.unlessSame(delay != null, shaped, "whether \"" + value + "\" is a delay");
    }

    /** The seconds of a plain number or of a sum such as {@code 1m2.5s}; null of anything else. */
    private static @Nullable BigDecimal seconds(String value) {
        if (NUMBER.matcher(value).matches()) {
            return new BigDecimal(value);
        }
        BigDecimal sum = BigDecimal.ZERO;
        Matcher part = PART.matcher(value);
        int at = 0;
        while (at < value.length()) {
            if (!part.find(at) || part.start() != at) {
                return null;
            }
            BigDecimal factor = switch (part.group(2)) {
                case "h" -> BigDecimal.valueOf(3600);
                case "m" -> BigDecimal.valueOf(60);
                case "ms" -> BigDecimal.valueOf(1, 3);
                default -> BigDecimal.ONE;
            };
            sum = sum.add(new BigDecimal(part.group(1)).multiply(factor));
            at = part.end();
        }
        return at == 0 ? null : sum;
    }
}
