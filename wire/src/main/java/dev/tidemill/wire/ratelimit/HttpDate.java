package dev.tidemill.wire.ratelimit;

/**
 * A date in a header, in the three forms a recipient must take (RFC 9110, section 5.6.7): {@code Sun, 06 Nov 1994 08:49:37 GMT},
 * {@code Sunday, 06-Nov-94 08:49:37 GMT} and {@code Sun Nov  6 08:49:37 1994}. The day of the week is not looked at.
 */
final class HttpDate {
    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
    private static final long YEAR_MILLIS = 31_556_952_000L;

    private HttpDate() {}

    /** Milliseconds since 1970, or {@link UtcTime#NONE}. A year of two digits is the one nearest that is not more than 50 years ahead. */
    static long epochMillis(byte[] a, int from, int to, long nowMillis) {
        int comma = from;
        while (comma < to && a[comma] != ',') {
            comma++;
        }
        if (comma == to) {
            return to - from == "Sun Nov  6 08:49:37 1994".length() ? asctime(a, from) : UtcTime.NONE;
        }
        int date = comma + 2;
        if (to - date == "06 Nov 1994 08:49:37 GMT".length() && a[comma + 1] == ' ') {
            return a[date + 2] == ' ' && a[date + 6] == ' ' && a[date + 11] == ' ' && gmt(a, date + 20)
                    ? time(a, Decimals.fixed(a, date + 7, 4), date + 3, Decimals.fixed(a, date, 2), date + 12)
                    : UtcTime.NONE;
        }
        if (to - date == "06-Nov-94 08:49:37 GMT".length() && a[comma + 1] == ' ') {
            return a[date + 2] == '-' && a[date + 6] == '-' && a[date + 9] == ' ' && gmt(a, date + 18)
                    ? time(a, year(a, date + 7, nowMillis), date + 3, Decimals.fixed(a, date, 2), date + 10)
                    : UtcTime.NONE;
        }
        return UtcTime.NONE;
    }

    private static long asctime(byte[] a, int from) {
        int day = a[from + 8] == ' ' ? Decimals.fixed(a, from + 9, 1) : Decimals.fixed(a, from + 8, 2);
        return a[from + 3] == ' ' && a[from + 7] == ' ' && a[from + 10] == ' ' && a[from + 19] == ' '
                ? time(a, Decimals.fixed(a, from + 20, 4), from + 4, day, from + 11)
                : UtcTime.NONE;
    }

    private static long time(byte[] a, int year, int month, int day, int clock) {
        return a[clock + 2] == ':' && a[clock + 5] == ':'
                ? UtcTime.epochMillis(
                        year,
                        month(a, month),
                        day,
                        Decimals.fixed(a, clock, 2),
                        Decimals.fixed(a, clock + 3, 2),
                        Decimals.fixed(a, clock + 6, 2))
                : UtcTime.NONE;
    }

    private static int year(byte[] a, int at, long nowMillis) {
        int ofCentury = Decimals.fixed(a, at, 2);
        if (ofCentury < 0) {
            return -1;
        }
        int latest = (int) (1970 + nowMillis / YEAR_MILLIS) + 50;
        return latest - Math.floorMod(latest - ofCentury, 100);
    }

    private static int month(byte[] a, int at) {
        for (int month = 0; month < 12; month++) {
            if ((a[at] | 0x20) == MONTHS.charAt(month * 3)
                    && (a[at + 1] | 0x20) == MONTHS.charAt(month * 3 + 1)
                    && (a[at + 2] | 0x20) == MONTHS.charAt(month * 3 + 2)) {
                return month + 1;
            }
        }
        return 0;
    }

    private static boolean gmt(byte[] a, int at) {
        return a[at] == ' ' && a[at + 1] == 'G' && a[at + 2] == 'M' && a[at + 3] == 'T';
    }
}
