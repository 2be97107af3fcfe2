package dev.tidemill.wire.ratelimit;

/** Durations as Go's {@code time.Duration} prints them, {@code 12ms} and {@code 20m52.666s}: OpenAI and Groq send them. */
final class GoDuration {
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private GoDuration() {}

    /** Nanoseconds, {@link Long#MAX_VALUE} for more than a long can hold; -1 when a[from, to) is no such text, or negative. */
    static long nanos(byte[] a, int from, int to) {
        long sum = from < to ? 0 : -1;
        int i = from;
        while (i < to && sum >= 0) {
            int unit = Decimals.end(a, i, to);
            int next = unit;
            while (next < to && (a[next] < '0' || a[next] > '9')) {
                next++;
            }
            long scale = unit == i ? 0 : unit(a, unit, next);
            sum = scale == 0 ? -1 : Decimals.sum(sum, Decimals.times(a, i, unit, scale));
            i = next;
        }
        return sum;
    }

    /** Nanoseconds of the unit a[from, to), or 0. Micro is written with u, with its own sign, or with the Greek letter. */
    private static long unit(byte[] a, int from, int to) {
        boolean seconds = to > from && a[to - 1] == 's';
        return switch (to - from) {
            case 1 ->
                switch (a[from]) {
                    case 's' -> SECOND;
                    case 'm' -> 60 * SECOND;
                    case 'h' -> 3600 * SECOND;
                    default -> 0;
                };
            case 2 ->
                switch (seconds ? a[from] : 0) {
                    case 'm' -> MILLISECOND;
                    case 'u' -> MICROSECOND;
                    case 'n' -> 1;
                    default -> 0;
                };
            case 3 -> seconds && micro(a[from], a[from + 1]) ? MICROSECOND : 0;
            default -> 0;
        };
    }

    private static boolean micro(byte first, byte second) {
        return (first == (byte) 0xC2 && second == (byte) 0xB5) || (first == (byte) 0xCE && second == (byte) 0xBC);
    }
}
