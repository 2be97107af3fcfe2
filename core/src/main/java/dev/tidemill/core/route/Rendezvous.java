package dev.tidemill.core.route;

import java.nio.charset.StandardCharsets;

/**
 * Highest random weight (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005): every key ranks
 * all places by itself, so that a place that goes moves its own keys alone, and one that comes takes only its share. The
 * same on every node and after each start.
 */
public final class Rendezvous {
    private Rendezvous() {}

    /** A number for a name, stable for ever (FNV-1a of its UTF-8, mixed). */
    public static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** How far a place with this weight is from a key: the least of all wins. Positive. */
    public static double distance(long key, long place, double weight) {
        return -Math.log(share(key, place)) / weight;
    }

    /** Where a key stands at a place, evenly spread over 0 to 1, both excluded. */
    public static double share(long key, long place) {
        return ((mix(key ^ place) >>> 11) + 0.5) * 0x1p-53;
    }

    /** MurmurHash3's 64-bit finalizer. */
    public static long mix(long x) {
        x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
        x = (x ^ (x >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return x ^ (x >>> 33);
    }
}
