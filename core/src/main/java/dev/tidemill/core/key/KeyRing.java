package dev.tidemill.core.key;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All keys at one moment, immutable, found by digest without allocation: open addressing over the digest's first eight
 * bytes (already uniform, so they are the hash), then a compare of all 32 in constant time. Who can time this learns
 * something about SHA-256 digests, from which no key follows.
 */
public final class KeyRing {
    public static final KeyRing EMPTY = new KeyRing(java.util.List.of());

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final @Nullable Key[] keys;
    private final byte[][] digests;
    private final int mask;
    private final Map<String, Key> byId = new HashMap<>();

    public KeyRing(Collection<Key> all) {
        int size = Integer.highestOneBit(Math.max(4, all.size())) << 2;
        this.keys = new Key[size];
        this.digests = new byte[size][];
        this.mask = size - 1;
        for (Key key : all) {
            byte[] digest = key.digestBytes();
            int at = slot(digest);
            while (keys[at] != null) {
                at = (at + 1) & mask;
            }
            keys[at] = key;
            digests[at] = digest;
            byId.put(key.id(), key);
        }
    }

    /** The key with this SHA-256 digest (32 bytes), also when revoked or expired; null when there is none. */
    public @Nullable Key find(byte[] digest) {
        for (int at = slot(digest); ; at = (at + 1) & mask) {
            Key key = keys[at];
            if (key == null) {
                return null;
            }
            if (MessageDigest.isEqual(digests[at], digest)) {
                return key;
            }
        }
    }

    public @Nullable Key byId(String id) {
        return byId.get(id);
    }

    public int size() {
        return byId.size();
    }

    private int slot(byte[] digest) {
        return (int) (long) LONG.get(digest, 0) & mask;
    }
}
