package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.RequestHead;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The model in a path, {@code /v1beta/models/MODEL:generateContent}; percent-decoded, a plus sign stays one. */
final class ModelPath {
    private ModelPath() {}

    /** The model's name, or null when the path has none or cannot be decoded. */
    static @Nullable String of(RequestHead head) {
        String path = head.path();
        int start = path.indexOf("/models/");
        int end = path.lastIndexOf(':');
        if (start < 0 || end <= start + 8) {
            return null;
        }
        try {
            return URLDecoder.decode(path.substring(start + 8, end).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            return null;
        }
    }
}
