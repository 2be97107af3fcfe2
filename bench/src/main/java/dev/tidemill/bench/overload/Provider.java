package dev.tidemill.bench.overload;

import dev.tidemill.bench.Traffic;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Answers everything with the same stream, from bytes made beforehand: a page of 400 pieces in 0.8 s, five to a write. So a
 * stream is much more work for the relay than a refusal, as it is in life, and more than for us, who share a core.
 */
final class Provider {
    private static final int FIRST_MILLIS = 20;
    private static final int PACE_MILLIS = 10;
    private static final int PIECES = 400;
    private static final int EVENTS_A_WRITE = 5;
    private static final int REQUEST_ROOM = 8 << 10;
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    private static final String LAST_CHUNK = "0\r\n\r\n";

    private final Reactor reactor;
    private final ServerSocketChannel server;
    private final ByteBuffer answer;
    private final int[] ends;
    private final byte[] stream;

    Provider(Reactor reactor) throws IOException {
        this.reactor = reactor;
        String text = Traffic.stream(PIECES);
        stream = text.getBytes(StandardCharsets.US_ASCII);
        List<String> events = Arrays.stream(text.split("(?<=\n\n)")).toList();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(HEAD.getBytes(StandardCharsets.US_ASCII));
        ends = new int[(events.size() + EVENTS_A_WRITE - 1) / EVENTS_A_WRITE];
        for (int i = 0; i < ends.length; i++) {
            int from = i * EVENTS_A_WRITE;
            String some = String.join("", events.subList(from, Math.min(from + EVENTS_A_WRITE, events.size())));
            String chunk = Integer.toHexString(some.length()) + "\r\n" + some + "\r\n";
            all.writeBytes((i == ends.length - 1 ? chunk + LAST_CHUNK : chunk).getBytes(StandardCharsets.US_ASCII));
            ends[i] = all.size();
        }
        answer = ByteBuffer.allocateDirect(all.size()).put(all.toByteArray());
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.configureBlocking(false);
        reactor.register(server, SelectionKey.OP_ACCEPT, this::accept);
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.socket().getLocalPort() + "/v1";
    }

    byte[] stream() {
        return stream;
    }

    /** How long an answer takes that nobody holds up. */
    long answerMillis() {
        return FIRST_MILLIS + (long) PACE_MILLIS * (ends.length - 1);
    }

    private void accept() {
        try {
            for (SocketChannel channel; (channel = server.accept()) != null; ) {
                channel.configureBlocking(false);
                channel.socket().setTcpNoDelay(true);
                reactor.register(channel, SelectionKey.OP_READ, new Connection(channel));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Connection implements Reactor.Ready, Reactor.Due {
        private final SocketChannel channel;
        private final Head head = new Head();
        private final ByteBuffer in = ByteBuffer.allocate(REQUEST_ROOM);
        private int write = -1;
        private int sent;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void ready() {
            try {
                if (channel.read(in) < 0) {
                    channel.close();
                    return;
                }
                head.clear();
                int body = head.request(in.array(), 0, in.position());
                if (write < 0 && body != Head.INCOMPLETE && in.position() - body >= head.contentLength()) {
                    in.clear();
                    write = 0;
                    sent = 0;
                    reactor.in(FIRST_MILLIS, this);
                }
            } catch (IOException | HttpException e) {
                closeQuietly(channel);
            }
        }

        @Override
        public void due() {
            try {
                sent += channel.write(answer.limit(ends[write]).position(sent));
                if (write < ends.length - 1) {
                    write++;
                    reactor.in(PACE_MILLIS, this);
                } else if (sent < ends[write]) {
                    reactor.in(PACE_MILLIS, this); // the relay takes no more at the moment
                } else {
                    write = -1;
                }
            } catch (IOException e) {
                closeQuietly(channel); // whoever asked has left
            }
        }
    }

    static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
