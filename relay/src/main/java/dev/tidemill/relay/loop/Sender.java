package dev.tidemill.relay.loop;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is complete on one channel. Most of it leaves at once and whole: where nothing stands between the channel and its
 * socket and nothing waits, it goes to the kernel in one call. What the kernel does not take, and all else, goes through the
 * pipeline and waits there. Loop only.
 */
public final class Sender {
    private final Channel channel;
    /** Null: there is TLS between, or no epoll. */
    private final @Nullable Socket socket;
    /** Whether something may wait in the pipeline; while nothing does, its memory need not be looked at. */
    private boolean behind;

    public Sender(Channel channel) {
        this.channel = channel;
        boolean direct =
                channel instanceof EpollSocketChannel && channel.pipeline().get(SslHandler.class) == null;
        this.socket = direct ? (Socket) ((EpollSocketChannel) channel).fd() : null;
        this.behind = !direct;
    }

    /** Takes over the buffer. Where somebody else holds it, too, what has to wait does so in memory of its own. */
    public void send(ByteBuf bytes) {
        if (atOnce(bytes)) {
            bytes.release();
            return;
        }
        behind = true;
        if (bytes.refCnt() == 1) {
            channel.writeAndFlush(bytes, channel.voidPromise());
        } else {
            ByteBuf rest = channel.alloc().directBuffer(bytes.readableBytes()).writeBytes(bytes);
            bytes.release();
            channel.writeAndFlush(rest, channel.voidPromise());
        }
    }

    /** Whether what was sent may not all have left. */
    public boolean behind() {
        return behind;
    }

    /** Whether more should be sent. */
    public boolean writable() {
        return !behind || channel.isWritable();
    }

    /** Whether all of it has left; else what has is not readable any more. */
    private boolean atOnce(ByteBuf bytes) {
        if (socket == null || (behind && !caughtUp()) || !socket.isOpen() || !bytes.hasMemoryAddress()) {
            return false;
        }
        behind = true;
        try {
            int left = socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
            bytes.skipBytes(Math.max(0, left));
        } catch (IOException e) {
            return false; // the pipeline meets the same, and closes
        }
        behind = bytes.isReadable();
        return !behind;
    }

    private boolean caughtUp() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting != null && waiting.isEmpty();
    }
}
