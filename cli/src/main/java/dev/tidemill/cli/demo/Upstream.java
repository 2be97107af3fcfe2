package dev.tidemill.cli.demo;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.server.config.ConfigFile;
import dev.tidemill.server.config.Outcome;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The provider a demo runs on: the embedded one, or a real one from the environment.
 *
 * @param simulator null: a real one
 */
record Upstream(Outcome.Loaded configuration, @Nullable Simulator simulator) implements AutoCloseable {
    /** A pace that real models have. */
    static final String USUAL = "ttft=180ms+speed=90+jitter=0.3+tokens=60";

    static Upstream embedded(String behaviour) throws CommandFailed, IOException {
        Simulator simulator = Simulator.start(Behaviour.of(behaviour), 0);
        try {
            return new Upstream(
                    load(Map.of("OPENAI_API_KEY", "demo", "OPENAI_BASE_URL", simulator.baseUrl())), simulator);
        } catch (CommandFailed e) {
            simulator.close();
            throw e;
        }
    }

    /** @param name as in {@code OPENAI_API_KEY}, in lower case */
    static Upstream real(String name, Map<String, String> environment) throws CommandFailed {
        String prefix = name.toUpperCase(Locale.ROOT);
        Map<String, String> own = new HashMap<>();
        for (String variable : new String[] {prefix + "_API_KEY", prefix + "_BASE_URL"}) {
            if (environment.containsKey(variable)) {
                own.put(variable, environment.get(variable));
            }
        }
        if (!own.containsKey(prefix + "_API_KEY")) {
            throw CommandFailed.usage("--provider " + name + " (expected: " + prefix + "_API_KEY in the environment)");
        }
        return new Upstream(load(own), null);
    }

    private static Outcome.Loaded load(Map<String, String> environment) throws CommandFailed {
        return switch (ConfigFile.load(null, environment)) {
            case Outcome.Loaded loaded -> loaded;
            case Outcome.Faults faults ->
                throw CommandFailed.usage(faults.faults().getFirst().toString());
        };
    }

    @Override
    public void close() {
        if (simulator != null) {
            simulator.close();
        }
    }
}
