package dev.tidemill.relay.exchange;

import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.route.Routes;
import java.util.concurrent.atomic.AtomicReference;

/** The snapshots that exchanges read: who may call, and where calls may go. Swapped whole from any thread. */
public final class Directory {
    private final AtomicReference<KeyRing> keys = new AtomicReference<>(KeyRing.EMPTY);
    private final AtomicReference<Routes> routes;

    public Directory(Routes routes) {
        this.routes = new AtomicReference<>(routes);
    }

    public KeyRing keys() {
        return keys.getAcquire();
    }

    public Routes routes() {
        return routes.getAcquire();
    }

    public void keys(KeyRing ring) {
        keys.set(ring);
    }

    public void routes(Routes next) {
        routes.set(next);
    }
}
