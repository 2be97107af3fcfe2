package dev.tidemill.relay.upstream;

import dev.tidemill.core.Failure;

/** Who waits for a connection. Called on the loop, exactly one of the two, unless it gave up before. */
public interface Waiter {
    void connected(UpstreamConnection connection);

    void connectFailed(Failure failure);

    /** Live requests are served before batch lines. */
    boolean live();
}
