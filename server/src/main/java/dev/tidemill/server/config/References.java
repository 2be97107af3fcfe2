package dev.tidemill.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * References in values: a dollar and a name in braces for a variable from the environment, {@code file:/path} in place of
 * the name for a file's text without its last line end, two dollars and a brace for the characters themselves. Anywhere in
 * a value, not in keys; what a reference gives is not looked at again.
 */
final class References {
    private static final int MOST_FILE_BYTES = 64 << 10;

    private References() {}

    /** Null after a fault was reported at {@code place}. */
    static @Nullable String resolve(String raw, Place place) {
        int at = raw.indexOf("${");
        if (at < 0) {
            return raw;
        }
        StringBuilder text = new StringBuilder();
        int from = 0;
        boolean good = true;
        for (; at >= 0; at = raw.indexOf("${", from)) {
            if (at > from && raw.charAt(at - 1) == '$') {
                text.append(raw, from, at).append('{');
                from = at + 2;
                continue;
            }
            text.append(raw, from, at);
            int end = raw.indexOf('}', at);
            if (end < 0) {
                place.fault("a reference without its end (expected: ${NAME} or ${file:/path})");
                return null;
            }
            String value = value(raw.substring(at + 2, end), place);
            good &= value != null;
            text.append(value);
            from = end + 1;
        }
        return good ? text.append(raw, from, raw.length()).toString() : null;
    }

    private static @Nullable String value(String name, Place place) {
        if (name.startsWith("file:")) {
            return file(name.substring("file:".length()), place);
        }
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            place.fault("${" + name + "} (expected: ${NAME}, letters, digits and _, or ${file:/path})");
            return null;
        }
        String value = place.reading().environment().get(name);
        if (value == null || value.isEmpty()) {
            place.fault("${" + name + "} (expected: a variable that is set; this one is "
                    + (value == null ? "not" : "empty") + ")");
            return null;
        }
        return value;
    }

    private static @Nullable String file(String name, Place place) {
        try {
            Path path = place.reading().folder().resolve(name);
            byte[] bytes;
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(MOST_FILE_BYTES + 1);
            }
            if (bytes.length > MOST_FILE_BYTES) {
                place.fault("${file:" + name + "} is larger than 64 KiB (expected: a short text)");
                return null;
            }
            return new String(bytes, StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException | InvalidPathException e) {
            place.fault("${file:" + name + "} (expected: a file that can be read; "
                    + e.getClass().getSimpleName() + ")");
            return null;
        }
    }
}
