package dev.tidemill.bench.overload;

import dev.tidemill.core.limit.Priority;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the relay. It waits for an answer's first bytes, so that a refusal is timed; a stream it then reads
 * every {@link #LOOK_MILLIS} only. The kernel keeps what comes meanwhile: the relay has the same work with each event, and
 * we have a quarter of it.
 */
final class Client implements Reactor.Ready, Reactor.Due {
    private static final int LOOK_MILLIS = 40;
    private static final int ROOM = 32 << 10;

    private final Load load;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocate(ROOM);
    private final Head head = new Head();
    private final BodyWalker walker = new BodyWalker();
    private boolean connected;
    private boolean stream;
    private @Nullable Tally tally;
    private Priority level = Priority.NORMAL;
    private long asked;
    /** Bytes of the stream that have come and are the right ones; below 0 before its head. */
    private int matched;

    Client(Load load, InetSocketAddress relay, Reactor reactor) throws IOException {
        this.load = load;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        connected = channel.connect(relay);
        key = reactor.register(channel, connected ? 0 : SelectionKey.OP_CONNECT, this);
    }

    void ask(Priority as, Tally in) {
        level = as;
        tally = in;
        asked = System.nanoTime();
        in.share(as).asked++;
        if (connected) {
            send();
        }
    }

    private void send() {
        try {
            ByteBuffer request = load.request(level);
            while (request.hasRemaining()) {
                channel.write(request);
            }
            key.interestOps(SelectionKey.OP_READ);
        } catch (IOException e) {
            ended("not sent: " + e);
        }
    }

    @Override
    public void ready() {
        try {
            if (!connected) {
                connected = channel.finishConnect();
                send();
            } else if (channel.read(in) < 0) {
                ended("closed before its answer was whole");
            } else if (in.position() > 12) {
                begins();
            }
        } catch (IOException e) {
            ended(e.toString());
        }
    }

    private void begins() {
        Tally now = now();
        if (in.get(9) == '2') {
            now.firstBytes.add(System.nanoTime() - asked);
            stream = true;
            matched = -1;
            head.clear();
            key.interestOps(0);
            load.reactor().in(LOOK_MILLIS, this);
            return;
        }
        try {
            head.clear();
            int body = head.response(in.array(), 0, in.position(), false);
            if (body == Head.INCOMPLETE || in.position() - body < head.contentLength()) {
                return;
            }
            long end = System.nanoTime();
            now.refusals.add(end - asked);
            now.lastRefusal = end;
            now.share(level).refused++;
            String text = new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
            boolean proper = (head.status() == 503 || head.status() == 429)
                    && head.find("retry-after") >= 0
                    && text.substring(body).startsWith("{\"error\":{");
            if (!proper) {
                now.wrongRefusals++;
                now.example(text);
            }
            free(head.keepAlive());
        } catch (HttpException e) {
            ended(e.toString());
        }
    }

    @Override
    public void due() {
        try {
            int came;
            do {
                came = channel.read(in);
                take();
            } while (came > 0 && !walker.ended());
            if (walker.ended()) {
                whole();
            } else if (came < 0) {
                ended("closed within its stream");
            } else {
                load.reactor().in(LOOK_MILLIS, this);
            }
        } catch (IOException | HttpException e) {
            ended(e.toString());
        }
    }

    /** Compares what has come with what the provider sends. */
    private void take() throws IOException, HttpException {
        byte[] all = in.array();
        int end = in.position();
        int at = 0;
        if (matched < 0) {
            at = head.response(all, 0, end, false);
            if (at == Head.INCOMPLETE) {
                return;
            }
            walker.begin(head.framing(), head.contentLength());
            matched = 0;
        }
        byte[] expected = load.expected();
        for (; walker.next(all, at, end); at = walker.position()) {
            int from = walker.payloadFrom();
            int length = walker.payloadTo() - from;
            if (!Arrays.equals(
                    all, from, from + length, expected, matched, Math.min(expected.length, matched + length))) {
                throw new IOException("another stream than the provider's, from byte " + matched);
            }
            matched += length;
        }
        in.clear();
    }

    private void whole() {
        if (matched != load.expected().length) {
            ended("a stream of %d bytes (expected: %d)".formatted(matched, load.expected().length));
            return;
        }
        Tally now = now();
        now.share(level).whole++;
        load.whole(now, System.nanoTime() - asked);
        free(head.keepAlive());
    }

    private void free(boolean again) {
        tally = null;
        stream = false;
        in.clear();
        if (again) {
            key.interestOps(0);
            load.free(this);
        } else {
            gone();
        }
    }

    private void ended(String how) {
        Tally now = now();
        if (stream) {
            now.cut++;
        } else {
            now.unanswered++;
        }
        now.example(how);
        free(false);
    }

    private void gone() {
        Provider.closeQuietly(channel);
        load.gone();
    }

    private Tally now() {
        Tally now = tally;
        if (now == null) {
            throw new IllegalStateException("an answer to nothing");
        }
        return now;
    }
}
