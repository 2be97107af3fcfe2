package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Routes;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentProvidersTest {
    @Test
    void eachKeyThatIsSetBecomesAProviderWithPrefixedModels() {
        Routes routes =
                routes(Map.of("OPENAI_API_KEY", "sk-1", "ZHIPU_API_KEY", "z", "ANTHROPIC_API_KEY", "", "PATH", "/bin"));

        assertThat(routes.providers()).extracting(it -> it.name()).containsExactly("openai", "zhipu");
        var target = routes.find("zhipu/glm-5").targets().getFirst();
        assertThat(target.provider().baseUrl()).isEqualTo(URI.create("https://open.bigmodel.cn/api/paas/v4"));
        assertThat(target.modelFor("zhipu/glm-5")).isEqualTo("glm-5");
        assertThat(routes.find("glm-5")).isNull();
    }

    @Test
    void aBaseUrlFromTheEnvironmentIsHonoured() {
        Routes routes = routes(Map.of(
                "ANTHROPIC_API_KEY",
                "sk",
                "ANTHROPIC_BASE_URL",
                "http://127.0.0.1:9001",
                "OPENAI_BASE_URL",
                "http://unused"));

        assertThat(routes.providers()).singleElement().satisfies(it -> {
            assertThat(it.protocol()).isEqualTo(Protocol.ANTHROPIC);
            assertThat(it.baseUrl()).isEqualTo(URI.create("http://127.0.0.1:9001/v1"));
        });
    }

    @Test
    void noKeyAtAllSaysWhatCouldBeSet() {
        assertThat(((Outcome.Faults) ConfigFile.load(null, Map.of()))
                        .faults()
                        .getFirst()
                        .toString())
                .startsWith(
                        "environment:1:1: no provider (expected: a tidemill.yaml here, -c FILE, or one of OPENAI_API_KEY");
    }

    @Test
    void aBadBaseUrlIsAFaultNamedByItsVariable() {
        assertThat(((Outcome.Faults)
                                ConfigFile.load(null, Map.of("OPENAI_API_KEY", "sk", "OPENAI_BASE_URL", "ftp://x")))
                        .faults()
                        .getFirst()
                        .toString())
                .startsWith("environment:1:1: OPENAI_BASE_URL: ftp://x (expected:");
    }

    private static Routes routes(Map<String, String> environment) {
        return ((Outcome.Loaded) ConfigFile.load(null, environment))
                .configuration()
                .routes();
    }
}
