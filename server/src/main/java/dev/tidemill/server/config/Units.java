package dev.tidemill.server.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes ({@code 4MiB}), durations ({@code 1h30m}) and shares ({@code 10%}). Exact: nothing overflows, nothing rounds. */
public final class Units {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18}) ?(B|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB)?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?) ?(%?)");

    private Units() {}

    /** @throws IllegalArgumentException when it is none */
    public static long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        String unit = matcher.group(2);
        return product(Long.parseLong(matcher.group(1)), unit == null ? 1 : size(unit));
    }

    /**
     * A number always has its unit; {@code 1h30m} is a sum.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        long millis = 0;
        int at = 0;
        while (at < text.length() && matcher.find(at) && matcher.start() == at) {
            long unit = switch (matcher.group(2)) {
                case "ms" -> 1;
                case "s" -> 1_000;
                case "m" -> 60_000;
                case "h" -> 3_600_000;
                default -> 86_400_000;
            };
            millis += product(Long.parseLong(matcher.group(1)), unit);
            at = matcher.end();
        }
        if (at == 0 || at < text.length() || millis < 0) {
            throw new IllegalArgumentException(text);
        }
        return Duration.ofMillis(millis);
    }

    /** {@code 10%} and {@code 0.1} are the same. */
    static double share(String text) {
        Matcher matcher = SHARE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        double number = Double.parseDouble(matcher.group(1));
        double share = matcher.group(2).isEmpty() ? number : number / 100;
        if (share > 1) {
            throw new IllegalArgumentException(text);
        }
        return share;
    }

    /** {@code p95} and {@code 0.95} are the same. */
    static double quantile(String text) {
        return share(text.startsWith("p") ? text.substring(1) + "%" : text);
    }

    private static long size(String unit) {
        return switch (unit) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            case "TiB" -> 1L << 40;
            case "kB", "KB" -> 1_000L;
            case "MB" -> 1_000_000L;
            case "GB" -> 1_000_000_000L;
            case "TB" -> 1_000_000_000_000L;
            default -> 1;
        };
    }

    private static long product(long number, long unit) {
        if (Math.multiplyHigh(number, unit) != 0 || number * unit < 0) {
            throw new IllegalArgumentException(number + " × " + unit);
        }
        return number * unit;
    }

    public static String show(long bytes) {
        for (String unit : new String[] {"TiB", "GiB", "MiB", "KiB"}) {
            long size = size(unit);
            if (bytes >= size && bytes % size == 0) {
                return bytes / size + unit;
            }
        }
        return bytes + "B";
    }

    public static String show(Duration duration) {
        long millis = duration.toMillis();
        if (millis >= 86_400_000 && millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis >= 3_600_000 && millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis >= 60_000 && millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
