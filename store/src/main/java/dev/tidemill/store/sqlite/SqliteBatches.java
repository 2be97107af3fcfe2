package dev.tidemill.store.sqlite;

import dev.tidemill.batch.Cursor;
import dev.tidemill.batch.Owner;
import dev.tidemill.batch.file.StoredFile;
import dev.tidemill.batch.job.Advance;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchStore;
import dev.tidemill.batch.job.Ending;
import dev.tidemill.batch.job.Fault;
import dev.tidemill.batch.job.Intent;
import dev.tidemill.batch.job.Lease;
import dev.tidemill.batch.job.PlannedChunk;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Batches in the database. What happens to lines is in {@link LineRows}. */
public final class SqliteBatches implements BatchStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteBatches.class);
    private static final int FORGET_SLICE = 500;
    private static final long VACUUM_SLICE = 1_000; // pages of 4 KiB
    private static final long KEPT_PAGES = 4_000; // for the next batch

    private final Database database;
    private final SqliteFiles files;

    public SqliteBatches(Database database, SqliteFiles files) {
        this.database = database;
        this.files = files;
    }

    @Override
    public Batch create(Batch batch) throws IOException {
        return database.write("create the batch " + batch.id(), session -> {
            BatchRow.insert(session, batch);
            return present(BatchRow.find(session, batch.owner(), batch.id()));
        });
    }

    @Override
    public @Nullable Batch find(Owner owner, String id) throws IOException {
        return database.<@Nullable Batch>read("find the batch " + id, session -> BatchRow.find(session, owner, id));
    }

    @Override
    public @Nullable Batch find(long number) throws IOException {
        return database.<@Nullable Batch>read("find batch " + number, session -> BatchRow.find(session, number));
    }

    @Override
    public List<Batch> list(Owner owner, @Nullable Cursor after, int limit) throws IOException {
        String from = "SELECT * FROM batches WHERE organization = ? AND project = ?";
        String order = " ORDER BY created_at DESC, id DESC LIMIT ?";
        return database.read(
                "list batches",
                session -> after == null
                        ? session.list(from + order, BatchRow::read, owner.organization(), owner.project(), limit)
                        : session.list(
                                from + " AND (created_at, id) < (?, ?)" + order,
                                BatchRow::read,
                                owner.organization(),
                                owner.project(),
                                after.created(),
                                after.id(),
                                limit));
    }

    @Override
    public List<Batch> unfinished(int limit) throws IOException {
        return database.read(
                "list open batches",
                session -> session.list(
                        "SELECT * FROM batches WHERE open = 1 ORDER BY expires_at, number LIMIT ?",
                        BatchRow::read,
                        limit));
    }

    @Override
    public @Nullable Batch cancel(Owner owner, String id, Instant at) throws IOException {
        return database.<@Nullable Batch>write("cancel the batch " + id, session -> {
            session.run("""
                    UPDATE batches SET status = 'cancelling', cancelling_at = ?
                    WHERE id = ? AND organization = ? AND project = ?
                        AND status IN ('validating', 'in_progress', 'finalizing')""", at, id, owner.organization(), owner.project());
            return BatchRow.find(session, owner, id);
        });
    }

    @Override
    public boolean fail(long batch, List<Fault> faults, Instant at) throws IOException {
        boolean failed = database.write(
                "refuse batch " + batch, session -> session.run("""
                                UPDATE batches SET status = 'failed', open = 0, failed_at = ?, faults = ?
                                WHERE number = ? AND status = 'validating'""", at, Json.ofFaults(faults), batch) > 0);
        if (failed) {
            unpin(batch);
        }
        return failed;
    }

    @Override
    public boolean start(long batch, String model, List<PlannedChunk> chunks, Instant at) throws IOException {
        int total = chunks.stream().mapToInt(PlannedChunk::lines).sum();
        return database.write("start batch " + batch, session -> {
            int started = session.run("""
                    UPDATE batches SET status = 'in_progress', in_progress_at = ?, model = ?, total = ?, rows = 1
                    WHERE number = ? AND status = 'validating'""", at, model, total, batch);
            if (started == 0) {
                return false;
            }
            for (PlannedChunk chunk : chunks) {
                session.run(
                        "INSERT INTO batch_chunks (batch, chunk, first_line, lines, done, plan) VALUES (?, ?, ?, ?, 0, ?)",
                        batch,
                        chunk.chunk(),
                        chunk.firstLine(),
                        chunk.lines(),
                        chunk.plan());
            }
            return true;
        });
    }

    @Override
    public CompletableFuture<Optional<Lease>> lease(long batch, String holder, Instant now, Instant until) {
        return database.submit(
                "lease a chunk of batch " + batch,
                session -> Optional.ofNullable(LineRows.lease(session, batch, holder, now, until)));
    }

    @Override
    public CompletableFuture<Void> renew(String holder, Instant until) {
        return database.submit("renew leases", session -> {
                    session.run("UPDATE batch_chunks SET lease_until = ? WHERE lease_owner = ?", until, holder);
                    return true;
                })
                .thenApply(done -> null);
    }

    @Override
    public void release(@Nullable String holder) throws IOException {
        database.write("release leases", session -> {
            String sql = "UPDATE batch_chunks SET lease_owner = NULL, lease_until = NULL WHERE lease_owner ";
            return holder == null ? session.run(sql + "IS NOT NULL") : session.run(sql + "= ?", holder);
        });
    }

    @Override
    public CompletableFuture<List<Intent>> advance(String holder, Advance step) {
        return database.submit("record results of batch lines", session -> LineRows.advance(session, holder, step));
    }

    @Override
    public boolean complete(long batch) throws IOException {
        return database.read(
                "count results of batch " + batch,
                session -> session.first(
                                "SELECT 1 AS open FROM batches WHERE number = ? AND completed + failed < total",
                                row -> row.integer("open"),
                                batch)
                        == null);
    }

    @Override
    public void finalizing(long batch, Instant at) throws IOException {
        database.write("finalize batch " + batch, session -> session.run("""
                        UPDATE batches SET finalizing_at = coalesce(finalizing_at, ?),
                            status = CASE status WHEN 'in_progress' THEN 'finalizing' ELSE status END
                        WHERE number = ? AND open = 1""", at, batch));
    }

    @Override
    public List<PlannedChunk> chunks(long batch, int from, int limit) throws IOException {
        return database.read(
                "read the plan of batch " + batch,
                session -> session.list(
                        """
                        SELECT chunk, first_line, lines, plan FROM batch_chunks
                        WHERE batch = ? AND chunk >= ? ORDER BY chunk LIMIT ?""",
                        row -> new PlannedChunk(
                                row.integer("chunk"),
                                row.integer("first_line"),
                                row.integer("lines"),
                                row.bytes("plan")),
                        batch,
                        from,
                        limit));
    }

    @Override
    public void results(long batch, int from, int to, ResultReader reader) throws IOException {
        database.read("read results of batch " + batch, session -> {
            try (ResultSet rows = session.rows(
                    "SELECT line, ok, entry FROM line_results WHERE batch = ? AND line >= ? AND line < ? ORDER BY line",
                    batch,
                    from,
                    to)) {
                Row row = new Row(rows);
                while (rows.next()) {
                    reader.accept(row.integer("line"), row.integer("ok") == 1, row.bytes("entry"));
                }
            }
            return true;
        });
    }

    @Override
    public Batch finish(long batch, Ending ending, @Nullable StoredFile output, @Nullable StoredFile errors, Instant at)
            throws IOException {
        Batch finished = database.write("finish batch " + batch, session -> {
            Batch found = present(BatchRow.find(session, batch));
            if (found.status().ended()) {
                return found;
            }
            if (output != null) {
                SqliteFiles.add(session, output);
            }
            if (errors != null) {
                SqliteFiles.add(session, errors);
            }
            String status = switch (found.stamps().cancelling() != null ? Ending.CANCELLED : ending) {
                case COMPLETED -> "completed";
                case EXPIRED -> "expired";
                case CANCELLED -> "cancelled";
            };
            session.run(
                    "UPDATE batches SET status = ?, open = 0, output_file_id = ?, error_file_id = ?, " + status
                            + "_at = ? WHERE number = ?",
                    status,
                    output == null ? null : output.id(),
                    errors == null ? null : errors.id(),
                    at,
                    batch);
            return present(BatchRow.find(session, batch));
        });
        unpin(batch);
        return finished;
    }

    /** Comes after the end was committed, so it must not make it look failed; what it leaves is swept at the next start. */
    private void unpin(long batch) {
        try {
            deleteInput(batch);
        } catch (IOException e) {
            LOG.warn("batch {}: its input is not needed any more but was not deleted", batch, e);
        }
    }

    private void deleteInput(long batch) throws IOException {
        String blob = database.<@Nullable String>read(
                "find the input of batch " + batch,
                session -> session.<@Nullable String>first(
                        "SELECT input_blob FROM batches WHERE number = ?", row -> row.textOrNull("input_blob"), batch));
        if (blob != null) {
            files.deleteIfUnpinned(blob);
        }
    }

    @Override
    public boolean forgetLines() throws IOException {
        return database.write("delete lines of ended batches", session -> {
            Long batch = session.first(
                    "SELECT number FROM batches WHERE open = 0 AND rows = 1 LIMIT 1", row -> row.number("number"));
            if (batch == null) {
                return shrink(session);
            }
            int deleted = session.run("""
                    DELETE FROM line_results WHERE rowid IN
                        (SELECT rowid FROM line_results WHERE batch = ? LIMIT ?)""", batch, FORGET_SLICE);
            if (deleted < FORGET_SLICE) {
                session.run("DELETE FROM line_intents WHERE batch = ?", batch);
                session.run("DELETE FROM batch_chunks WHERE batch = ?", batch);
                session.run("UPDATE batches SET rows = 0 WHERE number = ?", batch);
            }
            return true;
        });
    }

    /** Gives a slice of free pages back to the disk; only when all rows are gone, or pages would be moved for nothing. */
    private static boolean shrink(Session session) throws SQLException {
        Long free = session.first("PRAGMA freelist_count", row -> row.number("freelist_count"));
        if (free == null || free <= KEPT_PAGES) {
            return false;
        }
        session.drain("PRAGMA incremental_vacuum(" + Math.min(VACUUM_SLICE, free - KEPT_PAGES) + ")");
        return true;
    }

    private static Batch present(@Nullable Batch batch) throws SQLException {
        if (batch == null) {
            throw new SQLException("batch: none (expected: one that was written before)");
        }
        return batch;
    }
}
