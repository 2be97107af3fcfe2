package dev.tidemill.wire.ratelimit;

/** Milliseconds since 1970 from a date and time in UTC, without objects. */
final class UtcTime {
    /** Not a time. */
    static final long NONE = Long.MIN_VALUE;

    private UtcTime() {}

    /**
     * A second of 60, a leap second, is taken for the next minute's first.
     *
     * @param month 1 to 12
     * @return {@link #NONE} when there is no such day or time; any argument may be nonsense
     */
    static long epochMillis(int year, int month, int day, int hour, int minute, int second) {
        if (year < 0
                || year > 9999
                || month < 1
                || month > 12
                || day < 1
                || day > days(year, month)
                || hour < 0
                || hour > 23
                || minute < 0
                || minute > 59
                || second < 0
                || second > 60) {
            return NONE;
        }
        long seconds = (epochDay(year, month, day) * 24 + hour) * 3600 + minute * 60L + second;
        return seconds * 1000;
    }

    private static int days(int year, int month) {
        return switch (month) {
            case 2 -> leap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static boolean leap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /** Counted in years that begin in March, so that the leap day is a year's last. */
    private static long epochDay(int year, int month, int day) {
        long y = month > 2 ? year : year - 1L;
        long inYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        return y * 365 + Math.floorDiv(y, 4) - Math.floorDiv(y, 100) + Math.floorDiv(y, 400) + inYear - 719_468;
    }
}
