package dev.tidemill.core.route;

import dev.tidemill.core.limit.Quota;
import java.util.Comparator;
import java.util.List;

/**
 * What clients may ask for.
 *
 * @param name an exact name, or a pattern with one trailing {@code *}
 * @param targets at least one, by priority
 * @param limits of all that ask for it together, by whatever name
 */
public record Model(String name, List<Target> targets, Policy policy, Quota limits) {
    public Model {
        targets = targets.stream()
                .sorted(Comparator.comparingInt(Target::priority))
                .toList();
    }

    /** Without limits. */
    public Model(String name, List<Target> targets, Policy policy) {
        this(name, targets, policy, Quota.NONE);
    }

    public boolean wildcard() {
        return name.endsWith("*");
    }
}
