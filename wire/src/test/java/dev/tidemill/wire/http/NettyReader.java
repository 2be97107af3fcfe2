package dev.tidemill.wire.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads all messages of a connection with Netty's codec at its strictest: the reference. */
final class NettyReader {
    private final List<Message> messages = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private @Nullable String start;
    private int minorVersion;
    private List<String> fields = List.of();
    private @Nullable String fault;

    private NettyReader() {}

    static Reading read(boolean requests, byte[] input, int... cuts) {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(StartLine.MAX_LENGTH)
                .setMaxHeaderSize(Head.DEFAULT_MAX_BYTES)
                .setAllowDuplicateContentLengths(false)
                .setValidateHeaders(true)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true);
        ChannelHandler decoder = requests ? new HttpRequestDecoder(config) : new HttpResponseDecoder(config);
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        NettyReader reader = new NettyReader();
        int at = 0;
        for (int cut : cuts) {
            channel.writeInbound(Unpooled.copiedBuffer(input, at, cut - at));
            at = cut;
        }
        channel.writeInbound(Unpooled.copiedBuffer(input, at, input.length - at));
        reader.drain(channel);
        Message before = reader.open();
        channel.finish();
        // The end of the connection ends a body without a length; what else it does is not compared.
        if (before != null && !requests && before.fields().stream().noneMatch(NettyReader::framed)) {
            reader.drain(channel);
        } else if (before != null) {
            reader.messages.add(before);
            reader.start = null;
        }
        Message last = reader.open();
        if (last != null) {
            reader.messages.add(last);
        }
        channel.releaseInbound();
        return new Reading(reader.messages, reader.fault);
    }

    private static boolean framed(String field) {
        String lower = field.toLowerCase(Locale.ROOT);
        return lower.startsWith("content-length:") || lower.startsWith("transfer-encoding:");
    }

    private void drain(EmbeddedChannel channel) {
        for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
            try {
                if (fault == null && read instanceof HttpObject object) {
                    take(object);
                } else if (fault == null) {
                    fault = "no HTTP any more, behind a 101";
                }
            } finally {
                ReferenceCountUtil.release(read);
            }
        }
    }

    private void take(HttpObject object) {
        if (object.decoderResult().isFailure()) {
            fault = String.valueOf(object.decoderResult().cause());
            return;
        }
        if (object instanceof HttpMessage message) {
            start = switch (message) {
                case HttpRequest request -> request.method().name() + " " + request.uri();
                case HttpResponse response -> Integer.toString(response.status().code());
                default -> throw new IllegalStateException(message.toString());
            };
            minorVersion = message.protocolVersion().minorVersion();
            fields = new ArrayList<>();
            message.headers()
                    .iteratorCharSequence()
                    .forEachRemaining(field -> fields.add(field.getKey() + ": " + field.getValue()));
        }
        if (object instanceof HttpContent content) {
            body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            if (content instanceof LastHttpContent && start != null) {
                messages.add(new Message(start, minorVersion, fields, body.toString(), true));
                start = null;
                body.setLength(0);
            }
        }
    }

    private @Nullable Message open() {
        return start == null ? null : new Message(start, minorVersion, fields, body.toString(), false);
    }
}
