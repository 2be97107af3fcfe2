package dev.tidemill.store.sqlite;

import dev.tidemill.batch.job.Advance;
import dev.tidemill.batch.job.Intent;
import dev.tidemill.batch.job.Lease;
import dev.tidemill.batch.job.LineResult;
import dev.tidemill.wire.Usage;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Leases, intents and results as rows; the protocol is told at {@link dev.tidemill.batch.job.BatchStore}.
 *
 * <p>Results lie in the database itself and not in a file of their own beside it: then one fsync makes a result, the end of
 * its intent and the counters durable together, no torn tail has to be told from a whole one after a crash, and the same
 * rows do on PostgreSQL. The price is that a body is written twice more (log, then file) before it is copied out at the end.
 * Counters of batch and chunk are moved once per step, not once per line.
 */
final class LineRows {
    private record ChunkKey(long batch, int chunk) {}

    private LineRows() {}

    static @Nullable Lease lease(Session session, long batch, String holder, Instant now, Instant until)
            throws SQLException {
        record Chunk(int number, int first, int lines, byte[] plan) {}
        Chunk chunk = session.first(
                """
                SELECT chunk, first_line, lines, plan FROM batch_chunks
                WHERE batch = ? AND done < lines AND (lease_owner IS NULL OR lease_until <= ?)
                ORDER BY chunk LIMIT 1""",
                row -> new Chunk(
                        row.integer("chunk"), row.integer("first_line"), row.integer("lines"), row.bytes("plan")),
                batch,
                now);
        if (chunk == null) {
            return null;
        }
        session.run(
                "UPDATE batch_chunks SET lease_owner = ?, lease_until = ? WHERE batch = ? AND chunk = ?",
                holder,
                until,
                batch,
                chunk.number());
        int end = chunk.first() + chunk.lines();
        BitSet done = new BitSet(chunk.lines());
        for (int line : session.list(
                "SELECT line FROM line_results WHERE batch = ? AND line >= ? AND line < ?",
                row -> row.integer("line"),
                batch,
                chunk.first(),
                end)) {
            done.set(line - chunk.first());
        }
        List<Intent> ambiguous = session.list(
                "SELECT line, tries FROM line_intents WHERE batch = ? AND line >= ? AND line < ? ORDER BY line",
                row -> new Intent(batch, chunk.number(), row.integer("line"), row.integer("tries")),
                batch,
                chunk.first(),
                end);
        int counted = session.run(
                "UPDATE line_intents SET counted = 1 WHERE batch = ? AND line >= ? AND line < ? AND counted = 0",
                batch,
                chunk.first(),
                end);
        if (counted > 0) {
            session.run(
                    "UPDATE batches SET possibly_charged_twice = possibly_charged_twice + ? WHERE number = ?",
                    counted,
                    batch);
        }
        return new Lease(batch, chunk.number(), chunk.first(), chunk.plan(), done, ambiguous);
    }

    static List<Intent> advance(Session session, String holder, Advance step) throws SQLException {
        keep(session, step.results());
        for (Intent intent : step.withdrawn()) {
            session.run("DELETE FROM line_intents WHERE batch = ? AND line = ?", intent.batch(), intent.line());
        }
        return intend(session, holder, step.intents());
    }

    private static void keep(Session session, List<LineResult> results) throws SQLException {
        Map<Long, Sums> batches = new HashMap<>();
        Map<ChunkKey, Integer> chunks = new HashMap<>();
        for (LineResult result : results) {
            int added = session.run(
                    "INSERT OR IGNORE INTO line_results (batch, line, ok, entry) VALUES (?, ?, ?, ?)",
                    result.batch(),
                    result.line(),
                    result.ok(),
                    result.entry());
            session.run("DELETE FROM line_intents WHERE batch = ? AND line = ?", result.batch(), result.line());
            if (added > 0) {
                batches.computeIfAbsent(result.batch(), number -> new Sums()).add(result);
                chunks.merge(new ChunkKey(result.batch(), result.chunk()), 1, Integer::sum);
            }
        }
        for (Map.Entry<ChunkKey, Integer> entry : chunks.entrySet()) {
            session.run(
                    "UPDATE batch_chunks SET done = done + ? WHERE batch = ? AND chunk = ?",
                    entry.getValue(),
                    entry.getKey().batch(),
                    entry.getKey().chunk());
        }
        for (Map.Entry<Long, Sums> entry : batches.entrySet()) {
            entry.getValue().store(session, entry.getKey());
        }
    }

    private static List<Intent> intend(Session session, String holder, List<Intent> intents) throws SQLException {
        List<Intent> refused = new ArrayList<>();
        Map<ChunkKey, Boolean> held = new HashMap<>();
        for (Intent intent : intents) {
            ChunkKey key = new ChunkKey(intent.batch(), intent.chunk());
            Boolean mine = held.get(key);
            if (mine == null) {
                mine = holds(session, holder, key);
                held.put(key, mine);
            }
            if (!mine || hasResult(session, intent)) {
                refused.add(intent);
                continue;
            }
            session.run("""
                    INSERT INTO line_intents (batch, line, chunk, tries, counted) VALUES (?, ?, ?, ?, 0)
                    ON CONFLICT (batch, line) DO UPDATE SET tries = excluded.tries""", intent.batch(), intent.line(), intent.chunk(), intent.tries());
        }
        return refused;
    }

    private static boolean holds(Session session, String holder, ChunkKey key) throws SQLException {
        return session.first(
                        "SELECT 1 AS held FROM batch_chunks WHERE batch = ? AND chunk = ? AND lease_owner = ?",
                        row -> row.integer("held"),
                        key.batch(),
                        key.chunk(),
                        holder)
                != null;
    }

    private static boolean hasResult(Session session, Intent intent) throws SQLException {
        return session.first(
                        "SELECT 1 AS done FROM line_results WHERE batch = ? AND line = ?",
                        row -> row.integer("done"),
                        intent.batch(),
                        intent.line())
                != null;
    }

    /** What a step adds to one batch. */
    private static final class Sums {
        private int completed;
        private int failed;
        private int withoutUsage;
        private Usage usage = Usage.NONE;

        void add(LineResult result) {
            if (result.ok()) {
                completed++;
            } else {
                failed++;
            }
            if (result.usage() != null) {
                usage = usage.plus(result.usage());
            } else if (result.ok()) {
                withoutUsage++;
            }
        }

        void store(Session session, long batch) throws SQLException {
            session.run(
                    """
                    UPDATE batches SET completed = completed + ?, failed = failed + ?,
                        uncached_input = uncached_input + ?, cache_read = cache_read + ?,
                        cache_write_5m = cache_write_5m + ?, cache_write_1h = cache_write_1h + ?,
                        output = output + ?, reasoning = reasoning + ?, without_usage = without_usage + ?
                    WHERE number = ?""",
                    completed,
                    failed,
                    usage.uncachedInput(),
                    usage.cacheRead(),
                    usage.cacheWrite5m(),
                    usage.cacheWrite1h(),
                    usage.output(),
                    usage.reasoning(),
                    withoutUsage,
                    batch);
        }
    }
}
