package dev.tidemill.relay.upstream;

import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.loop.Loop;
import io.netty.channel.Channel;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All pools of one loop. A provider that a reload left as it was keeps its pool; one that is gone or changed stops being
 * asked for, and its connections end with their idle time.
 */
public final class Pools {
    /** What all loops share: resolver, trust, and how many live requests wait for each provider by name. */
    public static final class Shared {
        private final Resolver resolver;
        private final Trust trust;
        private final Map<String, AtomicInteger> liveWaiting = new java.util.concurrent.ConcurrentHashMap<>();

        /** @param blocking where trust stores are read */
        public Shared(Resolver resolver, Executor blocking) {
            this.trust = new Trust(blocking);
            this.resolver = resolver;
        }

        /** Live requests that wait for a connection to this provider, over all loops. */
        public int liveWaiting(String provider) {
            AtomicInteger waiting = liveWaiting.get(provider);
            return waiting == null ? 0 : waiting.get();
        }
    }

    private final Loop loop;
    private final Shared shared;
    private final Connector connector;
    private final Map<Provider, Pool> pools = new HashMap<>();
    private final IdentityHashMap<Provider, Pool> known = new IdentityHashMap<>();

    public Pools(Loop loop, Class<? extends Channel> channelType, Shared shared) {
        this.loop = loop;
        this.shared = shared;
        this.connector = new Connector(loop, channelType, shared.resolver, shared.trust);
        loop.eventLoop().scheduleAtFixedRate(this::sweep, 1, 1, TimeUnit.SECONDS);
    }

    public Pool of(Provider provider) {
        Pool pool = known.get(provider);
        if (pool == null) {
            pool = pools.computeIfAbsent(
                    provider,
                    p -> new Pool(
                            p,
                            loop,
                            connector,
                            shared.liveWaiting.computeIfAbsent(p.name(), name -> new AtomicInteger())));
            known.put(provider, pool);
        }
        return pool;
    }

    public Collection<Pool> all() {
        return pools.values();
    }

    private void sweep() {
        long now = System.nanoTime();
        pools.values().forEach(pool -> pool.sweep(now));
        pools.values().removeIf(Pool::retire);
        known.clear(); // reloads bring ever new objects of the same provider
    }

    public void closeIdle() {
        pools.values().forEach(Pool::closeIdle);
    }
}
