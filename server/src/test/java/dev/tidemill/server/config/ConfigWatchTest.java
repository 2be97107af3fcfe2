package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
    private static final String GOOD = """
            server: { admin: 127.0.0.1:0 }
            providers: { p: { base_url: "http://127.0.0.1:9001/v1" } }
            models: { m: { targets: [{ provider: p }] } }
            """;

    @TempDir
    Path folder;

    private final List<Configuration> applied = new ArrayList<>();
    private Path file;
    private ConfigWatch watch;

    @BeforeEach
    void start() throws Exception {
        file = folder.resolve("tidemill.yaml");
        Files.writeString(file, GOOD);
        Outcome.Loaded first = (Outcome.Loaded) ConfigFile.load(file, Map.of());
        watch = new ConfigWatch(first, applied::add, InstantSource.system());
    }

    @Test
    void aChangedFileIsTakenUpAsTheNextGeneration() throws Exception {
        Files.writeString(file, GOOD.replace("{ m:", "{ other:"));
        watch.look();

        assertThat(applied).singleElement().satisfies(it -> {
            assertThat(it.routes().names()).containsExactly("other");
            assertThat(it.routes().generation()).isEqualTo(2);
        });
        assertThat(watch.state().generation()).isEqualTo(2);
    }

    @Test
    void anUnchangedOrOnlyTouchedFileIsNot() throws Exception {
        watch.look();
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_000));
        watch.look();

        assertThat(applied).isEmpty();
    }

    @Test
    void aFileWithFaultsChangesNothingAndSaysSo() throws Exception {
        Files.writeString(file, GOOD.replace("provider: p", "provider: q"));
        watch.look();

        assertThat(applied).isEmpty();
        assertThat(watch.state().generation()).isEqualTo(1);
        assertThat(watch.state().faults())
                .singleElement()
                .asString()
                .contains("tidemill.yaml:3:38: models.m.targets[0].provider: q");

        Files.writeString(file, GOOD);
        watch.reload();
        assertThat(watch.state().faults()).isEmpty();
        assertThat(applied).hasSize(1);
    }

    @Test
    void aFileThatIsGoneChangesNothing() throws Exception {
        Files.delete(file);
        watch.look();
        watch.reload();

        assertThat(applied).isEmpty();
        assertThat(watch.state().faults()).hasSize(1);
    }

    @Test
    void optionsThatNeedARestartAreNamedUntilTheyAreTakenBack() throws Exception {
        Files.writeString(file, GOOD.replace("127.0.0.1:0", "127.0.0.1:1, drain: 1s") + "data: ./other\n");
        watch.look();
        assertThat(watch.state().waitForRestart()).containsExactly("server.admin", "server.drain", "data");

        Files.writeString(file, GOOD);
        watch.look();
        assertThat(watch.state().waitForRestart()).isEmpty();
    }
}
