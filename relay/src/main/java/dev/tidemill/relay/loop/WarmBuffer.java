package dev.tidemill.relay.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * One buffer for what is done with before it is needed again, so that its memory is in the CPU's cache. Whoever keeps it longer,
 * or fills it until it grows, has it for himself, and the next is another. Loop only.
 */
final class WarmBuffer {
    /** Not watched for leaks: what is left at the end is one buffer that nobody lost. */
    private static final ByteBufAllocator MEMORY = new UnpooledByteBufAllocator(true, true);

    private final int capacity;
    private ByteBuf buffer;

    WarmBuffer(int capacity) {
        this.capacity = capacity;
        this.buffer = MEMORY.directBuffer(capacity);
    }

    int capacity() {
        return capacity;
    }

    /** Empty, and to be released. */
    ByteBuf next() {
        if (buffer.refCnt() > 1 || buffer.capacity() > capacity) {
            buffer.release();
            buffer = MEMORY.directBuffer(capacity);
        }
        return buffer.clear().retain();
    }

    void end() {
        buffer.release();
    }
}
