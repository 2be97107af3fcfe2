package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.wire.openai.ChatDialect;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts a connection in and out, and turns one away that is too many, with a 503 that says so. */
final class Gate extends ChannelInboundHandlerAdapter {
    private static final int LINGER_MILLIS = 500;

    private final Port port;
    private final ExchangeLoop home;
    private String address = "";

    Gate(Port port, ExchangeLoop home) {
        this.port = port;
        this.home = home;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        address = context.channel().remoteAddress() instanceof InetSocketAddress peer
                ? peer.getAddress().getHostAddress()
                : "";
        String refusal = port.enter(address);
        context.channel().closeFuture().addListener(closed -> port.leave(address));
        if (refusal == null) {
            context.pipeline()
                    .replace(this, null, port.connection(home, address)); // nothing stands on the way of a read
        } else {
            turnAway(context, refusal);
        }
    }

    /** Closing at once would lose the answer to a reset when the client has sent something. A crowd gets no answer. */
    private void turnAway(ChannelHandlerContext context, String refusal) {
        if (port.crowded(address)) {
            context.close();
            return;
        }
        context.writeAndFlush(Unpooled.wrappedBuffer(answer(refusal)))
                .addListener(sent -> ((SocketChannel) context.channel()).shutdownOutput());
        context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, @Nullable Object message) {
        ReferenceCountUtil.release(message);
    }

    private static byte[] answer(String refusal) {
        Failure failure = Failure.overloaded(refusal + ". Close some, or try again later", Duration.ofSeconds(1));
        byte[] body = ChatDialect.INSTANCE.errorBody(failure.text(""));
        String head = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n"
                + "connection: close\r\ncontent-length: " + body.length + "\r\n\r\n";
        return (head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }
}
