package dev.tidemill.store.sqlite;

import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.response.ResponseRecords;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Response records in the database. A record joins the group of whatever else is committed at that moment. Each insert also
 * deletes up to {@value #SWEPT} of the oldest that have expired, so expiry needs no clock of its own and never more than it
 * is given; and what is more than the limit goes, oldest first.
 */
public final class SqliteResponses implements ResponseRecords {
    /** Rows kept, some 2 GB. */
    public static final long MOST = 10_000_000;

    static final int SWEPT = 4;

    private final Database database;
    private final long most;

    public SqliteResponses(Database database) {
        this(database, MOST);
    }

    SqliteResponses(Database database, long most) {
        this.database = database;
        this.most = most;
    }

    @Override
    public CompletableFuture<?> record(ResponseRecord record) {
        return database.offer("record a response", session -> {
            insert(session, record);
            session.run(
                    "DELETE FROM responses WHERE number IN (SELECT number FROM responses ORDER BY number LIMIT " + SWEPT
                            + ") AND expires_at <= ?",
                    record.created());
            return session.run("DELETE FROM responses WHERE number <= (SELECT max(number) FROM responses) - ?", most);
        });
    }

    private static void insert(Session session, ResponseRecord record) throws SQLException {
        session.run(
                """
                INSERT OR REPLACE INTO responses (organization, project, id, model, provider, upstream_model, credential,
                    created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                record.organization(),
                record.project(),
                record.id(),
                record.model(),
                record.provider(),
                record.upstreamModel(),
                record.credential(),
                record.created(),
                record.expires());
    }

    @Override
    public CompletableFuture<@Nullable ResponseRecord> find(String organization, String project, String id) {
        return database.ask(
                "find a response",
                session -> session.first(
                        "SELECT * FROM responses WHERE organization = ? AND project = ? AND id = ?",
                        row -> new ResponseRecord(
                                organization,
                                project,
                                id,
                                row.text("model"),
                                row.text("provider"),
                                row.text("upstream_model"),
                                row.text("credential"),
                                row.instant("created_at")),
                        organization,
                        project,
                        id));
    }

    @Override
    public CompletableFuture<?> forget(String organization, String project, String id) {
        return database.offer(
                "forget a response",
                session -> session.run(
                        "DELETE FROM responses WHERE organization = ? AND project = ? AND id = ?",
                        organization,
                        project,
                        id));
    }
}
