package dev.tidemill.relay.upstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.loop.Loop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens one connection: name, addresses in turn, proxy, TLS. The result is told on the loop, once; the time it may take is
 * the exchange's to watch, each single address has {@link #PER_ADDRESS_MILLIS}, and so has the proxy to open its tunnel.
 */
final class Connector {
    static final int PER_ADDRESS_MILLIS = 3_000;
    static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(32 << 10, 64 << 10);

    private static final String OPENING = "opening";
    /** EADDRNOTAVAIL, as netty's native transports tell it. */
    private static final String NO_PORT = "error(-99)";

    private final Loop loop;
    private final Class<? extends Channel> channelType;
    private final Resolver resolver;
    private final Trust trust;

    Connector(Loop loop, Class<? extends Channel> channelType, Resolver resolver, Trust trust) {
        this.loop = loop;
        this.channelType = channelType;
        this.resolver = resolver;
        this.trust = trust;
    }

    /** What a connection needs that must not be waited for on the loop. */
    private record Prepared(
            int port, List<InetAddress> addresses, @Nullable SslContext tls) {}

    /** Calls back with the open channel or the failure. */
    void open(Provider provider, BiConsumer<@Nullable Channel, @Nullable Failure> whenDone) {
        URI proxy = provider.proxy();
        URI address = proxy == null ? provider.baseUrl() : proxy;
        String host = address.getHost();
        int port = proxy == null ? provider.port() : proxy.getPort() < 0 ? 80 : proxy.getPort();
        resolver.resolve(host)
                .thenCombine(trust.of(provider), (addresses, tls) -> new Prepared(port, addresses, tls))
                .whenComplete(
                        (prepared, error) -> loop.execute(() -> prepared(provider, host, prepared, error, whenDone)));
    }

