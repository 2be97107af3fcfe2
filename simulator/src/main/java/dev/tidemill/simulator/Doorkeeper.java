package dev.tidemill.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the listening socket: accepts, refuses by closing it, and opens it again on the same port.
 *
 * <p>One virtual thread accepts for each socket that is opened. All changes of the door are made under the object's lock; the accepting
 * thread takes none.
 */
final class Doorkeeper implements AutoCloseable {
    private static final int BACKLOG = 4_096;
    /** Of a port that it had before. */
    private static final int MOST_TRIES = 250;

    private final Consumer<Socket> guests;
    private final AtomicLong toClose = new AtomicLong();
    private InetSocketAddress address;
    /** Whether it has had this port before. */
    private boolean settled;

    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;
    /** Has the port while nobody listens, so that nobody else gets it: bound without listening, it refuses. */
    private @Nullable Socket placeholder;

    private boolean ended;
    private volatile Door door = Door.OPEN;

    Doorkeeper(InetSocketAddress address, Consumer<Socket> guests) {
        this.address = address;
        this.guests = guests;
    }

    /** Binds the address, which also settles the port, then takes up its post. */
    synchronized void open(Door first) throws IOException {
        listen();
        set(first);
    }

    synchronized int port() {
        return address.getPort();
    }

    /** From now on, until told otherwise. */
    synchronized void set(Door wanted) {
        door = wanted;
        if (ended) {
            return;
        }
        try {
            if (wanted == Door.REFUSE) {
                shut();
                hold();
            } else if (listener == null) {
                listen();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException("port " + port() + " cannot be opened again", broken);
        }
    }

    /** Refuses for a time, then opens again. */
    void refuse(Duration time) {
        set(Door.REFUSE);
        Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(time);
                set(Door.OPEN);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** The next so many connections are closed as soon as they are accepted. */
    void closeNext(long connections) {
        toClose.addAndGet(connections);
    }

    @Override
    public synchronized void close() {
        ended = true;
        try {
            shut();
            release();
        } catch (IOException broken) {
            // A listener that cannot be closed ends with the process.
        }
    }

    private void hold() throws IOException {
        if (placeholder != null) {
            return;
        }
        Socket holds = new Socket();
        holds.setReuseAddress(true);
        try {
            holds.bind(address);
            placeholder = holds;
        } catch (
                BindException
                        taken) { // somebody's outgoing connection was given it meanwhile: that does not listen either
            holds.close();
        }
    }

    private void release() throws IOException {
        if (placeholder != null) {
            placeholder.close();
            placeholder = null;
        }
    }

    private void listen() throws IOException {
        release();
        ServerSocket opened = bound();
        address = new InetSocketAddress(address.getAddress(), opened.getLocalPort());
        settled = true;
        listener = opened;
        acceptor =
                Thread.ofVirtual().name("sim-accept-" + opened.getLocalPort()).start(() -> accept(opened));
    }

    /** Waits while an outgoing connection of somebody else's has the port. */
    private ServerSocket bound() throws IOException {
        for (int tries = 1; ; tries++) {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            try {
                opened.bind(address, BACKLOG);
                return opened;
            } catch (BindException taken) {
                opened.close();
                if (!settled || tries == MOST_TRIES || !rests()) {
                    throw taken;
                }
            }
        }
    }

    private void shut() throws IOException {
        if (listener != null) {
            listener.close();
            listener = null;
            joinAcceptor();
        }
    }

    /** The socket of a virtual thread that is inside accept is closed by that thread as it leaves, so only then is the port shut. */
    private void joinAcceptor() {
        try {
            if (acceptor != null && !acceptor.join(Duration.ofSeconds(5))) {
                throw new IllegalStateException("port " + address.getPort() + " does not close");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                if (door == Door.CLOSE || takesOneToClose()) {
                    socket.close();
                } else {
                    guests.accept(socket);
                }
            } catch (IOException closedOrFull) {
                if (!from.isClosed() && !rests()) {
                    return;
                }
            }
        }
    }

    /** Waits a moment after a failed accept, such as one for want of descriptors; false when stopped meanwhile. */
    private static boolean rests() {
        try {
            Thread.sleep(Duration.ofMillis(20));
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean takesOneToClose() {
        return toClose.get() > 0 && toClose.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}
