package dev.tidemill.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Priority;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteKeysTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123Z");

    @TempDir
    Path temp;

    private static Key key(String id, String name) {
        return new Key(
                id,
                name,
                "org",
                "project",
                (id + "0").repeat(64).substring(0, 64),
                List.of("gpt-*", "claude"),
                60,
                1_000,
                4,
                Priority.LOW,
                true,
                NOW,
                NOW.plusSeconds(60),
                null);
    }

    @Test
    void keysAreKeptListedAndRevokedByIdOrName() throws Exception {
        try (Database database = Database.open(temp.resolve("t.db"))) {
            SqliteKeys keys = new SqliteKeys(database);
            Key a = key("aaaaaaaa", "first");
            Key open = new Key(
                    "bbbbbbbb", "second", "o", "p", "b".repeat(64), List.of(), 0, 0, 0, NOW.plusMillis(1), null, null);
            keys.create(a);
            keys.create(open);
            assertThat(keys.all()).containsExactly(a, open);
            assertThat(keys.revoke("first", NOW)).isEqualTo(1);
            assertThat(keys.revoke("aaaaaaaa", NOW)).isZero();
            assertThat(keys.revoke("nobody", NOW)).isZero();
            assertThat(keys.all().getFirst().revoked()).isEqualTo(NOW);
            assertThatThrownBy(() -> keys.create(a)).isInstanceOf(UncheckedIOException.class);
        }
        try (Database database = Database.open(temp.resolve("t.db"))) {
            assertThat(new SqliteKeys(database).all()).hasSize(2);
        }
    }

    @Test
    void aKeyFromBeforeItHadRightsMayAllThatItMight() throws Exception {
        Path file = temp.resolve("t.db");
        Schema before =
                new Schema(Schema.CURRENT.folder(), Schema.CURRENT.scripts().subList(0, 2));
        try (Database database = Database.open(file, before)) {
            database.write("insert", session -> session.run("""
                            INSERT INTO keys (id, name, organization, project, digest, models, rpm, tpm, concurrency,
                                created_at)
                            VALUES ('aaaaaaaa', 'n', 'o', 'p', ?, '', 0, 0, 0, ?)""", "a".repeat(64), NOW));
        }
        try (Database database = Database.open(file)) {
            assertThat(new SqliteKeys(database).all())
                    .containsExactly(
                            new Key("aaaaaaaa", "n", "o", "p", "a".repeat(64), List.of(), 0, 0, 0, NOW, null, null));
        }
    }

    @Test
    void aListenerSeesEachChangeInOrderBeforeTheCallReturns() throws Exception {
        try (Database database = Database.open(temp.resolve("t.db"))) {
            SqliteKeys keys = new SqliteKeys(database);
            List<Integer> sizes = new ArrayList<>();
            keys.onChange(all -> sizes.add(all.size()));
            for (int i = 0; i < 20; i++) {
                keys.create(key("k" + i, "n" + i));
                assertThat(sizes).hasSize(i + 1).last().isEqualTo(i + 1);
            }
        }
    }
}
