package dev.tidemill.core.route;

import java.util.Comparator;
import java.util.List;

/**
 * What clients may ask for.
 *
 * @param name an exact name, or a pattern with one trailing {@code *}
 * @param targets at least one, by priority
 */
public record Model(String name, List<Target> targets, Policy policy) {
    public Model {
        targets = targets.stream()
                .sorted(Comparator.comparingInt(Target::priority))
                .toList();
    }

    public boolean wildcard() {
        return name.endsWith("*");
    }
}
