package dev.tidemill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.store.DataDirectory;
import dev.tidemill.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at the moment at which a caller has read the id of an answer: the next process knows who holds it. */
class KilledAfterAnIdTest {
    private static final Pattern READY = Pattern.compile("tidemill ready: (\\S+) .*");
    private static final Pattern ID = Pattern.compile("\"id\":\"(resp_[^\"]+)\"");

    @TempDir
    Path folder;

    private final KeySecret key = KeySecret.generate(new SecureRandom());
    private Simulator simulator;
    private Process serve;

    @BeforeEach
    void configure() throws Exception {
        simulator = Simulator.start(Behaviour.plain(), 0);
        Files.writeString(folder.resolve("tidemill.yaml"), """
                server: { listen: 127.0.0.1:0, admin: 127.0.0.1:0 }
                providers: { sim: { base_url: "%s", keys: [sk-1] } }
                models: { m: { targets: [{ provider: sim, model: sim-tokens=500+speed=100 }] } }
                """.formatted(simulator.baseUrl()));
        try (DataDirectory data = DataDirectory.open(folder.resolve("data"));
                Store store = Store.open(data)) {
            store.keys()
                    .create(new Key(
                            key.id(), "k", "o", "p", key.digest(), List.of(), 0, 0, 0, Instant.now(), null, null));
        }
    }

    @AfterEach
    void end() {
        if (serve != null) {
            serve.destroyForcibly();
        }
        simulator.close();
    }

    @Test
    void aFollowUpReachesTheProviderThatHoldsIt() throws Exception {
        for (int round = 0; round < 3; round++) {
            String id;
            try (Socket socket = connect(start())) {
                ask(socket, "{\"model\":\"m\",\"input\":\"Hello\",\"stream\":true}");
                id = id(socket.getInputStream());
                serve.destroyForcibly().waitFor();
            }
            simulator.reset();
            try (Socket socket = connect(start())) {
                ask(socket, "{\"model\":\"m\",\"input\":\"on\",\"previous_response_id\":\"" + id + "\"}");
                assertThat(socket.getInputStream().read()).isPositive();
            }
            serve.destroyForcibly().waitFor();
            assertThat(simulator.requests())
                    .as("round " + round)
                    .anySatisfy(seen -> assertThat(seen.text()).contains(id));
        }
    }

    private URI start() throws IOException {
        serve = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.tidemill.cli.Main",
                        "serve",
                        "-c",
                        folder.resolve("tidemill.yaml").toString())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        String line = String.valueOf(serve.inputReader(StandardCharsets.UTF_8).readLine());
        Matcher ready = READY.matcher(line);
        assertThat(ready.matches()).as(line).isTrue();
        return URI.create(ready.group(1));
    }

    private static Socket connect(URI at) throws IOException {
        Socket socket = new Socket(at.getHost(), at.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private void ask(Socket socket, String body) throws IOException {
        String head = "POST /v1/responses HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer " + key.text()
                + "\r\ncontent-type: application/json\r\ncontent-length: " + body.length() + "\r\n\r\n";
        socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads as far as the id and no further. */
    private static String id(InputStream in) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (int b; (b = in.read()) >= 0; ) {
            seen.append((char) b);
            Matcher id = b == '"' ? ID.matcher(seen) : null;
            if (id != null && id.find()) {
                return id.group(1);
            }
        }
        throw new AssertionError(seen.toString());
    }
}
