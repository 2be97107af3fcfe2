package dev.tidemill.store;

import dev.tidemill.core.response.RecentResponses;
import dev.tidemill.core.response.ResponseRecords;
import dev.tidemill.store.blob.DiskBlobs;
import dev.tidemill.store.sqlite.Database;
import dev.tidemill.store.sqlite.SqliteBatches;
import dev.tidemill.store.sqlite.SqliteFiles;
import dev.tidemill.store.sqlite.SqliteKeys;
import dev.tidemill.store.sqlite.SqliteResponses;
import java.io.Closeable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is durable on one machine, in a locked directory: {@code tidemill.db} (SQLite) and {@code blobs/}.
 *
 * <p>Most of what opening costs is the JVM loading SQLite's native library, once a process; the database itself, new or up
 * to date, is open in some 5 ms ({@code ./dev test StoreOpensTest} prints the first opening and the next).
 */
public final class Store implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    /** In memory, some 4 MB. */
    private static final int RECENT_RESPONSES = 10_000;

    private final Database database;
    private final DiskBlobs blobs;
    private final SqliteKeys keys;
    private final SqliteFiles files;
    private final SqliteBatches batches;
    private final ResponseRecords responses;

    private Store(Database database, DiskBlobs blobs) {
        this.database = database;
        this.blobs = blobs;
        this.keys = new SqliteKeys(database);
        this.files = new SqliteFiles(database, blobs);
        this.batches = new SqliteBatches(database, files);
        this.responses = new RecentResponses(new SqliteResponses(database), RECENT_RESPONSES);
    }

    /** Opens what is in the directory, which stays the caller's to close. */
    public static Store open(DataDirectory directory) throws IOException {
        Database database = Database.open(directory.path().resolve("tidemill.db"));
        try {
            DiskBlobs blobs = DiskBlobs.open(directory.path().resolve("blobs"));
            Store store = new Store(database, blobs);
            int swept = blobs.sweep(store.files.referencedBlobs());
            if (swept > 0) {
                LOG.info("removed {} files that an interrupted process had left unlisted", swept);
            }
            return store;
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    public SqliteKeys keys() {
        return keys;
    }

    public SqliteFiles files() {
        return files;
    }

    public SqliteBatches batches() {
        return batches;
    }

    public ResponseRecords responses() {
        return responses;
    }

    public DiskBlobs blobs() {
        return blobs;
    }

    /** Commits what waits, then closes. */
    @Override
    public void close() throws IOException {
        database.close();
    }
}
