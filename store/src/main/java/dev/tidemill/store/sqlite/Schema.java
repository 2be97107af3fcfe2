package dev.tidemill.store.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings a file to the newest schema. The version is kept twice: in Flyway's own table, and in the file's header
 * ({@code user_version}), where it is read in microseconds; only when that one is behind is Flyway called.
 */
final class Schema {
    /** The number of the newest file under {@code migrations}. */
    static final int NEWEST = 1;

    private Schema() {}

    static void bringUp(Session session, DataSource source, Path file) throws SQLException, IOException {
        Integer version = session.first("PRAGMA user_version", row -> row.integer("user_version"));
        int found = version == null ? 0 : version;
        if (found == NEWEST) {
            return;
        }
        if (found > NEWEST) {
            throw new IOException(file + ": schema version " + found + " (expected: <= " + NEWEST
                    + "); it was written by a newer program");
        }
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:dev/tidemill/store/migrations")
                .loggers("slf4j")
                .load()
                .migrate();
        session.drain("PRAGMA user_version = " + NEWEST);
    }
}
