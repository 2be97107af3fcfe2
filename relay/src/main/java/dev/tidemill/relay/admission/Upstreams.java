package dev.tidemill.relay.admission;

import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.LearnedOutput;
import dev.tidemill.core.route.Provider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * What targets bear, for as long as their health is remembered: over reloads, and bounded by that. A choice's bounds are
 * looked up once on each loop.
 */
public final class Upstreams {
    private final int loops;
    private final WaitingLines waiting;
    private final CredentialLimits credentials;
    private final Map<TargetHealth, OneTarget> byTarget = new WeakHashMap<>();
    private final Map<Choice, Bounds> byChoice = new WeakHashMap<>();
    private final Map<String, AtomicInteger> liveWaiting = new ConcurrentHashMap<>();

    private record OneTarget(LearnedOutput output, Map<String, UpstreamLimit> limits) {}

    Upstreams(int loops, WaitingLines waiting, CredentialLimits credentials) {
        this.loops = loops;
        this.waiting = waiting;
        this.credentials = credentials;
    }

    public synchronized Bounds of(Choice choice) {
        return byChoice.computeIfAbsent(choice, this::bounds);
    }

    private Bounds bounds(Choice choice) {
        UpstreamLimit[][] limits = new UpstreamLimit[choice.size()][];
        LearnedOutput[] outputs = new LearnedOutput[choice.size()];
        long now = System.nanoTime() - 1_000_000_000L; // before the request that it is made for began
        for (int i = 0; i < limits.length; i++) {
            Candidate candidate = choice.at(i);
            OneTarget target = byTarget.computeIfAbsent(
                    candidate.health(), health -> new OneTarget(new LearnedOutput(), new HashMap<>()));
            outputs[i] = target.output();
            limits[i] = limits(candidate, target, now);
        }
        return new Bounds(limits, outputs);
    }

    /** By credential; those that are not in it any more are forgotten. */
    private UpstreamLimit[] limits(Candidate candidate, OneTarget target, long now) {
        Provider provider = candidate.target().provider();
        List<String> keys = CredentialLimits.keys(provider);
        int most = Math.max(1, provider.pool().connections() * loops);
        target.limits().keySet().retainAll(keys);
        UpstreamLimit[] limits = new UpstreamLimit[keys.size()];
        for (int i = 0; i < limits.length; i++) {
            String fingerprint =
                    candidate.credentials().fingerprint(provider.keys().isEmpty() ? -1 : i);
            limits[i] = target.limits()
                    .computeIfAbsent(
                            keys.get(i),
                            key -> new UpstreamLimit(provider.name(), candidate.model(), fingerprint, most, now));
            limits[i].configured(credentials.of(provider, keys.get(i)));
        }
        return limits;
    }

    /** Somebody stands in this line, until one of these targets has room; to be called after he joined. */
    public void joined(Bounds bounds, long targets, long now) {
        AdmissionQueue line = bounds.line();
        for (long rest = targets; rest != 0; rest &= rest - 1) {
            int target = Long.numberOfTrailingZeros(rest);
            for (int i = 0; i < bounds.credentials(target); i++) {
                bounds.of(target, i).awaitedIn(line);
            }
        }
        waiting.joined(line);
        line.advance(now); // what moved before it was known where he stands
    }

    /** Counts live requests that wait for room at a provider. */
    public void live(String provider, int change) {
        liveWaiting.computeIfAbsent(provider, name -> new AtomicInteger()).addAndGet(change);
    }

    /** Live requests that wait for room at a provider, over all loops. */
    public int liveWaiting(String provider) {
        AtomicInteger count = liveWaiting.get(provider);
        return count == null ? 0 : count.get();
    }

    /**
     * By target and credential: no more than one of each.
     *
     * @param known whose health is remembered: another may be here until the last who uses it has gone
     */
    public synchronized List<UpstreamLimit.State> states(Predicate<TargetHealth> known, long now) {
        List<UpstreamLimit.State> states = new ArrayList<>();
        byTarget.forEach((health, target) -> {
            if (known.test(health)) {
                target.limits().values().forEach(limit -> states.add(limit.state(now)));
            }
        });
        states.sort(Comparator.comparing(UpstreamLimit.State::target).thenComparing(UpstreamLimit.State::fingerprint));
        return states;
    }
}
