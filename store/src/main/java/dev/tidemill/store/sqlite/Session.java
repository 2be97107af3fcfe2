package dev.tidemill.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection with its prepared statements, used by one thread. Statements are kept by their text, which is always a
 * constant of this package: their number is bounded by the code.
 */
final class Session implements AutoCloseable {
    /** Makes a value of a row. */
    @FunctionalInterface
    interface Reader<T extends @Nullable Object> {
        T read(Row row) throws SQLException;
    }

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    /** @return rows changed */
    int run(String sql, @Nullable Object... values) throws SQLException {
        return bound(sql, values).executeUpdate();
    }

    /** Executes what answers neither rows nor a count that matters: BEGIN, COMMIT, SAVEPOINT. */
    void execute(String sql) throws SQLException {
        bound(sql).execute();
    }

    /** Executes a statement to its end that may do its work row by row, as some PRAGMAs do; it is not kept. */
    void drain(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    /** Closes all statements, so that none is in the way of a rollback. */
    void reset() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        statements.clear();
    }

    <T> List<T> list(String sql, Reader<T> reader, @Nullable Object... values) throws SQLException {
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            Row row = new Row(rows);
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(reader.read(row));
            }
            return found;
        }
    }

    /** The first row; null: none. */
    <T extends @Nullable Object> @Nullable T first(String sql, Reader<T> reader, @Nullable Object... values)
            throws SQLException {
        try (ResultSet rows = bound(sql, values).executeQuery()) {
            return rows.next() ? reader.read(new Row(rows)) : null;
        }
    }

    /** An open result set, to be closed by the caller. */
    ResultSet rows(String sql, @Nullable Object... values) throws SQLException {
        return bound(sql, values).executeQuery();
    }

    private PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) {
            bind(statement, i + 1, values[i]);
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, int at, @Nullable Object value) throws SQLException {
        switch (value) {
            case null -> statement.setNull(at, java.sql.Types.NULL);
            case String text -> statement.setString(at, text);
            case Long number -> statement.setLong(at, number);
            case Integer number -> statement.setInt(at, number);
            case Boolean flag -> statement.setInt(at, flag ? 1 : 0);
            case Instant instant -> statement.setLong(at, instant.toEpochMilli());
            case byte[] bytes -> statement.setBytes(at, bytes);
            default ->
                throw new SQLException("parameter " + at + ": " + value.getClass() + " (expected: text, number, "
                        + "flag, instant, bytes or null)");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close(); // closes its statements
    }
}
