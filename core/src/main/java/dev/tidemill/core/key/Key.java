package dev.tidemill.core.key;

import dev.tidemill.core.limit.Priority;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A caller's key, without its secret: what is stored and what a call runs as.
 *
 * @param id the 8 public characters of the key
 * @param digest lower-case hex SHA-256 of the whole key as text, 64 characters
 * @param models names or patterns with one trailing {@code *} that the key may use; empty: all
 * @param rpm requests a minute, 0: no limit of its own
 * @param tpm tokens a minute, 0: no limit of its own
 * @param concurrency requests at once, 0: no limit of its own
 * @param priority the highest it may ask for; more is lowered to it
 * @param resumable whether its streams are kept for those who come back, without asking
 * @param expires null: never
 * @param revoked null: in force
 */
public record Key(
        String id,
        String name,
        String organization,
        String project,
        String digest,
        List<String> models,
        long rpm,
        long tpm,
        long concurrency,
        Priority priority,
        boolean resumable,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant revoked) {

    public Key {
        models = List.copyOf(models);
    }

    /** Of any priority, and not resumable. */
    public Key(
            String id,
            String name,
            String organization,
            String project,
            String digest,
            List<String> models,
            long rpm,
            long tpm,
            long concurrency,
            Instant created,
            @Nullable Instant expires,
            @Nullable Instant revoked) {
        this(
                id,
                name,
                organization,
                project,
                digest,
                models,
                rpm,
                tpm,
                concurrency,
                Priority.HIGH,
                false,
                created,
                expires,
                revoked);
    }

    /** Whether the key is neither revoked nor expired at {@code now}. */
    public boolean validAt(Instant now) {
        return revoked == null && (expires == null || now.isBefore(expires));
    }

    /** The same for now; the clock is read only for a key that expires. */
    public boolean valid(InstantSource clock) {
        return expires == null ? revoked == null : validAt(clock.instant());
    }

    public boolean mayUse(String model) {
        if (models.isEmpty()) {
            return true;
        }
        for (String pattern : models) {
            if (pattern.endsWith("*")
                    ? model.startsWith(pattern.substring(0, pattern.length() - 1))
                    : model.equals(pattern)) {
                return true;
            }
        }
        return false;
    }

    byte[] digestBytes() {
        return HexFormat.of().parseHex(digest);
    }
}
