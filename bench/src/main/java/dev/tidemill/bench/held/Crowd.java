package dev.tidemill.bench.held;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Many clients on one thread, each with a connection of its own: they come at a steady rate and listen until their streams
 * end. What an event's arrival is noted late by is at most the turn it was found in, and turns are timed.
 */
final class Crowd implements AutoCloseable {
    private static final int READ = 64 << 10;
    private static final long TICK_MILLIS = 5;

    private final InetSocketAddress address;
    private final byte[] request;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocate(READ);
    private final List<Listener> listeners = new ArrayList<>();
    private final Times turns = new Times();
    private final Times lateness = new Times();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger whole = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean closed;
    private @Nullable Thread thread;

    /** @param request whole, head and body */
    Crowd(InetSocketAddress address, byte[] request) throws IOException {
        this.address = address;
        this.request = request;
        this.selector = Selector.open();
    }

    /** Lets so many come, so many a second. */
    void come(int clients, double rate, int pieces) {
        thread = Thread.ofPlatform().name("crowd").start(() -> run(clients, rate, pieces));
    }

    private void run(int clients, double rate, int pieces) {
        long begin = System.nanoTime();
        try {
            while (!closed && whole.get() + failed.get() < clients) {
                long now = System.nanoTime();
                for (int next = opened.get(); next < clients; next++) {
                    long due = begin + (long) (next / rate * 1e9);
                    if (due > now) {
                        break;
                    }
                    lateness.add(now - due);
                    open(pieces);
                }
                selector.select(TICK_MILLIS);
                long found = System.nanoTime();
                for (SelectionKey key : selector.selectedKeys()) {
                    ready(key);
                }
                selector.selectedKeys().clear();
                turns.add(System.nanoTime() - found);
            }
        } catch (IOException e) {
            failed.addAndGet(clients); // ends all waiting; there is no such thing as some of a crowd
            listeners.forEach(listener -> listener.closed("the load itself failed: " + e));
        }
    }

    private void open(int pieces) throws IOException {
        Listener listener = new Listener(pieces, System.nanoTime());
        listeners.add(listener);
        opened.incrementAndGet();
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(address);
        channel.register(selector, SelectionKey.OP_CONNECT, listener);
    }

    private void ready(SelectionKey key) {
        Listener listener = (Listener) Objects.requireNonNull(key.attachment());
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                send(channel);
                key.interestOps(SelectionKey.OP_READ);
                return;
            }
            int length = channel.read(in.clear());
            int before = listener.pieces();
            if (length < 0) {
                listener.closed("closed");
            } else {
                listener.hear(in.array(), length, System.nanoTime());
            }
            if (before == 0 && listener.pieces() > 0) {
                begun.incrementAndGet();
            }
        } catch (IOException e) {
            listener.closed(e.toString());
        }
        if (listener.whole()) {
            whole.incrementAndGet();
            leave(channel);
        } else if (listener.fault() != null) {
            failed.incrementAndGet();
            leave(channel);
        }
    }

    private void send(SocketChannel channel) throws IOException {
        if (channel.write(ByteBuffer.wrap(request)) != request.length) {
            throw new IOException("a new connection takes less than " + request.length + " bytes");
        }
    }

    private static void leave(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing more is wanted of it.
        }
    }

    /** Who has come so far. */
    int opened() {
        return opened.get();
    }

    /** Who has had a first piece. */
    int begun() {
        return begun.get();
    }

    int whole() {
        return whole.get();
    }

    int failed() {
        return failed.get();
    }

    /** How long one turn took; only once all have ended. */
    Times turns() {
        return turns;
    }

    /** How much later than they should have clients came; only once all have ended. */
    Times lateness() {
        return lateness;
    }

    /** Only once all have ended. */
    List<Listener> listeners() {
        return listeners;
    }

    /** Waits for the end of all streams; returns whether it has come. */
    boolean await(long millis) throws InterruptedException {
        Thread running = Objects.requireNonNull(thread);
        running.join(millis);
        return !running.isAlive();
    }

    /** Nobody listens any longer. */
    void disperse() throws InterruptedException {
        closed = true;
        selector.wakeup();
        if (thread != null) {
            thread.join();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            disperse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
