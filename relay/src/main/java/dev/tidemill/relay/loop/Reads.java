package dev.tidemill.relay.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * What all sockets of a loop are read into: one buffer, which is in the CPU's cache from the last read. Whoever keeps what was
 * read longer than until the next read keeps the buffer, and the loop takes another. Not for channels with handlers that put
 * reads together, as TLS does. Loop only.
 */
public final class Reads extends DefaultMaxMessagesRecvByteBufAllocator {
    /** Not watched for leaks: what is left at the end is one buffer that nobody lost. */
    private static final ByteBufAllocator MEMORY = new UnpooledByteBufAllocator(true, true);

    private ByteBuf buffer = MEMORY.directBuffer(Loop.READ, Loop.READ);

    private ByteBuf next() {
        if (buffer.refCnt() > 1) {
            buffer.release();
            buffer = MEMORY.directBuffer(Loop.READ, Loop.READ);
        }
        return buffer.clear().retain();
    }

    /** No more is read. */
    void end() {
        buffer.release();
    }

    @Override
    @SuppressWarnings("deprecation") // what Netty itself still asks for
    public RecvByteBufAllocator.Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return Loop.READ;
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator ignored) {
                return next();
            }
        };
    }
}
