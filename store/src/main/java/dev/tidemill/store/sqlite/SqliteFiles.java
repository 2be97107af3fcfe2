package dev.tidemill.store.sqlite;

import dev.tidemill.batch.Cursor;
import dev.tidemill.batch.Owner;
import dev.tidemill.batch.file.Blobs;
import dev.tidemill.batch.file.FileStore;
import dev.tidemill.batch.file.Purpose;
import dev.tidemill.batch.file.StoredFile;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files in the database. A blob is kept before its row is written and deleted after the row is gone, so a crash in between
 * leaves a blob without a row and never a row without a blob; {@link #referencedBlobs} is what a sweep at start spares.
 */
public final class SqliteFiles implements FileStore {
    private final Database database;
    private final Blobs blobs;

    public SqliteFiles(Database database, Blobs blobs) {
        this.database = database;
        this.blobs = blobs;
    }

    @Override
    public void add(StoredFile file) throws IOException {
        database.write("list the file " + file.id(), session -> {
            add(session, file);
            return true;
        });
    }

    static void add(Session session, StoredFile file) throws SQLException {
        session.run(
                """
                INSERT INTO files (id, organization, project, filename, purpose, bytes, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                file.id(),
                file.owner().organization(),
                file.owner().project(),
                file.filename(),
                file.purpose().word(),
                file.bytes(),
                file.created(),
                file.expires());
    }

    @Override
    public @Nullable StoredFile find(Owner owner, String id, Instant now) throws IOException {
        return database.<@Nullable StoredFile>read(
                "find the file " + id,
                session -> session.first("""
                        SELECT * FROM files WHERE id = ? AND organization = ? AND project = ?
                            AND (expires_at IS NULL OR expires_at > ?)""", SqliteFiles::file, id, owner.organization(), owner.project(), now));
    }

    @Override
    public List<StoredFile> list(
            Owner owner, @Nullable Purpose purpose, boolean oldestFirst, @Nullable Cursor after, int limit, Instant now)
            throws IOException {
        StringBuilder sql = new StringBuilder("""
                SELECT * FROM files WHERE organization = ? AND project = ?
                    AND (expires_at IS NULL OR expires_at > ?)""");
        List<Object> values = new ArrayList<>(List.of(owner.organization(), owner.project(), now));
        if (purpose != null) {
            sql.append(" AND purpose = ?");
            values.add(purpose.word());
        }
        if (after != null) {
            sql.append(oldestFirst ? " AND (created_at, id) > (?, ?)" : " AND (created_at, id) < (?, ?)");
            values.add(after.created());
            values.add(after.id());
        }
        sql.append(oldestFirst ? " ORDER BY created_at, id" : " ORDER BY created_at DESC, id DESC")
                .append(" LIMIT ?");
        values.add(limit);
        return database.read(
                "list files", session -> session.list(sql.toString(), SqliteFiles::file, values.toArray()));
    }

    @Override
    public boolean delete(Owner owner, String id) throws IOException {
        int deleted = database.write(
                "delete the file " + id,
                session -> session.run(
                        "DELETE FROM files WHERE id = ? AND organization = ? AND project = ?",
                        id,
                        owner.organization(),
                        owner.project()));
        if (deleted > 0) {
            deleteIfUnpinned(id);
        }
        return deleted > 0;
    }

    @Override
    public int deleteExpired(Instant now, int limit) throws IOException {
        List<String> gone = database.write("delete expired files", session -> {
            List<String> ids = session.list(
                    "SELECT id FROM files WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
                    row -> row.text("id"),
                    now,
                    limit);
            for (String id : ids) {
                session.run("DELETE FROM files WHERE id = ?", id);
            }
            return ids;
        });
        for (String id : gone) {
            deleteIfUnpinned(id);
        }
        return gone.size();
    }

    /** Deletes the blob unless a row or an open batch needs it. */
    void deleteIfUnpinned(String blob) throws IOException {
        boolean needed = database.read(
                "look for users of " + blob,
                session -> session.first("""
                                SELECT 1 AS needed WHERE EXISTS (SELECT 1 FROM files WHERE id = ?)
                                    OR EXISTS (SELECT 1 FROM batches WHERE open = 1 AND input_blob = ?)""", row -> row.integer("needed"), blob, blob) != null);
        if (!needed) {
            blobs.delete(blob);
        }
    }

    /** Names of all blobs that a row or an open batch needs. */
    public Set<String> referencedBlobs() throws IOException {
        return new HashSet<>(database.read("list blobs in use", session -> session.list("""
                        SELECT id AS blob FROM files UNION
                        SELECT input_blob AS blob FROM batches WHERE open = 1 AND input_blob IS NOT NULL""", row -> row.text("blob"))));
    }

    private static StoredFile file(Row row) throws SQLException {
        Purpose purpose = Purpose.of(row.text("purpose"));
        if (purpose == null) {
            throw new SQLException("purpose: " + row.text("purpose") + " (expected: a known one)");
        }
        return new StoredFile(
                row.text("id"),
                new Owner(row.text("organization"), row.text("project")),
                row.text("filename"),
                purpose,
                row.number("bytes"),
                row.instant("created_at"),
                row.instantOrNull("expires_at"));
    }
}
