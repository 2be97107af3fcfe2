package dev.tidemill.relay.downstream;

import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.relay.replay.ReplayLogs;
import dev.tidemill.relay.service.Routing;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What all connections of one listening port share. Thread-safe. */
final class Port {
    /** Connections that may be told at one time that they are too many. */
    private static final int TURNED_AWAY = 64;

    private final Limits limits;
    private final Routing routing;
    private final boolean relays;
    private final Executor services;
    private final ReplayLogs replayLogs;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> addresses = new ConcurrentHashMap<>();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean draining;

    /** @param relays whether model calls are taken, beside the services of {@code routing} */
    Port(Limits limits, Routing routing, boolean relays, Executor services, ReplayLogs replayLogs) {
        this.limits = limits;
        this.routing = routing;
        this.relays = relays;
        this.services = services;
        this.replayLogs = replayLogs;
    }

    /** Counts a connection in, whatever is answered; null: it may stay, else why not. */
    @Nullable
    String enter(String address) {
        int same = addresses.merge(address, 1, Integer::sum);
        if (open.incrementAndGet() > limits.connections()) {
            return limits.connections() + " connections are open, which is the limit";
        }
        if (same > limits.connectionsPerAddress()) {
            return limits.connectionsPerAddress() + " connections are open from this address, which is the limit";
        }
        return null;
    }

    /** Whether even those that are turned away are too many. */
    boolean crowded(String address) {
        return open.get() > limits.connections() + TURNED_AWAY
                || addresses.getOrDefault(address, 0) > limits.connectionsPerAddress() + TURNED_AWAY;
    }

    void leave(String address) {
        open.decrementAndGet();
        addresses.computeIfPresent(address, (a, count) -> count <= 1 ? null : count - 1);
    }

    void add(HttpConnection connection) {
        connections.add(connection);
    }

    void remove(HttpConnection connection) {
        connections.remove(connection);
    }

    Set<HttpConnection> connections() {
        return connections;
    }

    Limits limits() {
        return limits;
    }

    Routing routing() {
        return routing;
    }

    boolean relays() {
        return relays;
    }

    Executor services() {
        return services;
    }

    ReplayLogs replayLogs() {
        return replayLogs;
    }

    boolean draining() {
        return draining;
    }

    void drain() {
        draining = true;
    }

    void callBegan() {
        calls.incrementAndGet();
    }

    void callEnded() {
        calls.decrementAndGet();
    }

    long calls() {
        return calls.get();
    }

    HttpConnection connection(ExchangeLoop home, String address) {
        return new HttpConnection(this, home, address);
    }
}
