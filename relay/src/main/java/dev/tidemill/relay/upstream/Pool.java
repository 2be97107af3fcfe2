package dev.tidemill.relay.upstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.loop.Loop;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One loop's connections to one provider. The last one used is used next, so that the others age and close. At most
 * {@link Provider.Pool#connections} are open; past that requests wait, live ones before batch lines, each kind in order of
 * arrival. Loop only.
 */
public final class Pool {
    private final Provider provider;
    private final Loop loop;
    private final Connector connector;
    private final Provider.Pool options;
    private final AtomicInteger liveWaiting;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Waiter> live = new ArrayDeque<>();
    private final ArrayDeque<Waiter> lines = new ArrayDeque<>();
    private int open;
    private int opening;
    private boolean retired;

    Pool(Provider provider, Loop loop, Connector connector, AtomicInteger liveWaiting) {
        this.provider = provider;
        this.loop = loop;
        this.connector = connector;
        this.options = provider.pool();
        this.liveWaiting = liveWaiting;
    }

    public Provider provider() {
        return provider;
    }

    /** An idle connection, or null: then {@link #enqueue}. */
    public @Nullable UpstreamConnection take() {
        long now = System.nanoTime();
        for (UpstreamConnection connection; (connection = idle.pollLast()) != null; ) {
            if (connection.usable(now, options)) {
                return connection;
            }
            connection.close();
        }
        return null;
    }

    /** Queues for the next connection; opens one if there may be more. Fails at once when the queue is full. */
    public void enqueue(Waiter waiter) {
        ArrayDeque<Waiter> queue = waiter.live() ? live : lines;
        if (queue.size() >= options.waiting()) {
            waiter.connectFailed(busy(options.waiting() + " requests wait"));
            return;
        }
        queue.add(waiter);
        if (waiter.live()) {
            liveWaiting.incrementAndGet();
        }
        grow();
    }

    /** Takes a waiter out of the queue, if it is still there. */
    public void giveUp(Waiter waiter) {
        if (live.remove(waiter)) {
            liveWaiting.decrementAndGet();
        } else {
            lines.remove(waiter);
        }
    }

    /** Why nobody who waits gets a connection: all that may be are in use. Null: it is the provider's doing, or there are some. */
    public @Nullable Failure exhausted() {
        return opening > 0 || open < options.connections() ? null : busy("none became free in time");
    }

    private Failure busy(String so) {
        return Failure.overloaded(
                "all %d connections to provider %s are busy and %s. Try again later"
                        .formatted(options.connections(), provider.name(), so),
                Duration.ofSeconds(1));
    }

    public int open() {
        return open;
    }

    public int idle() {
        return idle.size();
    }

    public int waiting() {
        return live.size() + lines.size();
    }

    private void grow() {
        while (opening < live.size() + lines.size() && open + opening < options.connections()) {
            opening++;
            connector.open(provider, this::opened);
        }
    }

    private void opened(@Nullable Channel channel, @Nullable Failure failure) {
        opening--;
        if (channel != null) {
            open++;
            UpstreamConnection connection = new UpstreamConnection(this, loop, channel);
            channel.pipeline().addLast(connection);
            if (channel.isActive()) {
                release(connection);
            } else {
                connection.close();
            }
            return;
        }
        Waiter waiter = next();
        if (waiter != null && failure != null) {
            waiter.connectFailed(failure);
        }
        grow();
    }

    /** Ends a pool in which nothing is; an attempt that still holds it gets a connection that is used once. */
    boolean retire() {
        retired = open + opening == 0 && waiting() == 0;
        return retired;
    }

    void release(UpstreamConnection connection) {
        Waiter waiter = next();
        if (waiter == null) {
            if (retired) {
                connection.close();
            } else {
                idle.addLast(connection);
            }
        } else {
            waiter.connected(connection);
        }
    }

    void closed(UpstreamConnection connection) {
        open--;
        idle.remove(connection);
        grow();
    }

    private @Nullable Waiter next() {
        Waiter waiter = live.poll();
        if (waiter != null) {
            liveWaiting.decrementAndGet();
            return waiter;
        }
        return lines.poll();
    }

    /** Closes what has been idle or open too long. Called each second. */
    void sweep(long now) {
        for (UpstreamConnection connection : idle.toArray(UpstreamConnection[]::new)) {
            if (!connection.usable(now, options)) {
                connection.close();
            }
        }
    }

    void closeIdle() {
        for (UpstreamConnection connection : idle.toArray(UpstreamConnection[]::new)) {
            connection.close();
        }
    }
}
