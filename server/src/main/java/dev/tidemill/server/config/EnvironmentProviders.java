package dev.tidemill.server.config;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A configuration without a file: each provider whose key is set in the environment, its models addressed as {@code
 * provider/model}. The addresses are the ones the providers' own pages give.
 */
final class EnvironmentProviders {
    private record Known(String name, Protocol protocol, String baseUrl) {
        String variable(String end) {
            return name.toUpperCase(java.util.Locale.ROOT) + end;
        }
    }

    private static final List<Known> KNOWN = List.of(
            new Known("openai", Protocol.OPENAI, "https://api.openai.com/v1"),
            new Known("anthropic", Protocol.ANTHROPIC, "https://api.anthropic.com/v1"),
            new Known("gemini", Protocol.GEMINI, "https://generativelanguage.googleapis.com/v1beta"),
            new Known("deepseek", Protocol.OPENAI, "https://api.deepseek.com/v1"),
            new Known("dashscope", Protocol.OPENAI, "https://dashscope.aliyuncs.com/compatible-mode/v1"),
            new Known("moonshot", Protocol.OPENAI, "https://api.moonshot.cn/v1"),
            new Known("zhipu", Protocol.OPENAI, "https://open.bigmodel.cn/api/paas/v4"),
            new Known("siliconflow", Protocol.OPENAI, "https://api.siliconflow.cn/v1"),
            new Known("openrouter", Protocol.OPENAI, "https://openrouter.ai/api/v1"));

    private EnvironmentProviders() {}

    static List<String> variables() {
        return KNOWN.stream().map(known -> known.variable("_API_KEY")).toList();
    }

    static Outcome read(Reading reading, long generation) {
        Map<String, String> environment = reading.environment();
        List<Provider> providers = new ArrayList<>();
        List<Model> models = new ArrayList<>();
        for (Known known : KNOWN) {
            String key =
                    environment.getOrDefault(known.variable("_API_KEY"), "").strip();
            if (key.isEmpty()) {
                continue;
            }
            if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                reading.fault(1, 1, known.variable("_API_KEY"), "the value (expected: printable ASCII)");
                continue;
            }
            String variable = known.variable("_BASE_URL");
            String written = environment.getOrDefault(variable, "").strip();
            URI baseUrl;
            try {
                baseUrl = Scalars.url(written.isEmpty() ? known.baseUrl() : written);
            } catch (IllegalArgumentException e) {
                reading.fault(
                        1, 1, variable, Place.shown(written, 200) + " (expected: " + Scalars.URL.expected() + ")");
                continue;
            }
            Provider provider = new Provider(
                    known.name(),
                    known.protocol(),
                    BaseUrl.understand(baseUrl, known.protocol()),
                    List.of(key),
                    Map.of(),
                    null,
                    null,
                    Provider.StreamUsage.ASK);
            String prefix = known.name() + "/";
            providers.add(provider);
            models.add(new Model(
                    prefix + "*", List.of(new Target(provider, null, prefix, 1, 1, false, 0)), Policy.DEFAULT));
        }
        if (providers.isEmpty() && reading.good()) {
            reading.fault(
                    1,
                    1,
                    "",
                    "no provider (expected: a tidemill.yaml here, -c FILE, or one of " + String.join(", ", variables())
                            + ")");
        }
        return reading.good()
                ? Root.withDefaults(new Routes(generation, providers, models), reading)
                : new Outcome.Faults(reading.faults());
    }
}
