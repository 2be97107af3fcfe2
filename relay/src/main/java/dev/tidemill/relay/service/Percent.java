package dev.tidemill.relay.service;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Percent-decoding of path segments and query parameters (RFC 3986), where {@code +} is a space in queries alone. */
public final class Percent {
    private static final String PLAIN = "/-._~@";

    private Percent() {}

    /** Null when an escape is malformed. */
    public static @Nullable String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        return query(segment.replace("+", "%2B"));
    }

    /** The first value of a parameter, decoded; null when it is absent or malformed. */
    public static @Nullable String parameter(String query, String name) {
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (name.equals(query(key))) {
                return equals < 0 ? "" : query(pair.substring(equals + 1));
            }
        }
        return null;
    }

    /** All values of a parameter, decoded, those left out that are malformed. */
    public static List<String> parameters(String query, String name) {
        List<String> values = new ArrayList<>(1);
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String value = equals < 0 ? "" : query(pair.substring(equals + 1));
            if (value != null && name.equals(query(equals < 0 ? pair : pair.substring(0, equals)))) {
                values.add(value);
            }
        }
        return values;
    }

    /** A path, encoded but for its slashes. */
    public static String encode(String path) {
        StringBuilder text = new StringBuilder(path.length() + 8);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b > 0 && Character.isLetterOrDigit(b)) || PLAIN.indexOf(b) >= 0;
            if (plain) {
                text.append((char) b);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }

    /** The part of the query that has one of these names, as it came. */
    public static String only(String query, Set<String> names) {
        StringBuilder rest = new StringBuilder(query.length());
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (names.contains(equals < 0 ? pair : pair.substring(0, equals))) {
                rest.append(rest.isEmpty() ? "" : "&").append(pair);
            }
        }
        return rest.toString();
    }

    /** Whether a decoded path segment is a name: not empty, no step to another folder, no control character, real UTF-8. */
    static boolean plain(String segment) {
        return !segment.isEmpty()
                && !segment.equals(".")
                && !segment.equals("..")
                && segment.chars().noneMatch(c -> c < 0x20 || c == 0x7f || c == 0xfffd);
    }

    private static @Nullable String query(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
