package dev.tidemill.store.sqlite;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Work on the database: all of it or nothing. Runs on the database's own threads, so it must not wait for others. */
@FunctionalInterface
interface Unit<T extends @Nullable Object> {
    T run(Session session) throws SQLException, IOException;
}
