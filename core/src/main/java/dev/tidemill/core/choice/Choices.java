package dev.tidemill.core.choice;

import dev.tidemill.core.health.Health;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The {@link Choice} for each name that is asked for: one look-up for a name that was asked for before. */
public final class Choices {
    /** Names that are kept; beyond that all are made anew, which costs a few microseconds each. */
    private static final int MOST = 8_192;

    private final Health health;
    private final Map<String, Choice> byName = new ConcurrentHashMap<>();
    private final Map<String, Hedging> hedgings = new ConcurrentHashMap<>();

    public Choices(Health health) {
        this.health = health;
    }

    public Health health() {
        return health;
    }

    /**
     * @param model what the present configuration has for {@code asked}
     * @param asked the name as the caller gave it
     */
    public Choice of(Model model, String asked, long now) {
        Choice known = byName.get(asked);
        if (known != null && known.model == model && known.revision == health.revision()) {
            return known;
        }
        if (byName.size() >= MOST) {
            byName.clear();
        }
        Choice fresh = build(model, asked, now);
        byName.put(asked, fresh);
        return fresh;
    }

    /** Of a model by its name in the configuration, which outlives a reload. */
    private Hedging hedging(Model model) {
        if (hedgings.size() >= MOST) {
            hedgings.clear();
        }
        return hedgings.computeIfAbsent(model.name(), name -> new Hedging());
    }

    private Choice build(Model model, String asked, long now) {
        int revision = health.revision();
        List<Candidate> candidates = new ArrayList<>();
        for (Target target : model.targets()) {
            Provider provider = target.provider();
            String name = target.modelFor(asked);
            TargetHealth its = health.target(provider.name(), name, model.policy(), now);
            candidates.add(new Candidate(target, name, its, health.credentials(provider, its), health.host(provider)));
        }
        return new Choice(model, candidates, revision, hedging(model));
    }
}
