package dev.tidemill.server;

import dev.tidemill.batch.Ids;
import dev.tidemill.batch.file.FilesService;
import dev.tidemill.batch.job.BatchesService;
import dev.tidemill.batch.job.ModelCheck;
import dev.tidemill.batch.run.BatchEngine;
import dev.tidemill.batch.run.EngineOptions;
import dev.tidemill.core.health.HealthListener;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.relay.Relay;
import dev.tidemill.relay.RelayOptions;
import dev.tidemill.relay.downstream.Limits;
import dev.tidemill.relay.exchange.Directory;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.server.admin.AdminToken;
import dev.tidemill.server.admin.ConfigurationRoutes;
import dev.tidemill.server.admin.HealthEvents;
import dev.tidemill.server.admin.HealthStateRoutes;
import dev.tidemill.server.admin.KeyRoutes;
import dev.tidemill.server.admin.StoredKeys;
import dev.tidemill.server.config.Address;
import dev.tidemill.server.config.BatchOptions;
import dev.tidemill.server.config.ConfigWatch;
import dev.tidemill.server.config.Configuration;
import dev.tidemill.server.config.Outcome;
import dev.tidemill.server.config.ServerOptions;
import dev.tidemill.server.endpoint.HealthRoutes;
import dev.tidemill.server.endpoint.MetricsRoutes;
import dev.tidemill.server.endpoint.ModelRoutes;
import dev.tidemill.store.AdminAccess;
import dev.tidemill.store.DataDirectory;
import dev.tidemill.store.Store;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: the composition root. Parts are started from the ground up (directory, store, relay, batches, ports) and closed
 * in reverse; a client is let in last and out first.
 */
public final class Server implements RunningServer {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final Configuration configuration;
    private final DataDirectory data;
    private final Store store;
    private final Relay relay;
    private final BatchEngine batches;
    private final ConfigWatch watch;
    private final URI url;
    private final URI admin;
    private volatile boolean draining;
    private boolean closed;

    /**
     * Starts everything; returns once connections are accepted.
     *
     * @throws IOException the data directory is in use or unusable, or a port is taken; says which
     */
    public static Server start(Outcome.Loaded loaded) throws IOException {
        Resolver.disableJdkCache();
        DataDirectory data = DataDirectory.open(loaded.configuration().data());
        Store store = null;
        Relay relay = null;
        try {
            store = Store.open(data);
            Directory directory = new Directory(loaded.configuration().routes());
            HealthEvents events = new HealthEvents();
            relay = new Relay(
                    relayOptions(loaded.configuration()).withHealthChanges(events), directory, store.responses());
            return new Server(loaded, data, store, relay, directory, events);
        } catch (IOException | RuntimeException e) {
            if (relay != null) {
                relay.close();
            }
            if (store != null) {
                store.close();
            }
            data.close();
            throw e;
        }
    }

    private Server(
            Outcome.Loaded loaded,
            DataDirectory data,
            Store store,
            Relay relay,
            Directory directory,
            HealthEvents events)
            throws IOException {
        this.configuration = loaded.configuration();
        this.data = data;
        this.store = store;
        this.relay = relay;
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        Ids ids = new Ids(random);

        store.keys().onChange(keys -> directory.keys(new KeyRing(keys)));
        directory.keys(new KeyRing(store.keys().all()));
        this.watch = new ConfigWatch(loaded, changed -> directory.routes(changed.routes()), clock);
        this.batches = BatchEngine.of(
                store.batches(),
                store.files(),
                store.blobs(),
                relay.lines(),
                modelCheck(directory, clock),
                ids,
                engineOptions(configuration.batch()),
                clock);

        AdminToken token = AdminToken.generate(random);
        List<Route> health = HealthRoutes.of(() -> draining, watch);
        List<Route> adminRoutes = new ArrayList<>(health);
        adminRoutes.addAll(MetricsRoutes.of(relay, batches));
        adminRoutes.addAll(KeyRoutes.of(new StoredKeys(store.keys(), clock, random), token));
        adminRoutes.addAll(ConfigurationRoutes.of(watch, token));
        adminRoutes.addAll(HealthStateRoutes.of(relay.health(), events, clock, token));
        List<Route> clientRoutes = new ArrayList<>(health);
        clientRoutes.addAll(ModelRoutes.of(directory, clock.instant()));
        clientRoutes.addAll(
                new FilesService(store.files(), store.blobs(), ids, clock, batchLimits(configuration)).routes());
        clientRoutes.addAll(relay.streams().routes());
        clientRoutes.addAll(new BatchesService(store.batches(), batches, ids, clock).routes());

        ServerOptions options = configuration.server();
        this.admin = listen(options.admin(), false, adminRoutes);
        data.publish(new AdminAccess(admin, token.text()));
        this.url = listen(options.listen(), true, clientRoutes);
        batches.start();
        watch.start();
        LOG.info(
                "{} models, {} keys, data in {}",
                directory.routes().names().size(),
                directory.keys().size(),
                configuration.data());
    }

