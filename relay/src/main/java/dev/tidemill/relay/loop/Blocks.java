package dev.tidemill.relay.loop;

import org.jspecify.annotations.Nullable;

/**
 * Heap arrays for what a loop reads: those of two small sizes are kept and handed out again last in, first out (still warm
 * in the cache), larger ones come from the heap. All count against {@link Memory} while they are out. Loop only.
 *
 * <p>A request stays in its array for as long as its answer streams, since it may have to be sent again. With one small size
 * alone, thousands of streams whose requests have 3 KB each hold five times that.
 */
public final class Blocks {
    /** Holds a short request, whole. */
    static final int LEAST = 4 << 10;

    /** Holds the usual request with room to spare. */
    public static final int SMALL = 16 << 10;

    private final Memory memory;
    private final Kept least = new Kept(LEAST);
    private final Kept small = new Kept(SMALL);

    Blocks(Memory memory) {
        this.memory = memory;
    }

    /** At least {@code atLeast} bytes, or null when memory is used up. */
    public byte @Nullable [] take(int atLeast) {
        int size = atLeast <= LEAST ? LEAST : atLeast <= SMALL ? SMALL : roundUp(atLeast);
        if (!memory.take(size)) {
            return null;
        }
        return switch (size) {
            case LEAST -> least.take();
            case SMALL -> small.take();
            default -> new byte[size];
        };
    }

    public void give(byte[] block) {
        memory.give(block.length);
        switch (block.length) {
            case LEAST -> least.give(block);
            case SMALL -> small.give(block);
            default -> {}
        }
    }

    private static int roundUp(int bytes) {
        return bytes <= 1 << 20 ? Integer.highestOneBit(bytes - 1) << 1 : (bytes + 0xfffff) & ~0xfffff;
    }

    /** Those of one size that nobody uses. */
    private static final class Kept {
        private static final int MOST = 256;

        private final int size;
        private final byte[][] free = new byte[MOST][];
        private int count;

        Kept(int size) {
            this.size = size;
        }

        byte[] take() {
            return count > 0 ? free[--count] : new byte[size];
        }

        void give(byte[] block) {
            if (count < MOST) {
                free[count++] = block;
            }
        }
    }
}
