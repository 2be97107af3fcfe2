package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A provider under a fault, and the way to it. */
public final class Upstream implements AutoCloseable {
    private static final int MOST_IN_A_QUEUE = 64;
    private static final int NO_ANSWER = 150;

    /** The relay's key with it, which no client may ever see. */
    public static final String KEY = "sk-first";

    private final Way way;
    private final Behaviour behaviour;
    private final Simulator simulator;
    private final @Nullable ServerSocket full;
    private final List<Socket> queue = new ArrayList<>();

    private Upstream(Way way, String notation) throws IOException {
        this.way = way;
        this.behaviour = behaving(notation);
        this.simulator =
                Simulator.start(Scenario.of(behaviour).behind(way.door()).over(way.tls()), 0);
        this.full = way == Way.SILENT ? new ServerSocket(0, 1, InetAddress.getLoopbackAddress()) : null;
        if (full != null) {
            fill(full);
        }
    }

    /** The provider of a row, newly started; in one piece, it may have the fault that is nearest. */
    public static Upstream of(FaultRow row, boolean stream) throws IOException {
        return new Upstream(row.setup().way(), row.notation(stream));
    }

    /** One without a fault. */
    public static Upstream good() throws IOException {
        return new Upstream(Way.OPEN, "ok");
    }

    private static Behaviour behaving(String notation) {
        return Behaviour.of("text=" + FaultTable.TEXT + "+" + notation);
    }

    /** Connects until nobody answers any more. */
    private void fill(ServerSocket listener) throws IOException {
        while (queue.size() < MOST_IN_A_QUEUE) {
            Socket socket = new Socket();
            queue.add(socket);
            try {
                socket.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()), NO_ANSWER);
            } catch (SocketTimeoutException unanswered) {
                return;
            }
        }
        throw new IOException("a queue for one takes " + MOST_IN_A_QUEUE + " connections");
    }

    /** What the provider says to whoever asks without a relay between; its faults begin anew. A long prompt is not needed. */
    Seen says(Api api, boolean stream, Setup setup, Duration patience) throws IOException {
        simulator.behave(behaviour);
        Caller caller =
                new Caller(new InetSocketAddress(InetAddress.getLoopbackAddress(), simulator.port()), KEY, patience);
        return caller.ask(api, api.path("sim", stream), api.body("sim", stream, setup.padded(0)));
    }

    /** From the next request on, without a fault. */
    void mend() {
        simulator.behave(behaving("ok"));
    }

    public Simulator simulator() {
        return simulator;
    }

    /** What a relay is given as base URL. */
    public URI baseUrl(Api api) {
        String host = way.host();
        if (full != null) {
            return URI.create("http://127.0.0.1:" + full.getLocalPort() + api.version());
        }
        return URI.create((host == null ? simulator.origin() : "http://" + host + ":9") + api.version());
    }

    /** The authority that a relay is told to trust, as PEM; null: it needs none. */
    public @Nullable String authority() {
        return simulator.origin().startsWith("https:") ? simulator.authorityPem() : null;
    }

    @Override
    public void close() throws IOException {
        simulator.close();
        for (Socket socket : queue) {
            socket.close();
        }
        if (full != null) {
            full.close();
        }
    }
}
