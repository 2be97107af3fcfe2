package dev.tidemill.simulator;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One value that a fault or a setting takes.
 *
 * @param name as it is written, {@code retry-after}
 * @param type what may be written
 * @param standard the value when none is written
 * @param words the allowed words of a {@link Type#WORD}, otherwise empty
 */
public record Parameter(String name, Type type, String standard, List<String> words) {
    /** The kinds of value, each with the form it is written in. */
    public enum Type {
        /** A whole number from 0 to 10^15. */
        NUMBER("a whole number >= 0"),
        /** Bytes: a whole number, perhaps with KiB, MiB or GiB. */
        BYTES("bytes: 120, 64KiB, 8MiB"),
        /** A time: 250ms, 2s, 10m, 1h. */
        TIME("a time: 250ms, 2s, 10m"),
        /** A chance: 0.05 or 5%. */
        CHANCE("a chance: 0.05 or 5%"),
        /** One of the parameter's words. */
        WORD("a word"),
        /** Any text; {@code +}, {@code ?}, {@code &} and {@code ;} percent-encoded. */
        TEXT("text");

        private final String form;

        Type(String form) {
            this.form = form;
        }
    }

    static Parameter number(String name, long standard) {
        return new Parameter(name, Type.NUMBER, Long.toString(standard), List.of());
    }

    static Parameter bytes(String name, String standard) {
        return new Parameter(name, Type.BYTES, standard, List.of());
    }

    static Parameter time(String name, String standard) {
        return new Parameter(name, Type.TIME, standard, List.of());
    }

    static Parameter chance(String name, String standard) {
        return new Parameter(name, Type.CHANCE, standard, List.of());
    }

    static Parameter text(String name, String standard) {
        return new Parameter(name, Type.TEXT, standard, List.of());
    }

    static Parameter word(String name, String... words) {
        return new Parameter(name, Type.WORD, words[0], List.of(words));
    }

    /** What may be written, for messages and for the table of faults. */
    public String form() {
        return type == Type.WORD ? String.join(" | ", words) : type.form;
    }

    /** What is wrong with {@code value}, or null. */
    @Nullable
    String fault(String value) {
        boolean good = switch (type) {
            case NUMBER -> number(value) >= 0;
            case BYTES -> bytes(value) >= 0;
            case TIME -> time(value) != null;
            case CHANCE -> !Double.isNaN(chance(value));
            case WORD -> words.contains(value);
            case TEXT -> true;
        };
        return good ? null : name + ": " + value + " (expected: " + form() + ")";
    }

    /** The number written, or -1. */
    static long number(String value) {
        if (value.isEmpty() || value.length() > 15) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** The bytes written, or -1. */
    static long bytes(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        int shift = lower.endsWith("kib") ? 10 : lower.endsWith("mib") ? 20 : lower.endsWith("gib") ? 30 : 0;
        long number = number(
                shift == 0 ? lower : lower.substring(0, lower.length() - 3).strip());
        return number < 0 || number > Long.MAX_VALUE >> shift ? -1 : number << shift;
    }

    /** The time written, at most a day, or null. */
    static @Nullable Duration time(String value) {
        int digits = 0;
        while (digits < value.length() && (Character.isDigit(value.charAt(digits)) || value.charAt(digits) == '.')) {
            digits++;
        }
        double nanos = switch (value.substring(digits)) {
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            default -> -1;
        };
        double number = decimal(value.substring(0, digits));
        double product = number * nanos;
        return nanos < 0 || Double.isNaN(number) || product > 86_400e9 ? null : Duration.ofNanos((long) product);
    }

    /** The chance written, 0 to 1, or NaN. */
    static double chance(String value) {
        boolean percent = value.endsWith("%");
        double number = decimal(percent ? value.substring(0, value.length() - 1) : value);
        double chance = percent ? number / 100 : number;
        return chance >= 0 && chance <= 1 ? chance : Double.NaN;
    }

    /** A plain decimal number without sign or exponent, or NaN. */
    static double decimal(String value) {
        return value.matches("[0-9]{1,15}(\\.[0-9]{1,9})?") ? Double.parseDouble(value) : Double.NaN;
    }
}
