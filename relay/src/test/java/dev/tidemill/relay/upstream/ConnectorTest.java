package dev.tidemill.relay.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.RelayFixture;
import dev.tidemill.relay.loop.Loop;
import dev.tidemill.relay.loop.Memory;
import dev.tidemill.relay.loop.Turns;
import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectorTest {
    private static final Provider PROVIDER = RelayFixture.provider("p", "http://127.0.0.1:9/v1");

    /** For which the system has no descriptor left. */
    public static final class NoneLeft extends NioSocketChannel {
        public NoneLeft() {
            super(none());
        }

        private static SelectorProvider none() {
            throw new ChannelException(new IOException("Too many open files"));
        }
    }

    @Test
    void withoutADescriptorItIsOurOwnWantAndToldOnTheLoop() throws Exception {
        Turns.Factory factory = new Turns.Factory(NioIoHandler.newFactory());
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, factory);
        try {
            Loop loop = new Loop(group.next(), factory, new Memory(1 << 20), 7);
            Resolver resolver = new Resolver(Resolver.SYSTEM, Runnable::run, System::nanoTime);
            CompletableFuture<Failure> told = new CompletableFuture<>();
            CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
            new Connector(loop, NoneLeft.class, resolver, new Trust(Runnable::run))
                    .open(PROVIDER, (channel, failure) -> {
                        inLoop.complete(loop.inLoop());
                        told.complete(Objects.requireNonNull(failure));
                    });
            assertThat(told.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Kind.OVERLOADED);
            assertThat(told.get().detail()).contains("Too many open files");
            assertThat(inLoop.get()).isTrue();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void withoutAPortItIsOurOwnWantAndWhateverElseIsTheHosts() {
        assertThat(kind(new ConnectException("connect(..) failed with error(-99): Cannot assign requested address")))
                .isEqualTo(Kind.OVERLOADED);
        assertThat(kind(new BindException("Cannot assign requested address"))).isEqualTo(Kind.OVERLOADED);
        assertThat(kind(new ConnectException("connect(..) failed with error(-111): Connection refused")))
                .isEqualTo(Kind.UPSTREAM_REFUSED);
        assertThat(kind(new ConnectTimeoutException("after 3000 ms"))).isEqualTo(Kind.UPSTREAM_CONNECT);
        assertThat(kind(new NoRouteToHostException())).isEqualTo(Kind.UPSTREAM_CONNECT);
        assertThat(kind(new SocketException("Network is unreachable"))).isEqualTo(Kind.UPSTREAM_CONNECT);
    }

    private static Kind kind(Exception cause) {
        return Connector.unreached(PROVIDER, cause).kind();
    }
}
