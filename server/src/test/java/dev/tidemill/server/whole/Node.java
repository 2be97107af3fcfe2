package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.KeySecret;
import dev.tidemill.server.Server;
import dev.tidemill.server.config.ConfigFile;
import dev.tidemill.server.config.Outcome;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.store.AdminAccess;
import dev.tidemill.store.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server over real sockets, on a folder of its own, in front of a simulator as its provider {@code sim}. */
final class Node implements AutoCloseable {
    /** What the provider is shown. */
    static final String CREDENTIAL = "sk-upstream-credential-5f0e1d";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");
    private static final String ON_FREE_PORTS = "{ listen: '127.0.0.1:0', admin: '127.0.0.1:0'%s }";

    final Path folder;
    final Simulator simulator;
    private Server server;

    private Node(Path folder, Simulator simulator, Server server) {
        this.folder = folder;
        this.simulator = simulator;
        this.server = server;
    }

    /** Every model goes to the simulator, {@code renamed} as {@code qwen3-8b}. */
    static Node start(Path folder) throws IOException {
        return start(folder, "", "", "");
    }

    /**
     * @param serverOptions behind the two ports, as {@code , max_body: 1KiB}
     * @param providerOptions behind the provider's key, likewise
     * @param more of the file's sections, as lines of YAML
     */
    static Node start(Path folder, String serverOptions, String providerOptions, String more) throws IOException {
        return start(folder, serverOptions, """
                    providers:
                      sim: { protocol: openai, base_url: "SIMULATOR", keys: ["%s"]%s }
                    models:
                      gpt-test: { targets: [{ provider: sim }] }
                      renamed: { targets: [{ provider: sim, model: qwen3-8b }] }
                      "*": { targets: [{ provider: sim }] }
                    %s
                    """.formatted(CREDENTIAL, providerOptions, more));
    }

    /**
     * The simulator as a provider of each protocol. Whatever begins with {@code sim} is asked of the caller's own, without
     * retries; {@code gpt-test}, {@code claude-test} and {@code gemini-test} are asked of one each, and no other name is known.
     *
     * @param more models, as lines of YAML
     */
    static Node ofEachProtocol(Path folder, String more) throws IOException {
        return start(folder, "", """
                    providers:
                      openai: { protocol: openai, base_url: "SIMULATOR", keys: ["%1$s"] }
                      anthropic: { protocol: anthropic, base_url: "SIMULATOR", keys: ["%1$s"] }
                      gemini: { protocol: gemini, base_url: "SIMULATOR", keys: ["%1$s"] }
                    models:
                      gpt-test: { targets: [{ provider: openai }] }
                      claude-test: { targets: [{ provider: anthropic }] }
                      gemini-test: { targets: [{ provider: gemini }] }
                      "sim*":
                        targets: [{ provider: openai }, { provider: anthropic }, { provider: gemini }]
                        policy: { retry: { attempts: 1 }, breaker: off }
                    %2$s
                    """.formatted(CREDENTIAL, more));
    }

    /** @param sections all but {@code server:}; SIMULATOR in it stands for the simulator's base URL */
    static Node start(Path folder, String serverOptions, String sections) throws IOException {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        try {
            Files.writeString(
                    folder.resolve("tidemill.yaml"),
                    "server: " + ON_FREE_PORTS.formatted(serverOptions) + "\n"
                            + sections.replace("SIMULATOR", simulator.baseUrl()));
            return new Node(folder, simulator, serve(folder));
        } catch (IOException | RuntimeException | Error e) {
            simulator.close();
            throw e;
        }
    }

    private static Server serve(Path folder) throws IOException {
        Outcome outcome = ConfigFile.load(folder.resolve("tidemill.yaml"), Map.of());
        assertThat(outcome).isInstanceOf(Outcome.Loaded.class);
        return Server.start((Outcome.Loaded) outcome);
    }

    /** Ends the server at once, whatever it is doing. */
    void stop() {
        server.close();
    }

    /** Lets the server end what it has begun. */
    void drain() throws InterruptedException {
        server.drain();
    }

    /** Another server on the same folder, once the one before has ended. */
    void startAgain() throws IOException {
        server = serve(folder);
    }

    /** Takes a provider that has failed for healthy again. */
    void forgetHealth() throws IOException {
        try (Wire admin = new Wire(admin())) {
            assertThat(admin.ask("POST", "/admin/health/reset", adminAccess().token(), null)
                            .status())
                    .isEqualTo(200);
        }
    }

    /** No slash at the end. */
    String url() {
        return server.url().toString();
    }

    String admin() {
        return server.admin().toString();
    }

    AdminAccess adminAccess() throws IOException {
        return DataDirectory.published(folder.resolve("data"));
    }

    /** A new key of an organization and project of this name, that may ask for every model. */
    String key(String name) throws IOException {
        return key(name, "");
    }

    /** @param more properties of the key as JSON, as {@code ,"models":["gpt-*"]} */
    String key(String name, String more) throws IOException {
        String body = "{\"name\":\"%1$s\",\"organization\":\"%1$s\",\"project\":\"%1$s\"%2$s}".formatted(name, more);
        try (Wire admin = new Wire(admin())) {
            Answer answer = admin.ask("POST", "/admin/keys", adminAccess().token(), body);
            assertThat(answer.status()).isEqualTo(201);
            String key = answer.json().path("key").stringValue();
            assertThat(key).hasSize(KeySecret.LENGTH);
            return key;
        }
    }

    /** One request on a connection of its own. */
    Answer ask(String method, String path, String key, String body) throws IOException {
        try (Wire wire = new Wire(url())) {
            return wire.ask(method, path, key, body);
        }
    }

    /** The id of an uploaded batch file. */
    String upload(String key, String text) throws IOException {
        Answer answer = upload(key, Multipart.batchFile("work.jsonl", text));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().path("id").stringValue();
    }

    Answer upload(String key, Multipart form) throws IOException {
        try (Wire wire = new Wire(url())) {
            return wire.send("POST", "/v1/files", key, form.text(), Multipart.TYPE)
                    .read();
        }
    }

    /** The id of a batch over a file. */
    String batch(String key, String fileId) throws IOException {
        Answer answer = ask("POST", "/v1/batches", key, batchOf(fileId, "24h"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().path("id").stringValue();
    }

    static String batchOf(String fileId, String window) {
        return "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"%s\"}"
                .formatted(fileId, window);
    }

    /** A batch as it is told once it has ended. */
    JsonNode ended(String key, String batchId) throws IOException, InterruptedException {
        try (Wire wire = new Wire(url())) {
            while (true) {
                JsonNode batch =
                        wire.ask("GET", "/v1/batches/" + batchId, key, null).json();
                if (ENDED.contains(batch.path("status").asString())) {
                    return batch;
                }
                Thread.sleep(20);
            }
        }
    }

    /** A file's lines; none for no file. */
    List<JsonNode> lines(String key, JsonNode fileId) throws IOException {
        if (fileId.isNull()) {
            return List.of();
        }
        String text = ask("GET", "/v1/files/" + fileId.stringValue() + "/content", key, null)
                .body();
        assertThat(text).endsWith("\n");
        return text.lines().map(JSON::readTree).toList();
    }

    static String chat(String model, String prompt, boolean stream) {
        return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
                .formatted(model, prompt, stream ? ",\"stream\":true" : "");
    }

    @Override
    public void close() {
        server.close();
        simulator.close();
    }
}
