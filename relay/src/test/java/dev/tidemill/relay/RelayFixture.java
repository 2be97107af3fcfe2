package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.exchange.Directory;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A relay over real sockets in front of a simulator, with one key and one model {@code *} that goes there. */
public final class RelayFixture implements AutoCloseable {
    /** A machine that is busy with something else turns nobody away. */
    private static final Shedding.Terms PATIENT = new Shedding.Terms(60_000_000_000L, 0, 0.5, 0.95);

    public final Simulator simulator;
    public final Directory directory;
    final KeptResponses responses = new KeptResponses();
    public final Relay relay;
    public final KeySecret key = KeySecret.generate(new SplittableRandom(7));
    public final InetSocketAddress address;

    public RelayFixture() throws IOException {
        this(RelayOptions.defaults(), Policies.ONCE, Exchange.LIFE, List.of());
    }

    public RelayFixture(RelayOptions options, Policy policy, List<Phase> life, List<Route> routes) throws IOException {
        this(Simulator.start(Behaviour.plain(), 0), null, options, policy, life, routes, Resolver.SYSTEM);
    }

    /** In front of {@code simulator}, by way of {@code provider}; null: a plain one. */
    RelayFixture(
            Simulator simulator,
            @Nullable Provider provider,
            RelayOptions options,
            Policy policy,
            List<Phase> life,
            List<Route> routes,
            Resolver.Lookup lookup)
            throws IOException {
        this.simulator = simulator;
        Provider to = provider == null ? provider("sim", simulator.baseUrl()) : provider;
        directory = new Directory(routes(1, List.of(to), policy));
        directory.keys(new KeyRing(List.of(record(key))));
        relay = new Relay(
                options.shedding().equals(Shedding.Terms.DEFAULT) ? options.withShedding(PATIENT) : options,
                directory,
                responses,
                life,
                lookup);
        List<Route> all = new ArrayList<>(routes);
        all.addAll(relay.streams().routes());
        address = relay.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, all);
    }

    public static Provider provider(String name, String baseUrl) {
        return new Provider(
                name,
                Protocol.OPENAI,
                URI.create(baseUrl),
                List.of("sk-upstream-" + name),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
    }

    /** Everything goes to the first provider, by the asked-for name. */
    public static Routes routes(long generation, List<Provider> providers, Policy policy) {
        return new Routes(
                generation,
                providers,
                List.of(
                        new Model("*", List.of(Target.of(providers.getFirst())), policy),
                        new Model(
                                "renamed",
                                List.of(new Target(providers.getFirst(), "qwen3-8b", "", 1, 1, false, 0)),
                                policy)));
    }

    public static Key record(KeySecret secret) {
        return record(secret, "default");
    }

    static Key record(KeySecret secret, String project) {
        return new Key(
                secret.id(),
                "test",
                "default",
                project,
                secret.digest(),
                List.of(),
                0,
                0,
                0,
                Instant.EPOCH,
                null,
                null);
    }

    public HttpClient client() throws IOException {
        return new HttpClient(address);
    }

    /** A request for a chat, streamed or not, as bytes on the wire. */
    public String chat(String model, boolean stream) {
        String body = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello, 世界\"}]"
                + (stream ? ",\"stream\":true" : "") + "}";
        return post("/v1/chat/completions", body);
    }

    public String post(String path, String body) {
        return ask("POST", path, key, body);
    }

    static String ask(String method, String path, KeySecret as, String body) {
        return method + " " + path + " HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer " + as.text()
                + "\r\ncontent-type: application/json\r\ncontent-length: "
                + body.getBytes(java.nio.charset.StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /** Waits until nothing runs, and says so when something is left: an exchange, memory, a connection in use. */
    public void atRest() throws InterruptedException {
        long until = System.nanoTime() + 5_000_000_000L;
        while (!left().isEmpty() && System.nanoTime() < until) {
            Thread.sleep(2);
        }
        assertThat(left()).isEmpty();
    }

    private String left() {
        StringBuilder left = new StringBuilder();
        if (relay.running() != 0) {
            left.append(relay.running()).append(" running; ");
        }
        if (relay.memory().used() != 0) {
            left.append(relay.memory().used()).append(" bytes of memory; ");
        }
        for (Relay.PoolState pool : relay.pools()) {
            if (pool.open() != pool.idle() || pool.waiting() != 0) {
                left.append(pool);
            }
        }
        return left.toString();
    }

    @Override
    public void close() {
        relay.close();
        simulator.close();
    }
}
