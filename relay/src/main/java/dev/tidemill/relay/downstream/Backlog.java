package dev.tidemill.relay.downstream;

import dev.tidemill.relay.loop.Memory;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * What a client was sent and has not taken yet: how much it is, whether any of it moves, and its share of the memory bound.
 * Loop only.
 */
final class Backlog {
    /** Every connection may hold this much without counting. */
    private static final long UNCOUNTED = 64 << 10;

    private final Channel channel;
    private final Memory memory;
    private long seen;
    private boolean moved;
    private long counted;

    Backlog(Channel channel, Memory memory) {
        this.channel = channel;
        this.memory = memory;
    }

    /** Bytes that have not left; of a buffer that left in part, the rest. */
    long bytes() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    }

    /** Takes notice of what has moved so far, before or after more is added. */
    void look() {
        long now = bytes();
        moved |= now < seen;
        seen = now;
        count(now > UNCOUNTED ? now : 0);
    }

    /** Whether the client took anything since this was last asked. */
    boolean moved() {
        look();
        boolean was = moved;
        moved = false;
        return was;
    }

    /** The connection is gone. */
    void drop() {
        count(0);
    }

    private void count(long bytes) {
        if (bytes != counted) {
            memory.add(bytes - counted);
            counted = bytes;
        }
    }
}
