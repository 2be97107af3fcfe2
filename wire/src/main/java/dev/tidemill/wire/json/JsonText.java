package dev.tidemill.wire.json;

import dev.tidemill.wire.Swar;
import java.nio.charset.StandardCharsets;

/** Single JSON values to Java and back. Ranges are those a {@link JsonScanner} found: sound, and with the quotes of a string. */
public final class JsonText {
    private JsonText() {}

    /** The text of a string value. A surrogate escaped alone stays alone. */
    public static String string(byte[] a, int from, int to) {
        int i = from + 1;
        int end = to - 1;
        int escape = Swar.indexOf(a, i, end, '\\');
        if (escape >= end) {
            return new String(a, i, end - i, StandardCharsets.UTF_8);
        }
        StringBuilder text = new StringBuilder(end - i);
        while (escape < end) {
            text.append(new String(a, i, escape - i, StandardCharsets.UTF_8));
            i = unescape(a, escape + 1, text);
            escape = Swar.indexOf(a, i, end, '\\');
        }
        return text.append(new String(a, i, end - i, StandardCharsets.UTF_8)).toString();
    }

    /** A whole number without fraction or exponent; {@code otherwise} when the value is anything else or does not fit a long. */
    public static long wholeNumber(byte[] a, int from, int to, long otherwise) {
        boolean negative = from < to && a[from] == '-';
        int i = negative ? from + 1 : from;
        if (i >= to) {
            return otherwise;
        }
        long value = 0; // built downwards: the negative range is the larger one
        for (; i < to; i++) {
            int digit = a[i] - '0';
            if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
                return otherwise;
            }
            value = value * 10 - digit;
        }
        if (negative) {
            return value;
        }
        return value == Long.MIN_VALUE ? otherwise : -value;
    }

    /** {@link #wholeNumber} as an int. */
    public static int wholeNumber(byte[] a, int from, int to, int otherwise) {
        long value = wholeNumber(a, from, to, Long.MIN_VALUE);
        return value < Integer.MIN_VALUE || value > Integer.MAX_VALUE ? otherwise : (int) value;
    }

    /** Whether the value is {@code true}. */
    public static boolean isTrue(byte[] a, int from, int to) {
        return to - from == 4 && a[from] == 't';
    }

    /** A JSON string with its quotes, as UTF-8. A surrogate that stands alone is escaped. */
    public static byte[] quote(String text) {
        StringBuilder json = new StringBuilder(text.length() + 16);
        quote(json, text);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Appends a JSON string with its quotes. */
    public static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (Character.isHighSurrogate(c)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1))) {
                        json.append(c).append(text.charAt(++i));
                    } else if (c < ' ' || c == 0x7F || Character.isSurrogate(c)) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    /** Appends what the escape stands for whose letter is at {@code i}; answers the position behind it. */
    private static int unescape(byte[] a, int i, StringBuilder text) {
        switch (a[i]) {
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'u' -> {
                int c = 0;
                for (int j = i + 1; j < i + 5; j++) {
                    c = c << 4 | Character.digit(a[j], 16);
                }
                text.append((char) c);
                return i + 5;
            }
            default -> text.append((char) a[i]);
        }
        return i + 1;
    }
}
