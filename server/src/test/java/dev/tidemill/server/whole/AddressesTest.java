package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.server.Server;
import dev.tidemill.server.config.ConfigFile;
import dev.tidemill.server.config.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressesTest {
    @Test
    void areToldAsTheyWereWrittenWithTheRealPorts(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tidemill.yaml");
        Files.writeString(file, """
                server: { listen: "[::1]:0", admin: "localhost:0" }
                providers: { p: { base_url: "http://127.0.0.1:9" } }
                models: { m: { targets: [{ provider: p }] } }
                """);
        try (Server server = Server.start((Outcome.Loaded) ConfigFile.load(file, Map.of()));
                Wire client = new Wire(server.url().toString());
                Wire admin = new Wire(server.admin().toString())) {
            assertThat(server.url().toString()).matches("http://\\[::1]:\\d+");
            assertThat(server.admin().toString()).matches("http://localhost:\\d+");
            assertThat(client.ask("GET", "/health", null, null).status()).isEqualTo(200);
            assertThat(admin.ask("GET", "/health", null, null).status()).isEqualTo(200);
        }
    }
}
