package dev.tidemill.core.limit;

/** Waits as headers say them. */
public final class RetryAfter {
    private static final long SECOND = 1_000_000_000L;
    private static final long MOST = 60;

    private RetryAfter() {}

    /** For {@code retry-after}: whole seconds, rounded up, 1 to 60; a wait nobody knows ({@link Gate#FULL}) is 1. */
    public static int seconds(long nanos) {
        if (nanos == Gate.FULL) {
            return 1;
        }
        return (int) Math.clamp(nanos / SECOND + (nanos % SECOND > 0 ? 1 : 0), 1, MOST);
    }

    /** For {@code x-ratelimit-reset-*}, as OpenAI writes it: {@code 0s}, {@code 12ms}, {@code 1.182s}, {@code 20m52.666s}. */
    public static String reset(long nanos) {
        long millis = nanos / 1_000_000 + (nanos % 1_000_000 > 0 ? 1 : 0);
        if (millis <= 0) {
            return "0s";
        }
        if (millis < 1_000) {
            return millis + "ms";
        }
        StringBuilder text = new StringBuilder(16);
        if (millis >= 3_600_000) {
            text.append(millis / 3_600_000).append('h');
        }
        if (millis >= 60_000) {
            text.append(millis / 60_000 % 60).append('m');
        }
        text.append(millis / 1_000 % 60);
        long fraction = millis % 1_000;
        if (fraction > 0) {
            String digits = Long.toString(1_000 + fraction).substring(1);
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            text.append('.').append(digits, 0, end);
        }
        return text.append('s').toString();
    }
}
