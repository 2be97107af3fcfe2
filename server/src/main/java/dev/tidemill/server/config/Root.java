package dev.tidemill.server.config;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The whole file. */
final class Root {
    private static final Option<Values> SERVER =
            Option.group("server", ServerSection.SECTION, "How this process serves.");
    private static final Option<Path> DATA = Option.of(
                    "data",
                    Scalars.PATH,
                    "./data",
                    "The embedded store, files and journal. Belongs to one running server at a time.")
            .needsRestart();
    private static final Option<Map<String, Values>> PROVIDERS = Option.required(
            "providers",
            new MapOf<>(ProviderSection.SECTION, ProviderSection.NAME, ProviderSection.NAME_EXPECTED, 1, 1_000),
            "The upstream APIs.");
    private static final Option<Map<String, Values>> MODELS = Option.required(
            "models",
            new MapOf<>(ModelSection.SECTION, ModelSection.NAME, ModelSection.NAME_EXPECTED, 1, 10_000),
            "What clients may ask for. An exact name wins over the longest wildcard.");
    private static final Option<Values> POLICY =
            Option.group("policy", PolicySection.SECTION, "Every model's, unless it says otherwise.");
    private static final Option<Values> BATCH = Option.group("batch", BatchSection.SECTION, "How batches run.");
    private static final Option<Values> LOG = Option.group(
            "log",
            LogSection.SECTION,
            "What is written down. The program's own log goes to standard error, its level set by `TIDEMILL_LOG`.");

    static final Section SECTION = new Section(SERVER, DATA, PROVIDERS, MODELS, POLICY, BATCH, LOG);

    private Root() {}

    static Outcome read(Place root, long generation) {
        Reading reading = root.reading();
        Values values = SECTION.read(root, null);
        if (values != null) {
            check(values, reading);
        }
        if (values == null || !reading.good()) {
            return new Outcome.Faults(reading.faults());
        }
        Map<String, Provider> providers = new LinkedHashMap<>();
        values.get(PROVIDERS).forEach((name, it) -> providers.put(name, ProviderSection.from(name, it)));
        List<Model> models = new ArrayList<>();
        values.get(MODELS)
                .forEach((name, it) -> models.add(ModelSection.from(name, it, providers, values.get(POLICY))));
        return new Outcome.Loaded(
                configuration(values, new Routes(generation, List.copyOf(providers.values()), models), reading),
                values,
                reading.origin());
    }

    /** Where data is kept, whatever faults the rest of the file has; null after a fault was reported. */
    static @Nullable Path data(Place root) {
        var entries = root.entries(SECTION.expected());
        if (entries == null) {
            return null;
        }
        Path data = DATA.standardValue();
        for (Place.Entry entry : entries) {
            if (entry.key().equals(DATA.name())) {
                data = DATA.shape().read(entry.value(), null);
            }
        }
        return data == null ? null : absolute(data, root.reading());
    }

    private static Path absolute(Path data, Reading reading) {
        return reading.folder().resolve(data).toAbsolutePath().normalize();
    }

    /** The defaults of everything but the routes. */
    static Outcome withDefaults(Routes routes, Reading reading) {
        Values values = new Values();
        for (Option<?> option : SECTION.options()) {
            fill(option, values);
        }
        return new Outcome.Loaded(configuration(values, routes, reading), values, reading.origin());
    }

    private static <T> void fill(Option<T> option, Values values) {
        values.put(option, option.standardValue());
    }

    private static void check(Values values, Reading reading) {
        Values server = values.find(SERVER);
        if (server != null) {
            ServerSection.check(server, reading);
        }
        Map<String, Values> providers = values.find(PROVIDERS);
        Map<String, Values> models = values.find(MODELS);
        if (providers != null && models != null) {
            Set<String> names = providers.keySet();
            models.values().forEach(model -> ModelSection.check(model, names));
        }
    }

    private static Configuration configuration(Values values, Routes routes, Reading reading) {
        return new Configuration(
                absolute(values.get(DATA), reading),
                ServerSection.from(values.get(SERVER)),
                BatchSection.from(values.get(BATCH)),
                LogSection.from(values.get(LOG)),
                routes,
                reading.notInForce());
    }

    /** The paths of options whose change waits for the next start. */
    static List<String> needRestart(Values before, Values after) {
        List<String> paths = new ArrayList<>();
        differences(SECTION, "", before, after, paths);
        return paths;
    }

    private static void differences(Section section, String path, Values before, Values after, List<String> into) {
        for (Option<?> option : section.options()) {
            Object old = before.find(option);
            Object now = after.find(option);
            String name = path + option.name();
            if (option.shape() instanceof Section inner && old instanceof Values a && now instanceof Values b) {
                differences(inner, name + ".", a, b, into);
            } else if (option.restart() && !java.util.Objects.equals(old, now)) {
                into.add(name);
            }
        }
    }
}
