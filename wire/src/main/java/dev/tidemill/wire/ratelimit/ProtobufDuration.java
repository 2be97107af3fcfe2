package dev.tidemill.wire.ratelimit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The JSON text of a {@code google.protobuf.Duration}: seconds with up to nine decimals and an {@code s}, as in {@code 48s} and {@code 0.5s}.
 * Gemini says so in a 429's body when to ask again ({@code error.details[]}, {@code google.rpc.RetryInfo}, {@code retryDelay}), rounded down.
 */
public final class ProtobufDuration {
    private static final long SECOND = 1_000_000_000;
    private static final int MAX_FRACTION = 9;

    private ProtobufDuration() {}

    /**
     * Nanoseconds, 0 or more; {@link Long#MAX_VALUE} for 292 years and more.
     *
     * @return -1 when a[from, to), without quotes, is no such text, or negative
     */
    public static long nanos(byte[] a, int from, int to) {
        int end = Decimals.end(a, from, to);
        if (end == from || end != to - 1 || a[end] != 's') {
            return -1;
        }
        int point = from;
        while (point < end && a[point] != '.') {
            point++;
        }
        if (end - point - 1 > MAX_FRACTION) {
            return -1;
        }
        return Decimals.times(a, from, end, SECOND);
    }

    /** The same of a string; null instead of -1. */
    public static @Nullable Duration parse(String text) {
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        long nanos = nanos(a, 0, a.length);
        return nanos < 0 ? null : Duration.ofNanos(nanos);
    }
}
