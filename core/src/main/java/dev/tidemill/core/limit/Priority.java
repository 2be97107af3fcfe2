package dev.tidemill.core.limit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How important a request is, from {@code X-Tidemill-Priority} or its key. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW;

    static final int COUNT = 3;

    /** {@code high}, {@code normal} or {@code low} in any case; null: anything else. */
    public static @Nullable Priority parse(CharSequence word) {
        return is(word, "high") ? HIGH : is(word, "normal") ? NORMAL : is(word, "low") ? LOW : null;
    }

    /** As {@link #parse} reads it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** This one, or {@code highest} if that is lower: a key's bound on what its callers may ask for. */
    public Priority atMost(Priority highest) {
        return compareTo(highest) < 0 ? highest : this;
    }

    private static boolean is(CharSequence word, String name) {
        if (word.length() != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = word.charAt(i);
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
