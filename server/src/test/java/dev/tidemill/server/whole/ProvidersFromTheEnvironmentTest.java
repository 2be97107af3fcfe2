package dev.tidemill.server.whole;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.server.Server;
import dev.tidemill.server.config.ConfigFile;
import dev.tidemill.server.config.Outcome;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.store.DataDirectory;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Without a file: what is set in the environment is called at its own path, with its own credential, by its own API. */
@Timeout(60)
class ProvidersFromTheEnvironmentTest {
    @TempDir
    Path folder;

    @Test
    void eachIsCalledByItsApi() throws Exception {
        try (Simulator simulator = Simulator.start(Behaviour.plain(), 0)) {
            Outcome outcome = ConfigFile.load(
                    null,
                    Map.of(
                            "OPENAI_API_KEY",
                            "sk-openai-1",
                            "OPENAI_BASE_URL",
                            simulator.origin() + "/v1",
                            "ANTHROPIC_API_KEY",
                            "sk-anthropic-1",
                            "ANTHROPIC_BASE_URL",
                            simulator.origin(),
                            "GEMINI_API_KEY",
                            "sk-gemini-1",
                            "GEMINI_BASE_URL",
                            simulator.origin() + "/"));
            try (Server server = Server.start(((Outcome.Loaded) outcome).aside(folder.resolve("data")))) {
                String key = key(server);
                ask(server, "/v1/chat/completions", key, chat("openai/gpt-5"));
                ask(server, "/v1/messages", key, chat("anthropic/claude-9"));
                ask(
                        server,
                        "/v1beta/models/gemini/gemini-9:generateContent",
                        key,
                        "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hi\"}]}]}");
            }
            assertThat(simulator.requests())
                    .satisfiesExactly(
                            openAi -> {
                                assertThat(openAi.target()).isEqualTo("/v1/chat/completions");
                                assertThat(openAi.header("authorization")).isEqualTo("Bearer sk-openai-1");
                                assertThat(new String(openAi.body(), UTF_8)).contains("\"gpt-5\"");
                            },
                            anthropic -> {
                                assertThat(anthropic.target()).isEqualTo("/v1/messages");
                                assertThat(anthropic.header("x-api-key")).isEqualTo("sk-anthropic-1");
                                assertThat(anthropic.header("authorization")).isNull();
                                assertThat(new String(anthropic.body(), UTF_8)).contains("\"claude-9\"");
                            },
                            gemini -> {
                                assertThat(gemini.target()).isEqualTo("/v1beta/models/gemini-9:generateContent");
                                assertThat(gemini.header("x-goog-api-key")).isEqualTo("sk-gemini-1");
                            });
        }
    }

    private static String chat(String model) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    }

    private String key(Server server) throws Exception {
        String token = DataDirectory.published(folder.resolve("data")).token();
        try (Wire admin = new Wire(server.admin().toString())) {
            return admin.ask("POST", "/admin/keys", token, "{\"name\":\"caller\"}")
                    .json()
                    .path("key")
                    .stringValue();
        }
    }

    private static void ask(Server server, String path, String key, String body) throws Exception {
        try (Wire wire = new Wire(server.url().toString())) {
            Answer answer = wire.ask("POST", path, key, body);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }
}
