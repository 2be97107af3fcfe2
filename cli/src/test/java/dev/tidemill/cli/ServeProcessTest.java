package dev.tidemill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} as a supervisor sees it: a process with a ready line, signals and an exit code. */
class ServeProcessTest {
    private static final Pattern READY =
            Pattern.compile("tidemill ready: (http://127\\.0\\.0\\.1:\\d+) \\(admin (http://127\\.0\\.0\\.1:\\d+)\\)");

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path file;

    @BeforeEach
    void configure() throws Exception {
        file = folder.resolve("tidemill.yaml");
        Files.writeString(file, """
                server: { listen: 127.0.0.1:0, admin: 127.0.0.1:0 }
                providers: { p: { base_url: "http://127.0.0.1:9" } }
                models: { m: { targets: [{ provider: p }] } }
                """);
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void theReadyLineTellsRealPortsAndSigtermEndsWithZero() throws Exception {
        Process serve = serve();
        Matcher ready = ready(serve);
        connect(ready.group(1));
        connect(ready.group(2));

        serve.destroy();
        assertThat(serve.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.exitValue()).isZero();
        assertThat(Files.exists(folder.resolve("data/admin"))).isFalse();
    }

    @Test
    void aDataDirectoryBelongsToOneServerAndIsFreeAgainAfterAKill() throws Exception {
        Process first = serve();
        ready(first);

        Process second = serve();
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("in use");

        first.destroyForcibly().waitFor();
        ready(serve());
    }

    @Test
    void aFaultyConfigurationStopsTheStart() throws Exception {
        Files.writeString(file, "server: { lisen: 1 }\n");
        Process serve = serve();

        assertThat(serve.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.exitValue()).isEqualTo(1);
        assertThat(new String(serve.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains(file + ":1:11: server.lisen: unknown key (did you mean listen?)");
    }

    private Process serve() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.tidemill.cli.Main",
                        "serve",
                        "-c",
                        file.toString())
                .start();
        started.add(process);
        return process;
    }

    private static Matcher ready(Process process) throws IOException {
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        String line = String.valueOf(reader.readLine());
        Matcher matcher = READY.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return matcher;
    }

    private static void connect(String url) throws IOException {
        URI uri = URI.create(url);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 5_000);
        }
    }
}
