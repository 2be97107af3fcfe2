package dev.tidemill.store.sqlite;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteDataSource;

/**
 * One SQLite file: WAL, {@code synchronous=FULL} (what was committed survives a power cut), one {@link Writer}, a few
 * {@link Readers}. The pragmas are connection properties, since several of them in one statement would run only the first.
 *
 * <p>Opening a new file, or one of the newest schema, does not load Flyway; see {@link Schema}.
 */
public final class Database implements Closeable {
    private static final int READERS = 3;

    private final Writer writer;
    private final Readers readers;

    private Database(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    /** Opens the file, creating or migrating it as needed. */
    public static Database open(Path file) throws IOException {
        return open(file, Schema.CURRENT);
    }

    static Database open(Path file, Schema schema) throws IOException {
        boolean fresh = !Files.exists(file) || Files.size(file) == 0;
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl(JDBC.PREFIX + file.toAbsolutePath());
        try {
            Session session = session(source.getUrl(), false, fresh);
            try {
                schema.bringUp(session, source, file, fresh);
            } catch (SQLException | IOException | RuntimeException e) {
                session.close();
                throw e;
            }
            return new Database(new Writer(session), new Readers(READERS, () -> session(source.getUrl(), true, false)));
        } catch (SQLException e) {
            throw Faults.of("open " + file, e);
        }
    }

    private static Session session(String url, boolean readOnly, boolean fresh) throws SQLException {
        Properties pragmas = new Properties();
        if (!fresh) {
            pragmas.setProperty("journal_mode", "WAL");
        }
        pragmas.setProperty("synchronous", "FULL");
        pragmas.setProperty("foreign_keys", "ON");
        pragmas.setProperty("busy_timeout", "5000");
        pragmas.setProperty("temp_store", "MEMORY");
        pragmas.setProperty("journal_size_limit", Integer.toString(64 << 20));
        Session session = new Session(JDBC.createConnection(url, pragmas));
        if (fresh) {
            session.drain("PRAGMA auto_vacuum = INCREMENTAL"); // possible only before there is anything in the file
            session.drain("PRAGMA journal_mode = WAL");
        }
        if (readOnly) {
            session.drain("PRAGMA query_only = ON");
        }
        return session;
    }

    /** Runs {@code unit} in the next group; see {@link Writer}. */
    <T extends @Nullable Object> CompletableFuture<T> submit(String what, Unit<T> unit) {
        return writer.submit(what, unit);
    }

    /** Runs {@code unit} in the next group; never waits, and fails at once when too many are waiting. */
    <T extends @Nullable Object> CompletableFuture<T> offer(String what, Unit<T> unit) {
        return writer.offer(what, unit);
    }

    /** Runs {@code unit}, which does not write, on a reader's thread; never waits. */
    <T extends @Nullable Object> CompletableFuture<T> ask(String what, Unit<T> unit) {
        return readers.submit(what, unit);
    }

    /** Runs {@code unit} and waits for its commit. */
    <T extends @Nullable Object> T write(String what, Unit<T> unit) throws IOException {
        return await(what, writer.submit(what, unit));
    }

    /** Runs {@code unit}, which does not write, and waits for it. */
    <T extends @Nullable Object> T read(String what, Unit<T> unit) throws IOException {
        return await(what, readers.submit(what, unit));
    }

    private static <T extends @Nullable Object> T await(String what, CompletableFuture<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException(what + ": interrupted");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(what, e.getCause());
        }
    }

    /** Commits what waits, then closes the file. */
    @Override
    public void close() throws IOException {
        try (readers) {
            writer.close();
        }
    }
}
