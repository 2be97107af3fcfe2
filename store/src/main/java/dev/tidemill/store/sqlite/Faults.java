package dev.tidemill.store.sqlite;

import dev.tidemill.batch.StorageFullException;
import java.io.IOException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a failed call on the database means. */
final class Faults {
    private Faults() {}

    static IOException of(String what, Exception e) {
        return switch (e) {
            case IOException io -> io;
            case SQLException sql when full(sql) -> new StorageFullException(what, sql);
            default -> new IOException(what + ": " + e.getMessage(), e);
        };
    }

    /** SQLITE_FULL; or the shared-memory file beside the database, or a file for sorting, could not grow. */
    private static boolean full(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return false;
        }
        SQLiteErrorCode code = sqlite.getResultCode();
        return code == SQLiteErrorCode.SQLITE_FULL || code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE;
    }
}
