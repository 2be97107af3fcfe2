package dev.tidemill.core.health;

import dev.tidemill.core.health.HealthChange.Kind;
import dev.tidemill.core.health.TargetHealth.Rules;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Rendezvous;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * All that is known of the health of targets, credentials and hosts, by name, so that it outlives a reload of the
 * configuration. Of targets that only wildcards lead to, with names that callers make up, at most {@code capacity} are
 * remembered: the eighth that was used least lately makes room. Times are nanoseconds as of {@code System.nanoTime}.
 *
 * <p>Looking up is for when a route is first used; a route keeps what it got until {@link #revision} changes.
 */
public final class Health {
    /** A target that no configuration names is forgotten after this long without a request. */
    static final long IDLE = 600_000_000_000L;

    private final long seed;
    private final int capacity;
    private final InstantSource clock;
    private final HealthListener listener;
    private final Map<TargetName, TargetHealth> targets = new ConcurrentHashMap<>();
    private final Map<KeyName, Credential> credentials = new ConcurrentHashMap<>();
    private final Map<String, ProviderKeys> ofProviders = new ConcurrentHashMap<>();
    private final Map<String, HostHealth> hosts = new ConcurrentHashMap<>();
    private volatile Map<TargetName, Rules> configured = Map.of();
    private final AtomicInteger revision = new AtomicInteger();

    private record TargetName(String provider, String model) {}

    private record KeyName(String provider, String fingerprint) {}

    /**
     * @param seed spreads the open times of breakers; another on each node
     * @param capacity targets beyond those configured, at least 8
     * @param clock for the moments in events alone
     */
    public Health(long seed, int capacity, InstantSource clock, HealthListener listener) {
        if (capacity < 8) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 8)");
        }
        this.seed = seed;
        this.capacity = capacity;
        this.clock = clock;
        this.listener = listener;
    }

    /** Changes when what was looked up should be looked up anew. */
    public int revision() {
        return revision.get();
    }

    /**
     * Goes by this configuration. What has a name in both keeps its health. A target that several models lead to goes by the
     * breaker with the fewest failures and the smallest retry budget among theirs.
     */
    public synchronized void reload(Routes routes, long now) {
        Map<TargetName, Rules> next = new HashMap<>();
        for (String name : routes.names()) {
            Model model = routes.find(name);
            if (model != null) {
                for (Target target : model.targets()) {
                    TargetName to = new TargetName(target.provider().name(), target.modelFor(name));
                    next.merge(to, Rules.of(model.policy()), Rules::strictest);
                }
            }
        }
        configured = Map.copyOf(next);
        next.forEach((name, rules) -> {
            TargetHealth known = targets.get(name);
            if (known != null) {
                known.rules(rules, now);
            }
        });
        forgetBut(routes.providers());
        revision.incrementAndGet();
    }

    /**
     * Takes all for healthy again, as after a start: somebody has mended a key or a model and will not wait for the next try.
     * Attempts that run end on what was, and change nothing.
     */
    public synchronized void forget() {
        targets.clear();
        credentials.clear();
        ofProviders.clear();
        hosts.clear();
        revision.incrementAndGet();
    }

    private void forgetBut(List<Provider> providers) {
        Set<String> names = new HashSet<>();
        Set<String> places = new HashSet<>();
        Set<KeyName> keys = new HashSet<>();
        for (Provider provider : providers) {
            names.add(provider.name());
            places.add(hostName(provider));
            provider.keys().forEach(key -> keys.add(new KeyName(provider.name(), Credential.fingerprint(key))));
        }
        targets.keySet().removeIf(name -> !names.contains(name.provider()));
        credentials.keySet().retainAll(keys);
        targets.forEach(
                (name, target) -> target.forgetKeysBut(print -> keys.contains(new KeyName(name.provider(), print))));
        hosts.keySet().retainAll(places);
        ofProviders.clear();
        providers.forEach(provider -> {
            host(provider);
            keys(provider);
        });
    }

    /** @param policy of the route, which counts where the configuration does not name the target */
    public TargetHealth target(String provider, String model, Policy policy, long now) {
        TargetName name = new TargetName(provider, model);
        TargetHealth known = targets.get(name);
        return known == null ? newTarget(name, policy, now) : known;
    }

    /** Whether it is what {@link #target} answers for its name. */
    public boolean remembers(TargetHealth target) {
        return targets.get(new TargetName(target.provider(), target.model())) == target;
    }

    private synchronized TargetHealth newTarget(TargetName name, Policy policy, long now) {
        TargetHealth known = targets.get(name);
        if (known != null) {
            return known;
        }
        Rules rules = configured.get(name);
        if (rules == null && targets.size() >= configured.size() + capacity) {
            makeRoom();
        }
        Shown shown = shown(Kind.TARGET, name.provider() + "/" + name.model());
        TargetHealth fresh = new TargetHealth(
                name.provider(), name.model(), rules == null ? Rules.of(policy) : rules, shown, seed, now);
        targets.put(name, fresh);
        return fresh;
    }

    private void makeRoom() {
        List<Map.Entry<TargetName, TargetHealth>> others = new ArrayList<>();
        for (Map.Entry<TargetName, TargetHealth> entry : targets.entrySet()) {
            if (!configured.containsKey(entry.getKey())) {
                others.add(entry);
            }
        }
        others.sort(Comparator.comparingLong(entry -> entry.getValue().lastUsed()));
        int room = Math.max(1, others.size() / 8);
        others.subList(0, Math.min(room, others.size())).forEach(entry -> targets.remove(entry.getKey()));
        revision.incrementAndGet();
    }

    /** Of a provider's present keys, as far as one of its models goes. */
    public CredentialHealth credentials(Provider provider, TargetHealth target) {
        return new CredentialHealth(keys(provider), target);
    }

    private ProviderKeys keys(Provider provider) {
        ProviderKeys known = ofProviders.get(provider.name());
        List<String> fingerprints =
                provider.keys().stream().map(Credential::fingerprint).toList();
        if (known != null && known.isFor(fingerprints)) {
            return known;
        }
        List<Credential> slots = new ArrayList<>();
        for (int i = 0; i < fingerprints.size(); i++) {
            String print = fingerprints.get(i);
            String name = provider.name() + " key " + (i + 1) + " (" + print + ")";
            slots.add(credentials.computeIfAbsent(
                    new KeyName(provider.name(), print),
                    key -> new Credential(shown(Kind.CREDENTIAL, name), Rendezvous.hash(print))));
        }
        ProviderKeys fresh = new ProviderKeys(provider.name(), fingerprints, slots);
        ofProviders.putIfAbsent(
                provider.name(), fresh); // another stands there for the present keys, when these are old
        return fresh;
    }

    /** Of where a provider's connections go. */
    public HostHealth host(Provider provider) {
        return hosts.computeIfAbsent(hostName(provider), name -> new HostHealth(shown(Kind.HOST, name)));
    }

    private static String hostName(Provider provider) {
        String name = provider.baseUrl().getHost() + ":" + provider.port();
        URI proxy = provider.proxy();
        return proxy == null ? name : name + " via " + proxy.getHost() + ":" + proxy.getPort();
    }

    private Shown shown(Kind kind, String name) {
        return new Shown(kind, name, clock, listener);
    }

    /** Every known target, by name. Forgets those that no configuration names and nobody used for ten minutes. */
    public List<TargetState> targets(long now) {
        boolean forgot;
        synchronized (this) {
            forgot = targets.entrySet()
                    .removeIf(entry -> !configured.containsKey(entry.getKey())
                            && entry.getValue().idleSince(now - IDLE));
            if (forgot) {
                revision.incrementAndGet();
            }
        }
        return sorted(targets.values(), target -> target.state(now), TargetHealth::name);
    }

    /** Every key of the configuration, by provider and place. */
    public List<CredentialState> credentials(long now) {
        return sorted(ofProviders.entrySet(), entry -> entry.getValue().states(now), Map.Entry::getKey).stream()
                .flatMap(List::stream)
                .toList();
    }

    /** Every host of the configuration, by name. */
    public List<HostState> hosts(long now) {
        return sorted(hosts.values(), host -> host.state(now), HostHealth::name);
    }

    private static <T, S> List<S> sorted(Collection<T> all, Function<T, S> state, Function<T, String> name) {
        return all.stream().sorted(Comparator.comparing(name)).map(state).toList();
    }
}
