package dev.tidemill.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.api.Api;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.server.RunningServer;
import dev.tidemill.server.Server;
import dev.tidemill.server.admin.KeyDesk;
import dev.tidemill.server.admin.KeyRequest;
import dev.tidemill.server.config.ConfigFile;
import dev.tidemill.server.config.Outcome;
import dev.tidemill.store.AdminAccess;
import dev.tidemill.store.DataDirectory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeskTest {
    private static final KeyRequest REQUEST =
            new KeyRequest("me", "acme", "shop", List.of("gpt-*"), 60, 0, 4, Priority.LOW, true, Duration.ofDays(30));

    @TempDir
    Path data;

    @Test
    void keysMadeWithoutAServerAreThereForTheNextOne() throws Exception {
        String text = Desk.at(data, desk -> desk.create(REQUEST)).text();

        try (RunningServer server = start()) {
            assertThat(accepted(server, text)).isTrue();
            assertThat(Desk.at(data, KeyDesk::list)).singleElement().satisfies(key -> {
                assertThat(key.name()).isEqualTo("me");
                assertThat(key.models()).containsExactly("gpt-*");
                assertThat(key.expires()).isEqualTo(key.created().plus(Duration.ofDays(30)));
            });
        }
    }

    @Test
    void aRunningServerTakesUpKeysAndLetsThemGoAtOnce() throws Exception {
        try (RunningServer server = start()) {
            String text = Desk.at(data, desk -> desk.create(REQUEST)).text();
            assertThat(accepted(server, text)).isTrue();

            assertThat(revoke("me")).isEqualTo(1);
            assertThat(accepted(server, text)).isFalse();
            assertThat(revoke("me")).isZero();
        }
        assertThat(Desk.at(data, KeyDesk::list)).extracting(Key::revoked).doesNotContainNull();
    }

    @Test
    void administrationNeedsTheTokenThatOnlyTheOwnerMayRead() throws Exception {
        try (RunningServer server = start()) {
            assertThat(Files.getPosixFilePermissions(data.resolve("admin")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            AdminAccess access = DataDirectory.published(data);
            assertThat(access.url()).isEqualTo(server.admin());
            assertThatThrownBy(() -> new ServedKeys(new AdminAccess(access.url(), "wrong")).list())
                    .hasMessageContaining("401")
                    .hasMessageContaining("admin token");
        }
    }

    private int revoke(String name) throws Exception {
        return Desk.at(data, desk -> desk.revoke(name));
    }

    private RunningServer start() throws Exception {
        Outcome loaded = ConfigFile.load(null, Map.of("OPENAI_API_KEY", "k", "OPENAI_BASE_URL", "http://127.0.0.1:9"));
        return Server.start(((Outcome.Loaded) loaded).aside(data));
    }

    private static boolean accepted(RunningServer server, String key) throws Exception {
        try (Api api = new Api(URI.create(server.url().toString()), key)) {
            api.get("/v1/models");
            return true;
        } catch (CommandFailed e) {
            assertThat(e).hasMessageContaining("401");
            return false;
        }
    }
}
