package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScenarioFileTest {
    private static Scenario parse(String yaml) throws BadScenario {
        return ScenarioFile.parse("s.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everythingThatCanBeWrittenIsRead() throws Exception {
        Scenario scenario = parse("""
                seed: 7
                door: open
                tls: wrong-host
                behave: ttft=300ms+speed=50
                rules:
                  - model: "gpt-*"
                    path: /v1/chat/*
                    header: { Authorization: "Bearer k*" }
                    p: 5%
                    times: 3
                    skip: 1
                    behave: [ "429;retry-after=2", drip=100 ]
                  - model: raw
                    raw:
                      - send: "HTTP/1.1 200 OK\\r\\n\\r\\nü"
                      - sleep: 10ms
                      - reset
                """);

        assertThat(scenario.seed()).isEqualTo(7);
        assertThat(scenario.tls()).isEqualTo(Tls.WRONG_HOST);
        assertThat(scenario.otherwise().ttft()).isEqualTo(Duration.ofMillis(300));
        Rule rule = scenario.rules().getFirst();
        assertThat(rule.when()).isEqualTo(new Occasion(0.05, 3, 1));
        assertThat(rule.header()).isEqualTo("authorization");
        assertThat(rule.behaviour().speed()).isEqualTo(50);
        assertThat(rule.behaviour().faults()).extracting(Fault::kind).containsExactly(FaultKind.DRIP, FaultKind.STATUS);
        assertThat(scenario.rules().getLast().raw())
                .containsExactly(
                        RawStep.Send.utf8("HTTP/1.1 200 OK\r\n\r\nü"),
                        new RawStep.Sleep(Duration.ofMillis(10)),
                        new RawStep.Reset());
    }

    @Test
    void everyFaultIsToldWithItsPlace() {
        BadScenario bad = catchThrowableOfType(BadScenario.class, () -> parse("""
                        seed: -1
                        dor: open
                        behave: tfft=3s
                        rules:
                          - model: x
                            behave: 429;retry=2
                          - behave: drip=fast
                            p: 7
                          - raw: [ sleep: soon ]
                            times: many
                          - model: y
                        """));

        assertThat(bad.getMessage().lines().toList())
                .containsExactly(
                        "s.yaml:1:7: seed: -1 (expected: a whole number >= 0)",
                        "s.yaml:2:6: scenario.dor: unknown (expected: one of behave, door, rules, seed, tls)",
                        "s.yaml:3:9: behave: tfft: unknown fault or setting (did you mean ttft?)",
                        "s.yaml:6:13: rules[0].behave: status: retry (expected: code, retry-after, retry-after-ms, should-retry, type, error-code, message, p, times, skip)",
                        "s.yaml:7:13: rules[1].behave: drip: bytes: fast (expected: bytes: 120, 64KiB, 8MiB)",
                        "s.yaml:8:8: rules[1].p: 7 (expected: a chance: 0.05 or 5%)",
                        "s.yaml:9:12: rules[2].raw (expected: send: TEXT, sleep: 100ms, close, reset or keep)",
                        "s.yaml:10:12: rules[2].times: many (expected: a whole number >= 0)",
                        "s.yaml:11:5: rules[3] (expected: either behave or raw)");
    }

    @Test
    void brokenYamlIsToldWithItsPlace() {
        BadScenario bad = catchThrowableOfType(BadScenario.class, () -> parse("seed: 1\nrules: [\n  - x: {"));
        assertThat(bad.faults()).hasSize(1);
        assertThat(bad.getMessage()).contains("s.yaml:2:9: YAML: while parsing a flow node, ");
    }

    @Test
    void anEmptyFileIsAPlainScenario() throws Exception {
        assertThat(parse("")).isEqualTo(Scenario.of(Behaviour.plain()));
    }

    @Test
    void aFieldWrittenTwiceIsAFault() {
        BadScenario bad = catchThrowableOfType(BadScenario.class, () -> parse("seed: 1\nseed: 2\n"));
        assertThat(bad.getMessage()).contains("s.yaml:2:1: ");
    }

    @Test
    void aRuleComesAsOftenAsItSays() throws Exception {
        String yaml = """
                rules:
                  - { model: m, times: 2, skip: 1, behave: 500 }
                  - { model: m, p: 0, behave: 501 }
                  - { path: /v1/embeddings, behave: 502 }
                """;
        try (Simulator sim = Simulator.start(parse(yaml), 0)) {
            assertThat(new int[] {
                        status(sim, "m"), status(sim, "m"), status(sim, "m"), status(sim, "m"), status(sim, "other")
                    })
                    .containsExactly(200, 500, 500, 200, 200);
        }
    }

    @Test
    void aScenarioCanBeChangedWhileItPlays() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0)) {
            assertThat(status(sim, "m")).isEqualTo(200);
            try (RawClient client = new RawClient(sim.port())) {
                assertThat(client.send(RawClient.post("/sim/scenario", "behave: 503"))
                                .readUntil("}\n")
                                .text())
                        .startsWith("HTTP/1.1 200");
                assertThat(client.send(RawClient.post("/sim/scenario", "behave: 5o3"))
                                .readUntil("}\n")
                                .text())
                        .startsWith("HTTP/1.1 400")
                        .contains("scenario:1:9: behave: 5o3");
            }
            assertThat(status(sim, "m")).isEqualTo(503);
            sim.behave(Behaviour.of("404"));
            assertThat(status(sim, "m")).isEqualTo(404);
        }
    }

    private static int status(Simulator sim, String model) throws Exception {
        try (RawClient client = new RawClient(sim.port())) {
            String head = client.send(
                            RawClient.post("/v1/chat/completions", RawClient.chat(model, false), "connection: close"))
                    .read(2_000)
                    .head();
            return Integer.parseInt(head.substring(9, 12));
        }
    }
}
