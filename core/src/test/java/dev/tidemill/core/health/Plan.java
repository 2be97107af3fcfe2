package dev.tidemill.core.health;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Provider.StreamUsage;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Providers, models and policies for tests, in one line each. */
public final class Plan {
    public static final long SECOND = 1_000_000_000L;
    public static final long MINUTE = 60 * SECOND;

    /** Somewhere near where System.nanoTime turns negative, as it may. */
    public static final long START = -3 * SECOND;

    private Plan() {}

    public static Provider provider(String name, String... keys) {
        return provider(name, "http://" + name + ".example/v1", Protocol.OPENAI, keys);
    }

    public static Provider provider(String name, String url, Protocol protocol, String... keys) {
        return new Provider(name, protocol, URI.create(url), List.of(keys), Map.of(), null, null, StreamUsage.LEAVE);
    }

    public static Target target(Provider provider, int priority, int weight) {
        return new Target(provider, null, "", priority, weight, false, 0);
    }

    public static Model model(String name, Target... targets) {
        return new Model(name, Arrays.asList(targets), Policy.DEFAULT);
    }

    public static Model model(String name, Policy policy, Target... targets) {
        return new Model(name, Arrays.asList(targets), policy);
    }

    public static Policy breaker(int failures, Duration window, Duration open) {
        return with(new Policy.Breaker(failures, window, open));
    }

    public static Policy breakerOff() {
        return with(null);
    }

    private static Policy with(Policy.Breaker breaker) {
        Policy d = Policy.DEFAULT;
        return new Policy(
                d.clocks(),
                d.retry(),
                breaker,
                d.onBreak(),
                d.badEvent(),
                d.clientGone(),
                d.heartbeat(),
                d.openEarly(),
                d.hedge(),
                d.resume());
    }

    public static Routes routes(long generation, Model... models) {
        List<Provider> providers = Arrays.stream(models)
                .flatMap(model -> model.targets().stream())
                .map(Target::provider)
                .distinct()
                .toList();
        return new Routes(generation, providers, Arrays.asList(models));
    }
}
