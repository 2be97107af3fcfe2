package dev.tidemill.relay.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * What all sockets of a loop are read into: one buffer. What is read is worked off before the next read, or kept by retaining
 * it. Not for channels with handlers that put reads together, as TLS does. Loop only.
 */
public final class Reads extends DefaultMaxMessagesRecvByteBufAllocator {
    private final WarmBuffer buffer;

    Reads(WarmBuffer buffer) {
        this.buffer = buffer;
    }

    @Override
    @SuppressWarnings("deprecation") // what Netty itself still asks for
    public RecvByteBufAllocator.Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return buffer.capacity();
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator ignored) {
                return buffer.next();
            }
        };
    }
}
