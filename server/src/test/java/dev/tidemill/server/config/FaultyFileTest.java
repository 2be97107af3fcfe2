package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.limit.Quota;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyFileTest {
    private static final String GOOD = """
            providers: { openai: { base_url: "http://127.0.0.1:9001/v1" } }
            models: { m: { targets: [{ provider: openai }] } }
            """;

    @Test
    void everyFaultIsToldAtOnceInTheFilesOrder() {
        assertThat(Written.of("""
                                server:
                                  lisen: 127.0.0.1:8080
                                  max_connections: -3
                                providers:
                                  openai:
                                    protocol: opnai
                                    base_url: https://api.openai.com/v1
                                    keys: ["${NOT_THERE}"]
                                models:
                                  gpt:
                                    targets:
                                      - { provider: opena }
                                      - { provider: openai, weight: 0 }
                                policy:
                                  clocks: { gap: 60 }
                                  heartbeat: never
                                """).faults())
                .containsExactly(
                        "tidemill.yaml:2:3: server.lisen: unknown key (did you mean listen?)",
                        "tidemill.yaml:3:20: server.max_connections: -3 (expected: 1 to 1000000)",
                        "tidemill.yaml:6:15: providers.openai.protocol: opnai (expected: openai | anthropic | gemini; did you mean openai?)",
                        "tidemill.yaml:8:12: providers.openai.keys[0]: ${NOT_THERE} (expected: a variable that is set; this one is not)",
                        "tidemill.yaml:12:21: models.gpt.targets[0].provider: opena (expected: a name under providers; did you mean openai?)",
                        "tidemill.yaml:13:37: models.gpt.targets[1].weight: 0 (expected: 1 to 1000000)",
                        "tidemill.yaml:15:18: policy.clocks.gap: 60 (expected: a duration from 1ms to 1d; did you mean 60s?)",
                        "tidemill.yaml:16:14: policy.heartbeat: never (expected: a duration from 1s to 10m)");
    }

    @Test
    void aFaultyLimitIsToldWithItsPlace() {
        assertThat(Written.of("""
                                providers:
                                  p: { base_url: "http://127.0.0.1:9001/v1", limits: { rpm: -1 } }
                                models:
                                  m:
                                    targets: [{ provider: p }]
                                    limits: { rmp: 60, tpm: many }
                                """).faults())
                .containsExactly(
                        "tidemill.yaml:2:61: providers.p.limits.rpm: -1 (expected: 0 to 10000000000)",
                        "tidemill.yaml:6:15: models.m.limits.rmp: unknown key (did you mean rpm?)",
                        "tidemill.yaml:6:29: models.m.limits.tpm: many (expected: 0 to 10000000000)");
    }

    @Test
    void limitsHoldForTheModelAndForTheProvider() {
        var routes = Written.of("""
                                providers:
                                  p: { base_url: "http://127.0.0.1:9001/v1", limits: { tpm: 1000, concurrency: 3 } }
                                models:
                                  m: { targets: [{ provider: p }], limits: { rpm: 60 } }
                                  n: { targets: [{ provider: p }] }
                                """).loaded().routes();
        assertThat(routes.providers().getFirst().limits()).isEqualTo(new Quota(0, 1_000, 3));
        assertThat(Objects.requireNonNull(routes.find("m")).limits()).isEqualTo(new Quota(60, 0, 0));
        assertThat(Objects.requireNonNull(routes.find("n")).limits().limits()).isFalse();
    }

    @Test
    void brokenYamlIsToldWithItsPlaceAndWithoutTheFilesText() {
        assertThat(Written.of("providers:\n  openai:\n    keys: [${SECRET_NAME}]\n")
                        .faults())
                .singleElement()
                .asString()
                .startsWith("tidemill.yaml:3:")
                .contains("put values with ${…} in quotes");
        assertThat(Written.of("a: [sk-secret-text\nb: }").faults())
                .singleElement()
                .asString()
                .doesNotContain("sk-secret");
    }

    @Test
    void listeningToTheWorldNeedsSaySo() {
        assertThat(Written.of(GOOD + "server: { listen: \"0.0.0.0:8080\" }").faults())
                .singleElement()
                .asString()
                .startsWith("tidemill.yaml:3:19: server.listen: 0.0.0.0:8080 can be reached from outside")
                .contains("behind_proxy: true");
        assertThat(Written.of(GOOD + "server: { listen: \"[::]:8080\", behind_proxy: true }")
                        .faults())
                .isEmpty();
        assertThat(Written.of(GOOD + "server: { listen: \"[::1]:8080\" }")
                        .loaded()
                        .server()
                        .listen())
                .isEqualTo(new Address("::1", 8080))
                .hasToString("[::1]:8080");
        assertThat(Written.of(GOOD + "server: { listen: \"example.internal:80\" }")
                        .faults())
                .hasSize(1);
    }

    @Test
    void oneAddressForBothPortsIsAFaultAlsoWhenOneIsTheDefault() {
        assertThat(Written.of(GOOD + "server: { listen: 127.0.0.1:8081 }").faults())
                .containsExactly(
                        "tidemill.yaml:3:19: server.listen: 127.0.0.1:8081 (expected: two addresses, one for server.listen and one for server.admin)");
        assertThat(Written.of(GOOD + "server: { listen: 127.0.0.1:0, admin: 127.0.0.1:0 }")
                        .faults())
                .isEmpty();
    }

    @Test
    void secretsAreNeverShown() {
        String secret = "sk-very\u00e9secret";
        assertThat(Written.of("""
                        providers:
                          p:
                            base_url: http://user:hunter2@127.0.0.1/v1
                            keys: ["%s"]
                            headers: { X-Key: "%s" }
                        models: { m: { targets: [{ provider: p }] } }
                        """.formatted(secret, secret)).faults())
                .hasSize(3)
                .noneMatch(fault -> fault.contains("secret") || fault.contains("hunter2"));
    }

    @Test
    void missingSectionsAreNamed() {
        assertThat(Written.of("").faults())
                .satisfiesExactly(
                        fault -> assertThat(fault).startsWith("tidemill.yaml:1:1: providers is missing"),
                        fault -> assertThat(fault).startsWith("tidemill.yaml:1:1: models is missing"));
    }

    @Test
    void aKeyTwiceAWildcardInTheMiddleAndAForeignHeaderAreFaults() {
        assertThat(Written.of("""
                                data: a
                                data: b
                                providers: { p: { base_url: "http://127.0.0.1", headers: { Host: x } } }
                                models: { "a*b": { targets: [{ provider: p }] } }
                                """).faults())
                .containsExactly(
                        "tidemill.yaml:2:1: data: the key appears twice (expected: once)",
                        "tidemill.yaml:3:60: providers.p.headers.Host: the name (expected: a header that is not the connection's own)",
                        "tidemill.yaml:4:11: models.a*b: the name (expected: no spaces, a * at the end alone, at most 256 characters)");
    }

    @Test
    void aliasBombsAndEndlessNestingEndInAFault() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 100; i++) {
            bomb.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [*a")
                    .append(i - 1)
                    .append(", *a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertThat(Written.of(bomb.toString()).faults()).isNotEmpty();
        assertThat(Written.of("a: &a [*a]").faults()).isNotEmpty();
        assertThat(Written.of("[".repeat(100_000)).faults()).isNotEmpty();
        assertThat(Written.of("{a: ".repeat(100_000)).faults()).isNotEmpty();
        assertThat(Written.of("x".repeat(ConfigFile.MOST_BYTES + 1)).faults())
                .containsExactly("tidemill.yaml:1:1: larger than 1 MiB (expected: at most 1 MiB)");
    }

    @Test
    void moreFaultsThanAnyoneReadsAreCounted() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            text.append("unknown").append(i).append(": 1\n");
        }
        assertThat(Written.of(text.toString()).faults())
                .hasSize(Reading.MOST_FAULTS + 1)
                .last()
                .asString()
                .contains("left out");
    }

    @Test
    void filesAreReferencedRelativeToTheConfiguration(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("key"), "sk-from-file\n");
        Path file = folder.resolve("tidemill.yaml");
        Files.writeString(file, GOOD.replace("/v1\" }", "/v1\", keys: [\"${file:key}\", \"a$${b}\"] }"));

        Outcome outcome = ConfigFile.load(file, Map.of());

        assertThat(((Outcome.Loaded) outcome)
                        .configuration()
                        .routes()
                        .providers()
                        .getFirst()
                        .keys())
                .containsExactly("sk-from-file", "a${b}");
        Files.delete(folder.resolve("key"));
        assertThat(((Outcome.Faults) ConfigFile.load(file, Map.of()))
                        .faults()
                        .getFirst()
                        .problem())
                .isEqualTo("${file:key} (expected: a file that can be read; NoSuchFileException)");
    }

    @Test
    void aModelHasAtMostSixtyFourTargets() {
        String file = """
                providers: { p: { base_url: "http://127.0.0.1:9001" } }
                models: { m: { targets: [%s] } }
                """;
        assertThat(Written.of(file.formatted("{ provider: p }, ".repeat(64))).faults())
                .isEmpty();
        assertThat(Written.of(file.formatted("{ provider: p }, ".repeat(65))).faults())
                .containsExactly("tidemill.yaml:2:25: models.m.targets: 65 items (expected: 1 to 64 targets)");
    }
}
