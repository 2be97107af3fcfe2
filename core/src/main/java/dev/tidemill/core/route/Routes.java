package dev.tidemill.core.route;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which models there are and who answers for them: one immutable generation of the configuration. A request takes the
 * current one when it is routed and keeps it to its end.
 */
public final class Routes {
    private final long generation;
    private final List<Provider> providers;
    private final Map<String, Model> exact = new HashMap<>();
    private final List<Model> wildcards;

    /** @param generation counts reloads, from 1 */
    public Routes(long generation, List<Provider> providers, List<Model> models) {
        this.generation = generation;
        this.providers = List.copyOf(providers);
        for (Model model : models) {
            if (!model.wildcard()) {
                exact.put(model.name(), model);
            }
        }
        this.wildcards = models.stream()
                .filter(Model::wildcard)
                .sorted(Comparator.comparingInt((Model model) -> -model.name().length()))
                .toList();
    }

    public long generation() {
        return generation;
    }

    public List<Provider> providers() {
        return providers;
    }

    /** All of them, in no order. */
    public List<Model> models() {
        return Stream.concat(exact.values().stream(), wildcards.stream()).toList();
    }

    /** The exact names, sorted; wildcards left out. */
    public List<String> names() {
        return exact.keySet().stream().sorted().toList();
    }

    /** An exact name wins over the longest wildcard; null: unknown. */
    public @Nullable Model find(String name) {
        Model model = exact.get(name);
        if (model != null) {
            return model;
        }
        for (Model wildcard : wildcards) {
            if (name.regionMatches(0, wildcard.name(), 0, wildcard.name().length() - 1)) {
                return wildcard;
            }
        }
        return null;
    }
}
