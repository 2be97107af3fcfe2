package dev.tidemill.simulator;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a simulator does.
 *
 * @param seed of every word, jitter and chance
 * @param door what becomes of new connections
 * @param tls how connections are secured; taken at the start, not changed by a later scenario
 * @param otherwise the behaviour where no rule fits
 * @param rules in order
 */
public record Scenario(long seed, Door door, Tls tls, Behaviour otherwise, List<Rule> rules) {
    private static final List<String> MODELS =
            List.of("sim-ok", "sim-speed=50", "sim-ttft=300ms+speed=40+tokens=200", "sim-flaky", "sim-429");

    public Scenario {
        rules = List.copyOf(rules);
    }

    /** Every request is answered in this way. */
    public static Scenario of(Behaviour behaviour) {
        return new Scenario(1, Door.OPEN, Tls.OFF, behaviour, List.of());
    }

    /** A plain behaviour, with rules. */
    public static Scenario of(Rule... rules) {
        return new Scenario(1, Door.OPEN, Tls.OFF, Behaviour.plain(), List.of(rules));
    }

    /** This scenario over TLS. */
    public Scenario over(Tls mode) {
        return new Scenario(seed, door, mode, otherwise, rules);
    }

    /** This scenario with another behaviour where no rule fits. */
    public Scenario otherwise(Behaviour behaviour) {
        return new Scenario(seed, door, tls, behaviour, rules);
    }

    /** This scenario with another seed. */
    public Scenario seeded(long other) {
        return new Scenario(other, door, tls, otherwise, rules);
    }

    /** This scenario with another door. */
    public Scenario behind(Door other) {
        return new Scenario(seed, other, tls, otherwise, rules);
    }

    /** The models that its rules name in full, and a few names to start with. */
    List<String> models() {
        Set<String> names = new LinkedHashSet<>();
        for (Rule rule : rules) {
            if (rule.model().pattern().indexOf('*') < 0) {
                names.add(rule.model().pattern());
            }
        }
        names.addAll(MODELS);
        return List.copyOf(names);
    }
}
