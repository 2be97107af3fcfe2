package dev.tidemill.core.choice;

import dev.tidemill.core.health.Health;
import dev.tidemill.core.health.HealthListener;
import dev.tidemill.core.health.Plan;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Target;
import java.time.Instant;
import java.util.SplittableRandom;

/** One model with its choice, a clock that the test turns, and randomness with a seed. */
final class Stage {
    final Health health = new Health(7, 100, () -> Instant.EPOCH, HealthListener.NONE);
    final SplittableRandom random;
    final Choice choice;
    long now = Plan.START;

    Stage(long seed, Target... targets) {
        this(seed, Policy.DEFAULT, targets);
    }

    Stage(long seed, Policy policy, Target... targets) {
        this.random = new SplittableRandom(seed);
        Model model = Plan.model("m", policy, targets);
        health.reload(Plan.routes(1, model), now);
        this.choice = new Choices(health).of(model, "m", now);
    }

    /** Targets of providers a, b, …, z, a26, … with these priorities and weights by turns. */
    static Target[] targets(int... prioritiesAndWeights) {
        Target[] targets = new Target[prioritiesAndWeights.length / 2];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = Plan.target(
                    Plan.provider(i < 26 ? "" + (char) ('a' + i) : "a" + i, "sk-" + i),
                    prioritiesAndWeights[2 * i],
                    prioritiesAndWeights[2 * i + 1]);
        }
        return targets;
    }

    TargetHealth target(int index) {
        return choice.at(index).health();
    }

    long begin(long excluded, long affinity) {
        return choice.begin(now, random, excluded, null, 0, affinity);
    }

    int find(long excluded) {
        return choice.find(now, random, excluded, null, 0, 0);
    }

    /** The index that is chosen by one attempt that ends without a trace; -1: none. */
    int pick(long excluded, long affinity) {
        long ticket = begin(excluded, affinity);
        if (ticket == 0) {
            return -1;
        }
        choice.of(ticket).health().dropped(ticket, now);
        return Choice.index(ticket);
    }

    int[] picks(int times) {
        int[] counts = new int[choice.size()];
        for (int i = 0; i < times; i++) {
            counts[pick(0, 0)]++;
        }
        return counts;
    }

    /** A target that answers after this long. */
    void answers(int index, long nanos, int times) {
        for (int i = 0; i < times; i++) {
            long ticket = target(index).begin(now, false);
            target(index).answered(ticket, nanos);
            target(index).succeeded(ticket, now, nanos);
        }
    }

    void fails(int index, int times) {
        for (int i = 0; i < times; i++) {
            target(index).failed(target(index).begin(now, false), now, "upstream_timeout");
        }
    }

    /** Holds requests in flight there. */
    void holds(int index, int requests) {
        for (int i = 0; i < requests; i++) {
            target(index).begin(now, false);
        }
    }
}
