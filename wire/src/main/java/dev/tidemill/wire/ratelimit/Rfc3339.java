package dev.tidemill.wire.ratelimit;

/** Times as RFC 3339 has them, {@code 2026-11-22T08:03:01Z}, with or without a fraction, in UTC or with an offset: Anthropic sends them. */
final class Rfc3339 {
    private static final int TO_SECOND = "2026-11-22T08:03:01".length();

    private Rfc3339() {}

    /** Milliseconds since 1970, or {@link UtcTime#NONE}. */
    static long epochMillis(byte[] a, int from, int to) {
        if (to - from <= TO_SECOND
                || a[from + 4] != '-'
                || a[from + 7] != '-'
                || (a[from + 10] | 0x20) != 't'
                || a[from + 13] != ':'
                || a[from + 16] != ':') {
            return UtcTime.NONE;
        }
        long millis = UtcTime.epochMillis(
                Decimals.fixed(a, from, 4),
                Decimals.fixed(a, from + 5, 2),
                Decimals.fixed(a, from + 8, 2),
                Decimals.fixed(a, from + 11, 2),
                Decimals.fixed(a, from + 14, 2),
                Decimals.fixed(a, from + 17, 2));
        int zone = Decimals.end(a, from + 17, to);
        long offset = offset(a, zone, to);
        if (millis == UtcTime.NONE || offset == UtcTime.NONE || zone == from + TO_SECOND + 1) {
            return UtcTime.NONE;
        }
        return millis + Decimals.times(a, from + 17, zone, 1000) % 1000 - offset;
    }

    /** Milliseconds that a local time is ahead of UTC. */
    private static long offset(byte[] a, int from, int to) {
        if (to - from == 1 && (a[from] | 0x20) == 'z') {
            return 0;
        }
        if (to - from != "+00:00".length() || (a[from] != '+' && a[from] != '-') || a[from + 3] != ':') {
            return UtcTime.NONE;
        }
        int hours = Decimals.fixed(a, from + 1, 2);
        int minutes = Decimals.fixed(a, from + 4, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return UtcTime.NONE;
        }
        long millis = (hours * 60L + minutes) * 60_000;
        return a[from] == '-' ? -millis : millis;
    }
}
