package dev.tidemill.server.config;

import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One entry of {@code models:}. */
final class ModelSection {
    static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}*]{0,255}(?:[^\\s\\p{Cntrl}*]|\\*)");
    static final String NAME_EXPECTED = "no spaces, a * at the end alone, at most 256 characters";

    private static final Option<Placed<String>> PROVIDER =
            Option.required("provider", new Placed.Of<>(Scalars.text("a name under providers")), "Who answers.");
    private static final Option<String> MODEL = Option.optional(
            "model", Scalars.text("a model's name"), "The name upstream. Left out: the name that was asked for.");
    private static final Option<Integer> PRIORITY = Option.of(
            "priority", Scalars.whole(1, 1_000), "1", "Lower numbers first; the next tier when none of these can.");
    private static final Option<Integer> WEIGHT =
            Option.of("weight", Scalars.whole(1, 1_000_000), "1", "Share among targets of one priority.");
    private static final Option<Boolean> PREFILL = Option.of(
            "prefill",
            Scalars.FLAG,
            "false",
            "Whether the model goes on from an assistant message, so that a broken stream can be continued.");
    private static final Option<Integer> CONTEXT = Option.of(
            "context",
            Scalars.whole(0, 1_000_000_000),
            "0",
            "Tokens the model can hold; 0: not stated. What is too long for one target goes to one that holds more.");
    private static final Section TARGET = new Section(PROVIDER, MODEL, PRIORITY, WEIGHT, PREFILL, CONTEXT);

    private static final Option<List<Values>> TARGETS =
            Option.required("targets", new ListOf<>(TARGET, 1, Choice.MOST, "targets"), "Who may answer: at most 64.");
    private static final Option<Placed<Values>> POLICY =
            Option.optional("policy", new Placed.Of<>(new Overrides()), "What differs from `policy` below.");

    private static final Option<Values> LIMITS = LimitsSection.option(
            "What all who ask for it may do together, beside their keys' own limits. A wildcard's are those of all its names"
                    + " together. Whoever comes too soon waits in line or gets 429.");

    static final Section SECTION = new Section(TARGETS, POLICY, LIMITS);

    private ModelSection() {}

    /**
     * A model's own policy is read against the general one, which may stand after it in the file: so it is checked here
     * for itself and read again in {@link #from}.
     */
    private record Overrides() implements Shape<Values> {
        @Override
        public String expected() {
            return PolicySection.SECTION.expected();
        }

        @Override
        public @Nullable Values read(Place place, @Nullable Values base) {
            return PolicySection.SECTION.read(place, null);
        }
    }

    static void check(Values model, Set<String> providers) {
        List<Values> targets = model.find(TARGETS);
        if (targets == null) {
            return;
        }
        for (Values target : targets) {
            Placed<String> provider = target.find(PROVIDER);
            if (provider != null && !providers.contains(provider.value())) {
                String closest = Closest.hint(provider.value(), providers);
                provider.place()
                        .fault(Place.shown(provider.value(), 100) + " (expected: a name under providers"
                                + (closest.isEmpty() ? ", which has " + listed(providers) : closest) + ")");
            }
        }
    }

    private static String listed(Set<String> names) {
        return names.isEmpty()
                ? "none"
                : String.join(", ", names.stream().limit(20).toList());
    }

    static Model from(String name, Values model, Map<String, Provider> providers, Values policy) {
        List<Target> targets = model.get(TARGETS).stream()
                .map(target -> new Target(
                        java.util.Objects.requireNonNull(
                                providers.get(target.get(PROVIDER).value())),
                        target.find(MODEL),
                        "",
                        target.get(PRIORITY),
                        target.get(WEIGHT),
                        target.get(PREFILL),
                        target.get(CONTEXT)))
                .toList();
        Placed<Values> own = model.find(POLICY);
        Values merged = own == null ? policy : PolicySection.SECTION.read(own.place(), policy);
        return new Model(
                name,
                targets,
                PolicySection.from(merged == null ? policy : merged),
                LimitsSection.from(model.get(LIMITS)));
    }
}
