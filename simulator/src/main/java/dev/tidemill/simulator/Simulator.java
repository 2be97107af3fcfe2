package dev.tidemill.simulator;

import dev.tidemill.simulator.anthropic.Anthropic;
import dev.tidemill.simulator.gemini.Gemini;
import dev.tidemill.simulator.openai.OpenAi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A scripted provider on a port of this machine. It answers as a provider would, as fast or slow as asked, fails in every way of
 * {@link FaultKind}, and counts and keeps what it was asked.
 *
 * <p>Thread-safe. Each connection has a virtual thread; at most {@value #MOST_CONNECTIONS} are open at once, further ones are closed.
 */
public final class Simulator implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 20_000;

    private final Counters counters = new Counters();
    private final Recorder recorder = new Recorder();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final Doorkeeper door;
    private final Responder responder;
    private final Handshake handshake;
    private final Tls tls;
    private final @Nullable Authority authority;

    private Simulator(Scenario scenario, InetSocketAddress address, InstantSource clock) throws IOException {
        this.tls = scenario.tls();
        this.authority = tls == Tls.OFF ? null : authority(clock);
        this.handshake = authority == null ? Handshake.NONE : handshake(tls, authority);
        this.door = new Doorkeeper(address, this::welcome);
        this.responder = new Responder(
                List.of(new Gemini(), new Anthropic(), new OpenAi(Long.toHexString(new SplittableRandom().nextLong()))),
                scenario,
                counters,
                recorder,
                door,
                clock,
                new SimPages(counters, recorder, this::play));
        door.open(scenario.door());
    }

    /**
     * Starts on 127.0.0.1 with one behaviour for every request.
     *
     * @param port 0 for any free one
     * @throws IOException when the port is taken
     */
    public static Simulator start(Behaviour behaviour, int port) throws IOException {
        return start(Scenario.of(behaviour), port);
    }

    /**
     * Starts on 127.0.0.1.
     *
     * @param port 0 for any free one
     * @throws IOException when the port is taken
     */
    public static Simulator start(Scenario scenario, int port) throws IOException {
        return start(scenario, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), InstantSource.system());
    }

    /**
     * Starts on an address.
     *
     * @param clock tells the time in answers; pace and stalls follow the machine's own
     * @throws IOException when the address cannot be bound
     */
    public static Simulator start(Scenario scenario, InetSocketAddress address, InstantSource clock)
            throws IOException {
        return new Simulator(scenario, address, clock);
    }

    /** The port it listens on. */
    public int port() {
        return door.port();
    }

    /** What a client is given as base URL, {@code http://127.0.0.1:9001/v1}. */
    public String baseUrl() {
        return origin() + "/v1";
    }

    /** Scheme, host and port alone. */
    public String origin() {
        return (tls == Tls.OFF ? "http" : "https") + "://127.0.0.1:" + port();
    }

    /**
     * The certificate of the authority that has signed the simulator's, as PEM.
     *
     * @throws IllegalStateException without TLS
     */
    public String authorityPem() {
        if (authority == null) {
            throw new IllegalStateException("tls: off (expected: a mode with certificates)");
        }
        try {
            return authority.pem();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** What has happened so far. A request is counted as answered just after its last byte, so a reader may be a moment early. */
    public Counts counts() {
        return counters.now();
    }

    /**
     * What has happened, once nothing is being answered any more.
     *
     * @throws IllegalStateException when something still is after {@code limit}
     */
    public Counts countsAtRest(Duration limit) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        while (counters.running() > 0) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException(
                        counters.running() + " requests are still being answered after " + limit);
            }
            Thread.sleep(2);
        }
        return counters.now();
    }

    /** The last requests, oldest first: at most 1,024 and 64 MiB. */
    public List<SeenRequest> requests() {
        return recorder.all();
    }

    /** From the next request on, who is told of each before it is answered, on its connection's thread. */
    public void watch(Consumer<Arrival> watcher) {
        responder.watch(watcher);
    }

    /** From the next request on, this behaviour where no rule fits. */
    public void behave(Behaviour behaviour) {
        play(responder.scenario().otherwise(behaviour));
    }

    /** From the next request on, this scenario; its TLS mode is left as it was. */
    public void play(Scenario scenario) {
        responder.play(scenario);
        door.set(scenario.door());
    }

    /** From the next connection on. */
    public void door(Door wanted) {
        door.set(wanted);
    }

    /** Counts and kept requests back to nothing. */
    public void reset() {
        counters.reset();
        recorder.clear();
    }

    /** Resets every open connection; the listener stays. */
    public void dropConnections() {
        for (Socket socket : sockets) {
            drop(socket);
        }
    }

    @Override
    public void close() {
        door.close();
        dropConnections();
    }

    private static Authority authority(InstantSource clock) throws IOException {
        try {
            return new Authority(clock.instant());
        } catch (GeneralSecurityException broken) {
            throw new IOException("no certificates can be made", broken);
        }
    }

    private static Handshake handshake(Tls mode, Authority authority) throws IOException {
        try {
            return new TlsHandshake(mode, authority);
        } catch (GeneralSecurityException broken) {
            throw new IOException("no certificates can be made", broken);
        }
    }

    private void welcome(Socket socket) {
        if (sockets.size() >= MOST_CONNECTIONS) {
            drop(socket);
            return;
        }
        sockets.add(socket);
        counters.opened();
        Connection connection = new Connection(socket, handshake, responder, counters, numbers.incrementAndGet());
        Thread.ofVirtual().name("sim-connection").start(() -> {
            try {
                connection.run();
            } finally {
                sockets.remove(socket);
                counters.closed();
            }
        });
    }

    private static void drop(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to drop.
        }
    }
}
