package dev.tidemill.batch.intake;

import dev.tidemill.core.key.KeySecret;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/**
 * Which {@code custom_id}s were seen: 16 bytes of SHA-256 each in an open-addressing table, so memory does not depend on
 * their length (1.6 MB for 50,000) and nobody can make two different ids collide.
 */
final class CustomIds {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final MessageDigest sha256 = KeySecret.sha256();
    private long[] table = new long[2 * 1024];
    private int size;

    /** Whether the id is new; two spellings of the same string (escapes) are the same. */
    boolean add(String id) {
        if (size * 4 >= table.length) {
            grow();
        }
        byte[] digest = sha256.digest(units(id));
        boolean added = put(table, nonZero((long) LONG.get(digest, 0)), (long) LONG.get(digest, 8));
        if (added) {
            size++;
        }
        return added;
    }

    /** Its UTF-16, not its UTF-8: a lone surrogate is a legal JSON string, and every charset would replace it. */
    private static byte[] units(String id) {
        byte[] bytes = new byte[2 * id.length()];
        for (int i = 0; i < id.length(); i++) {
            bytes[2 * i] = (byte) id.charAt(i);
            bytes[2 * i + 1] = (byte) (id.charAt(i) >> 8);
        }
        return bytes;
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (int at = 0; at < table.length; at += 2) {
            if (table[at] != 0) {
                put(larger, table[at], table[at + 1]);
            }
        }
        table = larger;
    }

    private static boolean put(long[] table, long first, long second) {
        int slots = table.length / 2;
        for (int slot = (int) (first >>> 1) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
            int at = slot * 2;
            if (table[at] == 0) {
                table[at] = first;
                table[at + 1] = second;
                return true;
            }
            if (table[at] == first && table[at + 1] == second) {
                return false;
            }
        }
    }

    /** 0 marks a free slot. */
    private static long nonZero(long hash) {
        return hash == 0 ? 1 : hash;
    }
}
