package dev.tidemill.relay.exchange;

import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.route.Routes;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The snapshots that exchanges read: who may call, and where calls may go. Swapped whole from any thread. */
public final class Directory {
    private final AtomicReference<KeyRing> keys = new AtomicReference<>(KeyRing.EMPTY);
    private final AtomicReference<Routes> routes;
    private volatile Consumer<Routes> before = routes -> {};

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
        before.accept(next);
        routes.set(next);
    }

    /** Tells {@code follower} of the present routes, and of all others before they are used. */
    public void beforeRoutes(Consumer<Routes> follower) {
        before = follower;
        follower.accept(routes());
    }
}
