package dev.tidemill.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that cannot be says why in words, without a stack trace, and leaves nothing behind. */
class StartThatFailsTest {
    private static final String REST = """
            providers: { sim: { base_url: "http://127.0.0.1:9" } }
            models: { m: { targets: [{ provider: sim }] } }
            """;

    @TempDir
    Path folder;

    private String refusal(String configuration) throws Exception {
        Files.writeString(folder.resolve("tidemill.yaml"), configuration);
        try (Child serve = Child.start(folder, Map.of(), "serve")) {
            assertThat(serve.rest()).isEmpty();
            assertThat(serve.exit()).isEqualTo(1);
            assertThat(serve.err()).doesNotContain("\tat ", "Exception");
            return serve.err();
        }
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertThat(refusal("server: { listen: \"" + address + "\", admin: \"127.0.0.1:0\" }\n" + REST))
                    .contains("tidemill: cannot listen on " + address + ": ");
        }
        assertThat(Files.exists(folder.resolve("data/admin"))).isFalse();
    }

    @Test
    void everyFaultOfAConfigurationWithItsPlace() throws Exception {
        assertThat(refusal("""
                        server:
                          listen: 0.0.0.0:8080
                        providers:
                          sim: { base_url: "http://127.0.0.1:9", keys: ["${NO_SUCH_VARIABLE}"] }
                        models:
                          m: { targets: [{ provider: smi }] }
                        """).lines())
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).contains("tidemill.yaml:2:11: server.listen: 0.0.0.0:8080"),
                        line -> assertThat(line).contains("tidemill.yaml:4:", "NO_SUCH_VARIABLE"),
                        line -> assertThat(line).contains("tidemill.yaml:6:30: ", "smi", "did you mean sim?"));
        assertThat(Files.exists(folder.resolve("data"))).isFalse();
    }

    @Test
    void aDataDirectoryThatIsAFile() throws Exception {
        Files.writeString(folder.resolve("data"), "");

        assertThat(refusal("server: { listen: 127.0.0.1:0, admin: 127.0.0.1:0 }\n" + REST))
                .contains("is a file (expected: a directory, or nothing)");
    }

    @Test
    void noConfigurationAtAll() throws Exception {
        try (Child serve = Child.start(folder, Map.of(), "serve", "-c", "none.yaml")) {
            assertThat(serve.exit()).isEqualTo(1);
            assertThat(serve.err()).contains("none.yaml:1:1: cannot be read");
        }
    }
}