    private URI listen(Address address, boolean relays, List<Route> routes) throws IOException {
        InetSocketAddress bound = relay.listen(address.toSocketAddress(), relays, routes);
        return URI.create("http://" + new Address(address.host(), bound.getPort()));
    }

    private static ModelCheck modelCheck(Directory directory, InstantSource clock) {
        return (keyId, model) -> {
            Key key = directory.keys().byId(keyId);
            return key != null
                    && key.valid(clock)
                    && key.mayUse(model)
                    && directory.routes().find(model) != null;
        };
    }

    private static RelayOptions relayOptions(Configuration configuration) {
        ServerOptions server = configuration.server();
        return new RelayOptions(
                server.loops() > 0 ? server.loops() : Runtime.getRuntime().availableProcessors(),
                server.memory(),
                new Limits(
                        server.maxConnections(),
                        server.maxConnectionsPerAddress(),
                        server.maxHeaders(),
                        Math.toIntExact(server.maxBody()),
                        server.headerTimeout(),
                        server.bodyTimeout(),
                        server.keepAlive(),
                        server.writeStall(),
                        server.cors()),
                configuration.log().accessIn(configuration.data()),
                InstantSource.system(),
                new SecureRandom().nextLong(),
                HealthListener.NONE);
    }

    private static dev.tidemill.batch.Limits batchLimits(Configuration configuration) {
        BatchOptions batch = configuration.batch();
        dev.tidemill.batch.Limits standard = dev.tidemill.batch.Limits.DEFAULT;
        return new dev.tidemill.batch.Limits(
                configuration.server().maxFile(),
                batch.maxInput(),
                batch.maxLines(),
                batch.maxLine(),
                standard.faults(),
                standard.customIdChars());
    }

    private EngineOptions engineOptions(BatchOptions batch) {
        EngineOptions standard = EngineOptions.DEFAULT;
        return new EngineOptions(
                batchLimits(configuration),
                batch.concurrency(),
                standard.active(),
                standard.tries(),
                standard.chunkLines(),
                standard.lease(),
                standard.lastAnswers(),
                standard.bytesInFlight(),
                standard.spareBytes());
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public URI admin() {
        return admin;
    }

    @Override
    public void drain() throws InterruptedException {
        draining = true;
        watch.close();
        Duration patience = configuration.server().drain();
        Thread lines = Thread.ofVirtual()
                .name("drain-batches")
                .start(() -> closeQuietly("batches", () -> batches.close(patience)));
        relay.drain(patience);
        lines.join();
        close();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        watch.close();
        closeQuietly("batches", () -> batches.close(Duration.ZERO));
        relay.close();
        closeQuietly("store", store::close);
        closeQuietly("data directory", data::close);
    }

    private interface Closing {
        void close() throws IOException;
    }

    private static void closeQuietly(String what, Closing closing) {
        try {
            closing.close();
        } catch (IOException e) {
            LOG.warn("closing {}: {}", what, e.toString());
        }
    }
}
