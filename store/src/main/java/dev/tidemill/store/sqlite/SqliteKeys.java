package dev.tidemill.store.sqlite;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyStore;
import dev.tidemill.core.limit.Priority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keys in the database. Failures to read or write are {@link UncheckedIOException}s. */
public final class SqliteKeys implements KeyStore {
    private final Database database;
    private final List<Consumer<List<Key>>> listeners = new CopyOnWriteArrayList<>();

    public SqliteKeys(Database database) {
        this.database = database;
    }

    /**
     * Calls {@code listener} with all keys after each change made through this object, in the order of the changes, on
     * the database's writer thread: it must be short and must not call the store.
     */
    public void onChange(Consumer<List<Key>> listener) {
        listeners.add(listener);
    }

    @Override
    public void create(Key key) {
        if (key.models().stream().anyMatch(model -> model.isEmpty() || model.indexOf('\n') >= 0)) {
            throw new IllegalArgumentException("models: " + key.models() + " (expected: names without line feed)");
        }
        change(
                "create the key " + key.name(),
                session -> session.run(
                        """
                INSERT INTO keys (id, name, organization, project, digest, models, rpm, tpm, concurrency, priority, resumable,
                    created_at, expires_at, revoked_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                        key.id(),
                        key.name(),
                        key.organization(),
                        key.project(),
                        key.digest(),
                        String.join("\n", key.models()),
                        key.rpm(),
                        key.tpm(),
                        key.concurrency(),
                        key.priority().word(),
                        key.resumable(),
                        key.created(),
                        key.expires(),
                        key.revoked()));
    }

    @Override
    public List<Key> all() {
        try {
            return database.read("list keys", SqliteKeys::all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int revoke(String idOrName, Instant at) {
        return change(
                "revoke the key " + idOrName,
                session -> session.run(
                        "UPDATE keys SET revoked_at = ? WHERE (id = ? OR name = ?) AND revoked_at IS NULL",
                        at,
                        idOrName,
                        idOrName));
    }

    private int change(String what, Unit<Integer> unit) {
        record Changed(int rows, List<Key> keys) {}
        try {
            return database.submit(what, session -> new Changed(unit.run(session), all(session)))
                    .thenApply(changed -> {
                        listeners.forEach(listener -> listener.accept(changed.keys()));
                        return changed.rows();
                    })
                    .join();
        } catch (java.util.concurrent.CompletionException e) {
            throw new UncheckedIOException(
                    e.getCause() instanceof IOException io ? io : new IOException(what, e.getCause()));
        }
    }

    private static List<Key> all(Session session) throws SQLException {
        return session.list("SELECT * FROM keys ORDER BY created_at, id", SqliteKeys::key);
    }

    private static Key key(Row row) throws SQLException {
        String models = row.text("models");
        return new Key(
                row.text("id"),
                row.text("name"),
                row.text("organization"),
                row.text("project"),
                row.text("digest"),
                models.isEmpty() ? List.of() : List.of(models.split("\n")),
                row.number("rpm"),
                row.number("tpm"),
                row.number("concurrency"),
                priority(row.text("priority")),
                row.number("resumable") != 0,
                row.instant("created_at"),
                row.instantOrNull("expires_at"),
                row.instantOrNull("revoked_at"));
    }

    private static Priority priority(String word) throws SQLException {
        Priority priority = Priority.parse(word);
        if (priority == null) {
            throw new SQLException("keys.priority: " + word + " (expected: high, normal or low)");
        }
        return priority;
    }
}
