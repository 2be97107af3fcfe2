package dev.tidemill.bench.process;

import dev.tidemill.bench.caller.Caller;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a proof stands on: a simulated provider in this JVM, which counts what it is asked, and the relay as a process of its
 * own with a configuration, a data directory and a key. The ports stay the same when the relay is started again.
 */
public final class Site implements AutoCloseable {
    private final Scratch scratch;
    private final boolean ownScratch;
    private final Simulator simulator;
    private final Tidemill tidemill;
    private final Path configuration;
    private final URI url;
    private final String key;

    private Site(Scratch scratch, boolean ownScratch, Simulator simulator, Path data) throws InterruptedException {
        this.scratch = scratch;
        this.ownScratch = ownScratch;
        this.simulator = simulator;
        this.tidemill = new Tidemill(scratch);
        int port = Scratch.freePort();
        this.url = URI.create("http://127.0.0.1:" + port);
        this.configuration = Tidemill.configuration(scratch, port, 0, data, simulator.baseUrl(), "sim*");
        this.key = tidemill.createKey(configuration, "proof");
    }

    /** @param name of the proof, for the folder, which is deleted with the site */
    public static Site open(String name) throws IOException, InterruptedException {
        Scratch scratch = Scratch.create(name);
        return open(scratch, true, scratch.file("data"));
    }

    /**
     * @param scratch stays when the site goes
     * @param data the relay's data directory
     */
    public static Site open(Scratch scratch, Path data) throws IOException, InterruptedException {
        return open(scratch, false, data);
    }

    private static Site open(Scratch scratch, boolean own, Path data) throws IOException, InterruptedException {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        try {
            return new Site(scratch, own, simulator, data);
        } catch (IllegalStateException e) {
            simulator.close();
            if (own) {
                scratch.close();
            }
            throw e;
        }
    }

    /** Starts the relay; one at a time. */
    public Tidemill.Serving serve(Map<String, String> environment) throws InterruptedException {
        return tidemill.serve(configuration, environment);
    }

    public Simulator simulator() {
        return simulator;
    }

    /** Calls the relay with the site's key. */
    public Caller caller() {
        return new Caller(url, key);
    }

    /** Calls the simulator itself. */
    public Caller direct() {
        return new Caller(URI.create(simulator.origin()), "none");
    }

    public Path file(String name) {
        return scratch.file(name);
    }

    @Override
    public void close() {
        simulator.close();
        if (ownScratch) {
            scratch.close();
        }
    }
}
