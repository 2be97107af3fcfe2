package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The whole example that users start from. */
class ContractExampleTest {
    private static final String EXAMPLE = """
            server:
              listen: 127.0.0.1:8080          # clients
              admin: 127.0.0.1:8081
              public_url: http://127.0.0.1:8080
              cors: []
            data: ./data
            providers:
              openai:
                protocol: openai
                base_url: https://api.openai.com/v1
                keys: ["${OPENAI_API_KEY}"]
              local:
                protocol: openai
                base_url: http://127.0.0.1:9001/v1
                keys: []
            models:
              gpt-4o-mini:
                targets:
                  - { provider: openai }
                  - { provider: local, model: qwen3-8b, priority: 2, weight: 3 }
              "case-*":
                targets: [{ provider: local }]
                policy: { retry: { attempts: 1 }, breaker: off }
            policy:
              clocks: { connect: 5s, headers: 300s, first_content: 120s, gap: 60s, tool_gap: 300s, total: 30m }
              retry: { attempts: 3, budget: 10% }
              breaker: { failures: 5, window: 5m, open: 30s }
              on_break: error
              bad_event: drop
              client_gone: cancel
              heartbeat: 15s
              open_early: off
              hedge: off
              resume: { bytes: 4MiB, keep: 10m }
            """;

    private final Configuration configuration =
            Written.of(EXAMPLE).with("OPENAI_API_KEY", "sk-1").loaded();

    @Test
    void serverAndDataAreRead() {
        assertThat(configuration.server().listen()).isEqualTo(new Address("127.0.0.1", 8080));
        assertThat(configuration.server().admin()).isEqualTo(new Address("127.0.0.1", 8081));
        assertThat(configuration.server().publicUrl()).isEqualTo(URI.create("http://127.0.0.1:8080"));
        assertThat(configuration.server().cors()).isEmpty();
        assertThat(configuration.data()).isEqualTo(Path.of("/etc/tidemill/data"));
    }

    @Test
    void providersAreReadWithTheirKeysFromTheEnvironment() {
        assertThat(configuration.routes().providers())
                .containsExactly(
                        new Provider(
                                "openai",
                                Protocol.OPENAI,
                                URI.create("https://api.openai.com/v1"),
                                java.util.List.of("sk-1"),
                                java.util.Map.of(),
                                null,
                                null,
                                Provider.StreamUsage.ASK),
                        new Provider(
                                "local",
                                Protocol.OPENAI,
                                URI.create("http://127.0.0.1:9001/v1"),
                                java.util.List.of(),
                                java.util.Map.of(),
                                null,
                                null,
                                Provider.StreamUsage.ASK));
    }

    @Test
    void modelsHaveTheirTargetsAndPolicies() {
        Model mini = configuration.routes().find("gpt-4o-mini");
        assertThat(mini.policy()).isEqualTo(Policy.DEFAULT);
        assertThat(mini.targets())
                .extracting(it -> it.modelFor("gpt-4o-mini"))
                .containsExactly("gpt-4o-mini", "qwen3-8b");
        assertThat(mini.targets().get(1).weight()).isEqualTo(3);

        Model wildcard = configuration.routes().find("case-17");
        assertThat(wildcard.targets().getFirst().modelFor("case-17")).isEqualTo("case-17");
        assertThat(wildcard.policy().retry()).isEqualTo(new Policy.Retry(1, 0.10));
        assertThat(wildcard.policy().breaker()).isNull();
        assertThat(wildcard.policy().clocks()).isEqualTo(Policy.DEFAULT.clocks());
    }

    @Test
    void defaultsAreWhatTheExampleWrites() {
        Configuration bare = Written.of("""
                        providers: { p: { base_url: "http://127.0.0.1:9001" } }
                        models: { m: { targets: [{ provider: p }] } }
                        """).loaded();

        assertThat(bare.routes().find("m").policy()).isEqualTo(Policy.DEFAULT);
        assertThat(bare.server().listen()).isEqualTo(configuration.server().listen());
        assertThat(bare.server().admin()).isEqualTo(configuration.server().admin());
        assertThat(bare.data()).isEqualTo(configuration.data());
        assertThat(bare.server().drain()).isEqualTo(Duration.ofSeconds(30));
        assertThat(bare.notInForce()).isEmpty();
    }

    @Test
    void whatIsInForceIsNotNamed() {
        assertThat(Written.of("""
                        providers:
                          a: { protocol: anthropic, base_url: "http://127.0.0.1:9001" }
                          g: { protocol: gemini, base_url: "http://127.0.0.1:9001" }
                        models: { m: { targets: [{ provider: a }, { provider: g }], policy: { on_break: buffer } } }
                        policy:
                          retry: { attempts: 5, budget: 50% }
                          breaker: { failures: 3 }
                          bad_event: break
                          client_gone: drain
                          heartbeat: 30s
                          open_early: 10s
                          hedge: { quantile: p90 }
                        """).loaded().notInForce()).isEmpty();
    }
}
