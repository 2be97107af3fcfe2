package dev.tidemill.relay.downstream;

import dev.tidemill.relay.background.Backgrounds;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.relay.replay.ReplayLogs;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.Routing;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The door of one port: accepts, counts, and hands each connection to the loop it stays on. */
public final class Listener {
    /** A client that is behind holds at most this much, and one upstream read, before the upstream is paused. */
    static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(32 << 10, 64 << 10);

    /**
     * Bytes of a client that is behind which the kernel takes in ahead of it. By itself it would take some 4 MB each, and
     * tell us of room only when a third of that is free, which a slow reader takes longer to do than we wait for one that
     * is gone.
     */
    private static final long UNSENT = 128 << 10;

    /** Connections that wait to be accepted; the kernel has a limit of its own. One that finds no room waits for a second. */
    private static final int BACKLOG = 4096;
    /**
     * A turn is long when there is much to do, and more come in it than the usual one: Netty's epoll takes the number of the
     * accepted socket for a length, and believes that there are no more.
     */
    private static final int ACCEPTED_AT_ONCE = 256;

    private final Channel channel;
    private final Port port;

    private Listener(Channel channel, Port port) {
        this.channel = channel;
        this.port = port;
    }

    public static Listener open(
            Class<? extends ServerChannel> type,
            EventLoopGroup group,
            List<ExchangeLoop> loops,
            InetSocketAddress address,
            Limits limits,
            boolean relays,
            List<Route> routes,
            Executor services,
            ReplayLogs replayLogs,
            Backgrounds backgrounds)
            throws IOException {
        Port port = new Port(limits, new Routing(routes), relays, services, replayLogs, backgrounds);
        Map<Object, ExchangeLoop> homes = new HashMap<>();
        loops.forEach(home -> homes.put(home.loop().eventLoop(), home));
        ServerBootstrap bootstrap = new ServerBootstrap();
        if (type == EpollServerSocketChannel.class) {
            bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT);
        }
        ChannelFuture bound = bootstrap
                .group(group)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new ServerChannelRecvByteBufAllocator()
                                .respectMaybeMoreData(false)
                                .maxMessagesPerRead(ACCEPTED_AT_ONCE))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                        ExchangeLoop home = homes.get(child.eventLoop());
                        if (home == null) {
                            throw new IllegalStateException("a channel on a loop that is not ours");
                        }
                        child.config().setRecvByteBufAllocator(home.loop().reads());
                        child.pipeline().addLast(new Gate(port, home));
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new Listener(bound.channel(), port);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Whether it takes model calls. */
    public boolean relays() {
        return port.relays();
    }

    /** Stops accepting; connections without a request close, the others after their answer. */
    public void drain() {
        port.drain();
        channel.close().awaitUninterruptibly();
        port.connections().forEach(connection -> connection.home().loop().execute(connection::drain));
    }

    /** Service calls that run now. */
    public long calls() {
        return port.calls();
    }

    public void close() {
        port.drain();
        channel.close();
        port.connections().forEach(connection -> connection.channel().close());
    }
}
