package dev.tidemill.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreOpensTest {
    @TempDir
    Path temp;

    @Test
    void aSecondOpenerIsToldWhichDirectoryIsInUse() throws Exception {
        Path path = temp.resolve("data");
        try (DataDirectory held = DataDirectory.open(path)) {
            assertThatThrownBy(() -> DataDirectory.open(path))
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining(path.toString());
        }
        DataDirectory.open(path).close();
    }

    @Test
    void aNewDirectoryIsForItsOwnerAloneAndSoIsWhatIsPublished() throws Exception {
        Path path = temp.resolve("a/b/data");
        try (DataDirectory directory = DataDirectory.open(path)) {
            assertThat(DataDirectory.published(path)).isNull();
            AdminAccess access = new AdminAccess(URI.create("http://127.0.0.1:8081"), "secret");
            directory.publish(access);
            assertThat(DataDirectory.published(path)).isEqualTo(access);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("admin"))))
                    .isEqualTo("rw-------");
        }
        assertThat(DataDirectory.published(path)).isNull();
    }

    @Test
    void anUpToDateSchemaIsOpenedWithoutMigrating() throws Exception {
        Path path = temp.resolve("data");
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            try (DataDirectory directory = DataDirectory.open(path);
                    Store store = Store.open(directory)) {
                System.out.println("store opened in "
                        + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
                assertThat(store.keys().all()).isEmpty();
            }
        }
    }

    @Test
    void aSchemaOfANewerProgramIsRefused() throws Exception {
        Path path = temp.resolve("data");
        try (DataDirectory directory = DataDirectory.open(path)) {
            Store.open(directory).close();
            try (var connection = DriverManager.getConnection("jdbc:sqlite:" + path.resolve("tidemill.db"))) {
                connection.createStatement().execute("PRAGMA user_version = 99");
            }
            assertThatThrownBy(() -> Store.open(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("99")
                    .hasMessageContaining("newer program");
        }
    }

    @Test
    void whatAKilledProcessLeftUnlistedIsRemovedAtStart() throws Exception {
        Path path = temp.resolve("data");
        try (DataDirectory directory = DataDirectory.open(path)) {
            Store.open(directory).close();
            Path blobs = path.resolve("blobs");
            Files.writeString(blobs.resolve("123.draft"), "half");
            Files.writeString(blobs.resolve("file-orphan"), "renamed but never listed");
            Store.open(directory).close();
            assertThat(blobs).isEmptyDirectory();
        }
    }
}
