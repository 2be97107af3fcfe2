package dev.tidemill.relay;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Choices;
import dev.tidemill.core.health.Health;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.core.response.ResponseRecords;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.admission.Admissions;
import dev.tidemill.relay.admission.UpstreamLimit;
import dev.tidemill.relay.background.Backgrounds;
import dev.tidemill.relay.downstream.Listener;
import dev.tidemill.relay.exchange.Directory;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.relay.line.LineRuns;
import dev.tidemill.relay.line.Lines;
import dev.tidemill.relay.loop.Loop;
import dev.tidemill.relay.loop.Memory;
import dev.tidemill.relay.meter.AccessLog;
import dev.tidemill.relay.meter.AdmissionMeters;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.relay.replay.MemoryReplayLogs;
import dev.tidemill.relay.replay.StreamService;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.upstream.Pools;
import dev.tidemill.relay.upstream.Resolver;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The live path as a whole: loops, ports, pools. Started once, drained once. */
public final class Relay implements AutoCloseable {
    /** Targets whose health is remembered though no configuration names them. */
    private static final int HEALTH_OF_OTHERS = 1024;

    private final RelayOptions options;
    private final Directory directory;
    private final AccessLog accessLog;
    private final Memory memory;
    private final EventLoopGroup group;
    private final Transport transport;
    private final ExecutorService blocking = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("service-", 0).factory());
    private final Pools.Shared pools;
    private final Health health;
    private final Admissions admissions;
    private final List<ExchangeLoop> loops = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final LineRuns lines;
    private final MemoryReplayLogs replayLogs;
    private final StreamService streams;
    private final Backgrounds backgrounds;

    /** One that keeps no record of what providers store. */
    public Relay(RelayOptions options, Directory directory) {
        this(options, directory, ResponseRecords.NONE);
    }

    /** @param responses where it is recorded which target holds an answer */
    public Relay(RelayOptions options, Directory directory, ResponseRecords responses) {
        this(options, directory, responses, Exchange.LIFE, Resolver.SYSTEM);
    }

    /**
     * @param life the phases; {@link Exchange#LIFE} but for tests that put one of their own between
     * @param lookup how names of providers become addresses
     */
    public Relay(
            RelayOptions options,
            Directory directory,
            ResponseRecords responses,
            List<Phase> life,
            Resolver.Lookup lookup) {
        this.options = options;
        this.directory = directory;
        this.memory = new Memory(options.memoryBytes());
        this.accessLog = new AccessLog(
                options.accessLog(), life.stream().map(Phase::phaseName).toList());
        this.transport = Transport.best();
        this.group = new MultiThreadIoEventLoopGroup(
                options.loops(), Thread.ofPlatform().name("loop-", 0).factory(), transport.factory());
        this.pools = new Pools.Shared(new Resolver(lookup, blocking, System::nanoTime), blocking);
        this.health = new Health(options.seed(), HEALTH_OF_OTHERS, options.clock(), options.healthChanges());
        this.replayLogs = new MemoryReplayLogs(
                MemoryReplayLogs.MOST_STREAMS, Math.max(1, options.memoryBytes() / 2), System::nanoTime);
        this.backgrounds = new Backgrounds(replayLogs, responses);
        this.admissions = new Admissions(options.loops());
        directory.beforeRoutes(routes -> {
            health.reload(routes, System.nanoTime());
            admissions.configure(routes, System.nanoTime());
        });
        ExchangeLoop.Shared shared = new ExchangeLoop.Shared(
                directory,
                new Choices(health),
                responses,
                backgrounds,
                admissions,
                accessLog,
                options.clock(),
                blocking);
        for (int i = 0; i < options.loops(); i++) {
            EventLoop eventLoop = group.next();
            Loop loop = new Loop(eventLoop, transport.factory(), memory, options.seed() + i);
            ExchangeLoop home = new ExchangeLoop(
                    loop, new Pools(loop, transport.clientChannel(), this.pools), shared, options.shedding(), life);
            home.start(i);
            loops.add(home);
        }
        this.lines = new LineRuns(loops, this::headroom);
        this.streams = new StreamService(replayLogs);
        group.next().scheduleAtFixedRate(replayLogs::sweep, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * Opens a port.
     *
     * @param relays whether it takes model calls
     * @param routes what it serves beside them
     * @return the address with the real port
     */
    public InetSocketAddress listen(InetSocketAddress address, boolean relays, List<Route> routes) throws IOException {
        Listener listener = Listener.open(
                transport.serverChannel(),
                group,
                loops,
                address,
                options.limits(),
                relays,
                routes,
                blocking,
                replayLogs,
                backgrounds);
        listeners.add(listener);
        return listener.address();
    }

    /** Where batch lines enter. */
    public Lines lines() {
        return lines;
    }

    /** What can be come back to. */
    public StreamService streams() {
        return streams;
    }

    /** What is kept for those who come back. */
    public MemoryReplayLogs replayLogs() {
        return replayLogs;
    }

    /**
     * Whether no live request waits for a connection to, or room at, a provider that may answer for this model, and no loop
     * has so much to do that it turns anybody away.
     */
    private boolean headroom(String name) {
        if (load() > 0) {
            return false;
        }
        Model model = directory.routes().find(name);
        if (model == null) {
            return true;
        }
        for (Target target : model.targets()) {
            String provider = target.provider().name();
            if (pools.liveWaiting(provider) > 0 || admissions.upstreams().liveWaiting(provider) > 0) {
                return false;
            }
        }
        return true;
    }

    /** The sum over all loops at this moment. */
    public Meters meters() {
        return Meters.sum(loops.stream().map(ExchangeLoop::meters).toList());
    }

    /** How targets, credentials and hosts do. */
    public Health health() {
        return health;
    }

    /**
     * Limits as they stand.
     *
     * @param meters who waits, and who was turned away
     * @param oldestNanos how long the one who has waited longest has stood
     * @param load our own, 0 to 1
     * @param shed who is turned away altogether because of it
     * @param keys keys with limits that were in use lately
     * @param targets what each target bears with each credential
     */
    public record LimitsState(
            AdmissionMeters meters,
            long oldestNanos,
            double load,
            Shedding.Level shed,
            int keys,
            List<UpstreamLimit.State> targets) {}

    /** Who waits, who is turned away, and what targets bear. */
    public LimitsState limits() {
        long now = System.nanoTime();
        double load = load();
        return new LimitsState(
                AdmissionMeters.sum(
                        loops.stream().map(ExchangeLoop::admissionMeters).toList()),
                admissions.oldestNanos(now),
                load,
                Shedding.level(load),
                admissions.keys().size(),
                admissions.upstreams().states(health::remembers, now));
    }

    /** Of the loop that has most to do. */
    private double load() {
        double most = 0;
        for (ExchangeLoop home : loops) {
            most = Math.max(most, home.shedding().load());
        }
        return most;
    }

    /** Bytes of request bodies and held answers in memory. */
    public Memory memory() {
        return memory;
    }

    /** One provider's connections over all loops. */
    public record PoolState(String provider, int open, int idle, int waiting) {
        private PoolState plus(PoolState other) {
            return new PoolState(provider, open + other.open, idle + other.idle, waiting + other.waiting);
        }
    }

    /** The pools as they are, by provider; a provider may have one on each loop, and after a reload two. Asks each loop. */
    public List<PoolState> pools() {
        SortedMap<String, PoolState> states = new TreeMap<>();
        for (ExchangeLoop home : loops) {
            List<PoolState> here = on(
                    home,
                    () -> home.pools().all().stream()
                            .map(pool ->
                                    new PoolState(pool.provider().name(), pool.open(), pool.idle(), pool.waiting()))
                            .toList());
            here.forEach(pool -> states.merge(pool.provider(), pool, PoolState::plus));
        }
        return List.copyOf(states.values());
    }

    /**
     * Stops taking requests, lets those that run come to their end, and ends those that have not by then with an honest
     * error. Returns when the last one is over. Ports that take no model calls serve until the {@link #close}, so that
     * whoever watches can see the drain.
     */
    public void drain(Duration patience) {
        listeners.stream().filter(Listener::relays).forEach(Listener::drain);
        Instant until = Instant.now().plus(patience);
        while (running() > 0 && Instant.now().isBefore(until)) {
            sleep();
        }
        endRunning();
        for (int i = 0; i < 50 && running() > 0; i++) {
            sleep();
        }
    }

    private void endRunning() {
        Failure why = Failure.of(
                Kind.DRAINING,
                "draining",
                "this relay is shutting down and the answer was not finished in time. Try again");
        for (ExchangeLoop home : loops) {
            on(home, () -> {
                home.running().forEach(exchange -> exchange.fail(why));
                return true;
            });
        }
    }

    /** Exchanges and service calls that run now. */
    public long running() {
        return meters().running()
                + listeners.stream().mapToLong(Listener::calls).sum();
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T on(ExchangeLoop home, java.util.concurrent.Callable<T> task) {
        Future<T> result = home.loop().eventLoop().submit(task);
        try {
            return result.get(5, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("event loop does not answer", e);
        }
    }

    /** Closes everything at once; whoever waits for a line is told. A second call changes nothing. */
    @Override
    public void close() {
        if (group.isShuttingDown()) {
            return;
        }
        listeners.forEach(Listener::close);
        lines.close();
        endRunning();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        blocking.shutdownNow();
        accessLog.close();
    }
}
