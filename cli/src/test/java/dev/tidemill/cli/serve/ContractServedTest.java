package dev.tidemill.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example configuration that everybody starts from, served, with its keys made, used and taken back by commands. */
class ContractServedTest {
    private static final String EXAMPLE = """
            server:
              listen: 127.0.0.1:0             # clients; any other address than loopback needs TLS or behind_proxy: true; [::1]:8080 works
              admin: 127.0.0.1:0              # health, metrics, administration, console
              public_url: http://127.0.0.1:8080   # how clients see us (results_url and the like)
              cors: []                        # origins that browsers may call from
            data: ./data                      # the embedded store, files, journal
            providers:
              openai:
                protocol: openai              # openai | anthropic | gemini
                base_url: %s                  # the host with the API's version; a version segment too few or too many is understood
                keys: ["${OPENAI_API_KEY}"]   # several keys are spread over
              local:
                protocol: openai
                base_url: %s
                keys: []                      # none: no credential is sent
            models:                           # what clients may ask for; an exact name wins over the longest wildcard
              gpt-4o-mini:
                targets:
                  - { provider: openai }                                   # same model name upstream; priority 1, weight 1
                  - { provider: local, model: qwen3-8b, priority: 2, weight: 3 }   # lower priority number first, weights inside a tier
              "case-*":                       # a wildcard; the asked-for name goes upstream
                targets: [{ provider: local }]
                policy: { retry: { attempts: 1 }, breaker: off }           # what differs from the policy below
            policy:                           # every model's, unless it says otherwise; these are the defaults
              clocks: { connect: 5s, headers: 300s, first_content: 120s, gap: 60s, tool_gap: 300s, total: 30m }
              retry: { attempts: 3, budget: 10%% }         # attempts on one target; share of traffic that may be retries, beside a small floor
              breaker: { failures: 5, window: 5m, open: 30s }
              on_break: error                 # error | restart | continue | buffer
              bad_event: drop                 # drop | break
              client_gone: cancel             # cancel | drain | detach
              heartbeat: 15s                  # off, or after this much silence
              open_early: off                 # off, or after how long the stream may be opened before the first content
              hedge: off                      # off, or { quantile: p95, share: 5%% }
              resume: { bytes: 4MiB, keep: 10m }
            """;
    private static final Map<String, String> ENVIRONMENT = Map.of("OPENAI_API_KEY", "sk-openai-1");

    @TempDir
    Path folder;

    @Test
    void servesBothModelsToAKeyForAsLongAsItIsInForce() throws Exception {
        try (Simulator openai = Simulator.start(Behaviour.plain(), 0);
                Simulator local = Simulator.start(Behaviour.plain(), 0)) {
            Files.writeString(folder.resolve("tidemill.yaml"), EXAMPLE.formatted(openai.baseUrl(), local.origin()));
            String early = Child.run(folder, ENVIRONMENT, "keys", "create", "--name", "early");
            assertThat(early).matches("tm-[a-z0-9]{8}_[A-Za-z0-9_-]{43}\n");

            try (Child serve = Child.start(folder, ENVIRONMENT, "serve")) {
                Served served = serve.ready();
                String key = Child.run(folder, ENVIRONMENT, "keys", "create", "--name", "late")
                        .strip();

                answersThrough(served, key, "gpt-4o-mini", "openai/gpt-4o-mini");
                answersThrough(served, early.strip(), "case-17", "local/case-17");
                assertThat(openai.requests())
                        .hasSize(2)
                        .allSatisfy(
                                seen -> assertThat(seen.header("authorization")).isEqualTo("Bearer sk-openai-1"));
                assertThat(local.requests()).hasSize(2).allSatisfy(seen -> {
                    assertThat(seen.target()).isEqualTo("/v1/chat/completions");
                    assertThat(seen.header("authorization")).isNull();
                });
                assertThat(served.complete(key, "gpt-4o").statusCode()).isEqualTo(404);
                assertThat(served.get("/v1/models", key).body())
                        .contains("\"gpt-4o-mini\"")
                        .doesNotContain("case-");

                assertThat(Child.run(folder, ENVIRONMENT, "keys", "list", "--json"))
                        .contains("\"name\":\"early\"", "\"name\":\"late\"")
                        .doesNotContain(key.substring(12), early.strip().substring(12));
                Child.run(folder, ENVIRONMENT, "keys", "revoke", "late");
                assertThat(served.complete(key, "case-1").statusCode()).isEqualTo(401);
                assertThat(served.complete(early.strip(), "case-1").statusCode())
                        .isEqualTo(200);

                serve.signal("TERM");
                assertThat(serve.exit()).isZero();
                assertThat(serve.rest()).isEmpty();
                assertThat(serve.err().lines().filter(line -> line.contains("not in force yet")))
                        .hasSizeLessThanOrEqualTo(1);
                assertThat(serve.err()).doesNotContain("sk-openai-1", "ERROR", key.substring(12));
            }

            assertThat(Child.run(folder, ENVIRONMENT, "keys", "list")).contains("early", "late", "revoked");
        }
    }

    private static void answersThrough(Served served, String key, String model, String target) throws Exception {
        HttpResponse<String> whole = served.complete(key, model);
        assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
        assertThat(whole.headers().firstValue("x-tidemill-target")).contains(target);
        assertThat(whole.body()).contains("\"object\":\"chat.completion\"");
        HttpResponse<String> stream = served.stream(key, model);
        assertThat(stream.headers().firstValue("x-tidemill-target")).contains(target);
        assertThat(stream.body()).startsWith("data: {").endsWith("data: [DONE]\n\n");
    }
}
