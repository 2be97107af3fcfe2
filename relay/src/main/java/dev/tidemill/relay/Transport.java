package dev.tidemill.relay;

import dev.tidemill.relay.loop.Turns;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** How sockets are driven: epoll on Linux, NIO elsewhere. For one group of loops. */
record Transport(
        Turns.Factory factory, Class<? extends ServerChannel> serverChannel, Class<? extends Channel> clientChannel) {

    static Transport best() {
        return Epoll.isAvailable()
                ? new Transport(
                        new Turns.Factory(EpollIoHandler.newFactory()),
                        EpollServerSocketChannel.class,
                        EpollSocketChannel.class)
                : new Transport(
                        new Turns.Factory(NioIoHandler.newFactory()),
                        NioServerSocketChannel.class,
                        NioSocketChannel.class);
    }
}
