package dev.tidemill.store.sqlite;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few connections that only read, each with a platform thread of its own: a call into SQLite is native and would pin a
 * virtual thread's carrier. Connections open when they are first needed. In WAL mode readers and the writer do not wait for each
 * other; a reader sees what was committed when its statement began.
 */
final class Readers implements AutoCloseable {
    private static final int WAITING = 1024;

    /** Opens a connection. */
    @FunctionalInterface
    interface Opener {
        Session open() throws SQLException;
    }

    private final Opener opener;
    private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
    private final ThreadPoolExecutor threads;

    Readers(int count, Opener opener) {
        this.opener = opener;
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().name("store-reader-", 0).daemon().factory(),
                (task, pool) -> ((Task<?>) task).refuse(pool.isShutdown()));
    }

    <T extends @Nullable Object> CompletableFuture<T> submit(String what, Unit<T> unit) {
        Task<T> task = new Task<>(what, unit);
        threads.execute(task);
        return task.future;
    }

    @Override
    public void close() throws IOException {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                threads.shutdownNow();
                return; // a connection in use is not closed under its reader
            }
            for (Session each : idle) {
                each.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw Faults.of("close a reader's connection", e);
        }
    }

    private final class Task<T extends @Nullable Object> implements Runnable {
        private final String what;
        private final Unit<T> unit;
        private final CompletableFuture<T> future = new CompletableFuture<>();

        Task(String what, Unit<T> unit) {
            this.what = what;
            this.unit = unit;
        }

        @Override
        public void run() {
            @Nullable Session session = idle.poll();
            try {
                if (session == null) {
                    session = opener.open();
                }
                future.complete(unit.run(session));
            } catch (SQLException | IOException e) {
                future.completeExceptionally(Faults.of(what, e));
            } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
            } finally {
                if (session != null) {
                    idle.push(session);
                }
            }
        }

        void refuse(boolean closed) {
            future.completeExceptionally(new IOException(
                    what + (closed ? ": the store is closed" : ": more than " + WAITING + " reads are waiting")));
        }
    }
}
