package dev.tidemill.server;

import java.net.URI;

/** A server that accepts connections, as whoever started it holds it. */
public interface RunningServer extends AutoCloseable {
    /** The client port, with the real port where 0 was asked for; no slash at the end. */
    URI url();

    /** The admin port, likewise. */
    URI admin();

    /**
     * Takes no more work, waits for what runs (at most the configured time), then closes everything. Returns when the data
     * directory is free. Called at most once.
     */
    void drain() throws InterruptedException;

    /** Closes everything at once; harmless after {@link #drain}. */
    @Override
    void close();
}
