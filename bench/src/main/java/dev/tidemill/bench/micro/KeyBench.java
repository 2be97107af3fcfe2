package dev.tidemill.bench.micro;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The check of a caller's key: SHA-256 of its text and the look among all keys, 4,096 of them in turn so that they do not all
 * lie in the cache. {@code ./dev bench micro Key}
 */
@State(Scope.Thread)
public class KeyBench {
    private static final int ASKED = 4096;
    private static final int DIGEST = 32;

    private final MessageDigest sha256 = KeySecret.sha256();
    private final byte[] digest = new byte[DIGEST];
    private final byte[][] texts = new byte[ASKED][];
    private KeyRing ring = KeyRing.EMPTY;
    private int next;

    @Param({"1", "1000", "1000000"})
    public int keys;

    @Setup
    public void generate() {
        Random random = new Random(1);
        List<Key> all = new ArrayList<>(keys);
        int every = Math.max(1, keys / ASKED);
        int kept = 0;
        for (int i = 0; i < keys; i++) {
            KeySecret secret = KeySecret.generate(random);
            all.add(new Key(
                    secret.id(),
                    "bench",
                    "bench",
                    "bench",
                    secret.digest(),
                    List.of(),
                    0,
                    0,
                    0,
                    Instant.EPOCH,
                    null,
                    null));
            if (i % every == 0 && kept < ASKED) {
                texts[kept++] = secret.text().getBytes(StandardCharsets.US_ASCII);
            }
        }
        for (int i = kept; i < ASKED; i++) {
            texts[i] = texts[i % kept];
        }
        ring = new KeyRing(all);
    }

    @Benchmark
    public @Nullable Key check() throws DigestException {
        byte[] text = texts[next++ & (ASKED - 1)];
        sha256.update(text, 0, text.length);
        sha256.digest(digest, 0, DIGEST);
        return ring.find(digest);
    }
}
