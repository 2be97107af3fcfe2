package dev.tidemill.store.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The row a result set stands on, read by column name. Instants are stored as milliseconds since 1970. */
record Row(ResultSet set) {
    String text(String column) throws SQLException {
        String text = set.getString(column);
        if (text == null) {
            throw new SQLException(column + ": null (expected: text)");
        }
        return text;
    }

    @Nullable
    String textOrNull(String column) throws SQLException {
        return set.getString(column);
    }

    long number(String column) throws SQLException {
        return set.getLong(column);
    }

    int integer(String column) throws SQLException {
        return set.getInt(column);
    }

    @Nullable
    Long numberOrNull(String column) throws SQLException {
        long number = set.getLong(column);
        return set.wasNull() ? null : number;
    }

    Instant instant(String column) throws SQLException {
        return Instant.ofEpochMilli(set.getLong(column));
    }

    @Nullable
    Instant instantOrNull(String column) throws SQLException {
        Long millis = numberOrNull(column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    byte[] bytes(String column) throws SQLException {
        return set.getBytes(column);
    }
}