    private void prepared(
            Provider provider,
            String host,
            @Nullable Prepared prepared,
            @Nullable Throwable error,
            BiConsumer<@Nullable Channel, @Nullable Failure> whenDone) {
        if (prepared != null && !prepared.addresses().isEmpty()) {
            connect(provider, prepared, 0, whenDone);
            return;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        Failure failure = cause == null || cause instanceof UnknownHostException
                ? failed(provider, "upstream_name_not_found", "host name " + host + " was not found")
                : failed(provider, "upstream_tls_failed", "its certificate authority cannot be read");
        whenDone.accept(null, failure.withDetail(String.valueOf(cause)));
    }

    /**
     * Always a task of its own, never within the handling of an event: of several events that epoll tells at once, a later
     * one may be for a connection that an earlier one closed. Its number is free then, the very next socket gets it, and
     * what was meant for the old one would hit the new one before it is connected.
     */
    private void connect(
            Provider provider, Prepared to, int index, BiConsumer<@Nullable Channel, @Nullable Failure> whenDone) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.eventLoop())
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PER_ADDRESS_MILLIS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        to.tls() == null && provider.proxy() == null
                                ? loop.reads()
                                : new AdaptiveRecvByteBufAllocator(1 << 10, 4 << 10, Loop.READ))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (provider.proxy() != null) {
                            // The proxy is connected to by address; it is told the provider's name and resolves it
                            // itself.
                            HttpProxyHandler tunnel = new HttpProxyHandler(
                                    new InetSocketAddress(to.addresses().get(index), to.port()));
                            tunnel.setConnectTimeoutMillis(PER_ADDRESS_MILLIS);
                            channel.pipeline().addLast(tunnel);
                        }
                        channel.pipeline().addLast(OPENING, new Opening());
                    }
                });
        InetSocketAddress address = provider.proxy() == null
                ? new InetSocketAddress(to.addresses().get(index), to.port())
                : InetSocketAddress.createUnresolved(provider.baseUrl().getHost(), provider.port());
        if (provider.proxy() != null) {
            bootstrap.disableResolver();
        }
        ChannelFuture opened = bootstrap.connect(address);
        opened.addListener(future -> {
            if (!future.isSuccess()) {
                // A task also because without a channel this is not the loop's thread.
                loop.execute(() -> {
                    if (index + 1 < to.addresses().size()) {
                        connect(provider, to, index + 1, whenDone);
                    } else {
                        whenDone.accept(null, unreached(provider, future.cause()));
                    }
                });
                return;
            }
            Channel channel = opened.channel();
            HttpProxyHandler tunnel = channel.pipeline().get(HttpProxyHandler.class);
            if (tunnel == null) {
                secure(provider, to, channel, whenDone);
            } else {
                tunnel.connectFuture().addListener(through -> tunneled(provider, to, channel, through, whenDone));
            }
        });
    }

    private static void tunneled(
            Provider provider,
            Prepared to,
            Channel channel,
            Future<?> through,
            BiConsumer<@Nullable Channel, @Nullable Failure> whenDone) {
        if (through.isSuccess()) {
            secure(provider, to, channel, whenDone);
            return;
        }
        channel.close();
        whenDone.accept(
                null,
                failed(provider, "upstream_proxy_failed", "the proxy in between opened no tunnel")
                        .withDetail(String.valueOf(through.cause())));
    }

    /** TLS begins when the way to the provider is open: what it wrote before that would wait in a tunnel that may never be. */
    private static void secure(
            Provider provider,
            Prepared to,
            Channel channel,
            BiConsumer<@Nullable Channel, @Nullable Failure> whenDone) {
        SslContext context = to.tls();
        if (context == null || !channel.isActive()) {
            opened(channel, whenDone);
        } else {
            SslHandler tls =
                    context.newHandler(channel.alloc(), provider.baseUrl().getHost(), provider.port());
            tls.setHandshakeTimeoutMillis(PER_ADDRESS_MILLIS * 2L);
            channel.pipeline().addBefore(OPENING, null, tls);
            tls.handshakeFuture().addListener(shake -> shaken(provider, channel, shake, whenDone));
        }
    }

    private static void shaken(
            Provider provider,
            Channel channel,
            Future<?> shake,
            BiConsumer<@Nullable Channel, @Nullable Failure> whenDone) {
        if (shake.isSuccess()) {
            opened(channel, whenDone);
            return;
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        channel.close();
        whenDone.accept(
                null,
                failed(
                                provider,
                                "upstream_tls_failed",
                                "the TLS handshake failed (a certificate that is expired, of another host or of an unknown"
                                        + " authority, or no common protocol of TLS 1.2 or newer)")
                        .withDetail(String.valueOf(shake.cause())));
    }

    private static void opened(Channel channel, BiConsumer<@Nullable Channel, @Nullable Failure> whenDone) {
        if (channel.isActive()) {
            channel.pipeline().remove(OPENING);
        }
        whenDone.accept(channel, null);
    }

    /** Stands where the connection's handler will; what goes wrong before that is told by the futures above. */
    private static final class Opening extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    static Failure unreached(Provider provider, Throwable cause) {
        if (isOurWant(cause)) {
            return Failure.overloaded(
                            "the relay has no descriptor or port left for a connection to provider " + provider.name()
                                    + ". Try again later, or ask the operator to allow it more open files",
                            Duration.ofSeconds(1))
                    .withDetail(String.valueOf(root(cause)));
        }
        boolean refused = cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException);
        return failed(
                        refused ? Kind.UPSTREAM_REFUSED : Kind.UPSTREAM_CONNECT,
                        provider,
                        "upstream_connect_failed",
                        refused ? "the connection was refused" : "no connection could be made")
                .withDetail(String.valueOf(cause));
    }

    /** Whether no socket could be had here, which says nothing about the host. */
    private static boolean isOurWant(Throwable cause) {
        return cause instanceof ChannelException
                || cause instanceof BindException
                || (cause instanceof ConnectException
                        && String.valueOf(cause.getMessage()).contains(NO_PORT));
    }

    private static Throwable root(Throwable of) {
        Throwable root = of;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static Failure failed(Provider provider, String code, String what) {
        return failed(Kind.UPSTREAM_CONNECT, provider, code, what);
    }

    private static Failure failed(Kind kind, Provider provider, String code, String what) {
        return Failure.of(
                kind,
                code,
                "provider " + provider.name() + ": " + what + "; the request was not sent. Try again, or ask the"
                        + " operator to check the provider's base_url");
    }
}
