package dev.tidemill.relay.loop;

import org.jspecify.annotations.Nullable;

/**
 * Heap arrays for what a loop reads: small ones of one size are kept and handed out again last in, first out (still warm
 * in the cache), larger ones come from the heap. All count against {@link Memory} while they are out. Loop only.
 */
public final class Blocks {
    /** Holds the usual request with room to spare. */
    public static final int SMALL = 16 << 10;

    private static final int KEPT = 256;

    private final Memory memory;
    private final byte[][] free = new byte[KEPT][];
    private int count;

    Blocks(Memory memory) {
        this.memory = memory;
    }

    /** At least {@code atLeast} bytes, or null when memory is used up. */
    public byte @Nullable [] take(int atLeast) {
        int size = atLeast <= SMALL ? SMALL : roundUp(atLeast);
        if (!memory.take(size)) {
            return null;
        }
        return size == SMALL && count > 0 ? free[--count] : new byte[size];
    }

    public void give(byte[] block) {
        memory.give(block.length);
        if (block.length == SMALL && count < KEPT) {
            free[count++] = block;
        }
    }

    private static int roundUp(int bytes) {
        return bytes <= 1 << 20 ? Integer.highestOneBit(bytes - 1) << 1 : (bytes + 0xfffff) & ~0xfffff;
    }
}
