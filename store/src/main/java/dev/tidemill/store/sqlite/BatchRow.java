package dev.tidemill.store.sqlite;

import dev.tidemill.batch.Owner;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchStatus;
import dev.tidemill.batch.job.Stamps;
import dev.tidemill.batch.job.Tally;
import dev.tidemill.wire.Usage;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A batch to and from its row. */
final class BatchRow {
    private BatchRow() {}

    /** Inserts; the blob is found by the file's id in the same transaction, so a file being deleted is pinned or gone. */
    static void insert(Session session, Batch batch) throws SQLException {
        Owner owner = batch.owner();
        session.run(
                """
                INSERT INTO batches (id, organization, project, key_id, endpoint, input_file_id, input_blob,
                    completion_window, metadata, output_expires_after, status, open, rows, total, completed, failed,
                    uncached_input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, without_usage,
                    possibly_charged_twice, faults, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM files WHERE id = ? AND organization = ? AND project = ?
                        AND purpose = 'batch' AND (expires_at IS NULL OR expires_at > ?)),
                    ?, ?, ?, 'validating', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', ?, ?)""",
                batch.id(),
                owner.organization(),
                owner.project(),
                batch.keyId(),
                batch.endpoint(),
                batch.inputFileId(),
                batch.inputFileId(),
                owner.organization(),
                owner.project(),
                batch.stamps().created(),
                batch.window(),
                Json.ofMetadata(batch.metadata()),
                batch.outputExpiresAfter(),
                batch.stamps().created(),
                batch.stamps().expires());
    }

    static @Nullable Batch find(Session session, long number) throws SQLException {
        return session.first("SELECT * FROM batches WHERE number = ?", BatchRow::read, number);
    }

    static @Nullable Batch find(Session session, Owner owner, String id) throws SQLException {
        return session.first(
                "SELECT * FROM batches WHERE id = ? AND organization = ? AND project = ?",
                BatchRow::read,
                id,
                owner.organization(),
                owner.project());
    }

    static Batch read(Row row) throws SQLException {
        return new Batch(
                row.number("number"),
                row.text("id"),
                new Owner(row.text("organization"), row.text("project")),
                row.text("key_id"),
                row.text("endpoint"),
                row.text("input_file_id"),
                row.textOrNull("input_blob"),
                row.text("completion_window"),
                Json.metadata(row.text("metadata")),
                row.numberOrNull("output_expires_after"),
                BatchStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
                row.textOrNull("model"),
                tally(row),
                Json.faults(row.text("faults")),
                row.textOrNull("output_file_id"),
                row.textOrNull("error_file_id"),
                stamps(row));
    }

    private static Tally tally(Row row) throws SQLException {
        return new Tally(
                row.integer("total"),
                row.integer("completed"),
                row.integer("failed"),
                new Usage(
                        row.number("uncached_input"),
                        row.number("cache_read"),
                        row.number("cache_write_5m"),
                        row.number("cache_write_1h"),
                        row.number("output"),
                        row.number("reasoning")),
                row.integer("without_usage"),
                row.integer("possibly_charged_twice"));
    }

    private static Stamps stamps(Row row) throws SQLException {
        return new Stamps(
                row.instant("created_at"),
                row.instant("expires_at"),
                row.instantOrNull("in_progress_at"),
                row.instantOrNull("finalizing_at"),
                row.instantOrNull("completed_at"),
                row.instantOrNull("failed_at"),
                row.instantOrNull("expired_at"),
                row.instantOrNull("cancelling_at"),
                row.instantOrNull("cancelled_at"));
    }
}
