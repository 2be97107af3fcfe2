package dev.tidemill.store.sqlite;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes, with group commit.
 *
 * <p><b>The problem.</b> A commit is durable when the disk says so, and that takes as long for one row as for a thousand.
 * With {@code synchronous=FULL} one-row transactions end at a few thousand a second on a good disk and at a hundred on a
 * bad one, while SQLite lets only one connection write at a time anyway.
 *
 * <p><b>The choice.</b> Callers hand in <em>units</em> of work and get futures. The writer takes the first unit that waits,
 * and then all others that wait at that moment ({@value #GROUP} at most), runs them in one transaction, commits once, and
 * only then completes their futures. Nobody waits for a timer: while one commit is under way the next group gathers by
 * itself, so a lone unit pays one commit and a crowd shares one. The slower the disk, the larger the groups.
 *
 * <p><b>The invariant.</b> A future completes normally only after the commit that holds its unit. A unit that throws takes
 * nothing with it: each runs inside its own savepoint, which alone is rolled back, and its neighbours commit. Two failures
 * are not the unit's own: when SQLite gives up the whole transaction (disk full, I/O error; then the savepoint is gone
 * too) or when the commit fails, every unit of the group fails with that cause. Units are run in the order in which they
 * came, so a caller that hands in two sees the first when the second runs.
 *
 * <p>The transaction begins IMMEDIATE: one that read first and wrote later could meet SQLITE_BUSY_SNAPSHOT, which no
 * waiting cures (sqlite.org/isolation.html). Futures are completed on this thread; what is attached to them must be short.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int GROUP = 256;
    private static final int WAITING = 4096;

    private final Session session;
    private final BlockingQueue<Task<?>> queue = new ArrayBlockingQueue<>(WAITING);
    private final Thread thread;
    private volatile boolean closed;

    Writer(Session session) {
        this.session = session;
        this.thread = Thread.ofPlatform().name("store-writer").daemon().start(this::work);
    }

    /** Waits when {@value #WAITING} units are waiting already. */
    <T extends @Nullable Object> CompletableFuture<T> submit(String what, Unit<T> unit) {
        Task<T> task = new Task<>(what, unit);
        if (closed) {
            task.fail(new IOException(what + ": the store is closed"));
            return task.future;
        }
        try {
            queue.put(task);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            task.fail(new IOException(what + ": interrupted", e));
            return task.future;
        }
        if (closed) {
            refuseWaiting();
        }
        return task.future;
    }

    /** Never waits: fails at once when {@value #WAITING} units are waiting already. */
    <T extends @Nullable Object> CompletableFuture<T> offer(String what, Unit<T> unit) {
        Task<T> task = new Task<>(what, unit);
        if (closed) {
            task.fail(new IOException(what + ": the store is closed"));
        } else if (!queue.offer(task)) {
            task.fail(new IOException(what + ": more than " + WAITING + " writes are waiting"));
        } else if (closed) {
            refuseWaiting();
        }
        return task.future;
    }

    private void work() {
        List<Task<?>> group = new ArrayList<>(GROUP);
        while (true) {
            try {
                group.add(queue.take());
            } catch (InterruptedException e) {
                if (closed && queue.isEmpty()) {
                    return;
                }
                continue;
            }
            queue.drainTo(group, GROUP - 1);
            commit(group);
            group.clear();
            if (closed && queue.isEmpty()) {
                return;
            }
        }
    }

    private void commit(List<Task<?>> group) {
        List<Task<?>> done = new ArrayList<>(group.size());
        try {
            session.execute("BEGIN IMMEDIATE");
            for (Task<?> task : group) {
                if (apply(task)) {
                    done.add(task);
                }
            }
            session.execute("COMMIT");
        } catch (SQLException | Undone e) {
            rollback();
            Exception cause = e instanceof Undone undone ? undone.unitFailure : (SQLException) e;
            group.forEach(task -> task.fail(Faults.of(task.what, cause)));
            return;
        } catch (RuntimeException | Error e) {
            rollback();
            group.forEach(task -> task.fail(new IOException(task.what, e)));
            return;
        }
        done.forEach(Task::complete);
    }

    /** @return false: the unit failed alone */
    private boolean apply(Task<?> task) throws SQLException, Undone {
        session.execute("SAVEPOINT unit");
        try {
            task.run(session);
        } catch (SQLException | IOException | RuntimeException e) {
            try {
                session.execute("ROLLBACK TO unit");
                session.execute("RELEASE unit");
            } catch (SQLException gone) {
                e.addSuppressed(gone);
                throw new Undone(e);
            }
            task.fail(Faults.of(task.what, e));
            return false;
        }
        session.execute("RELEASE unit");
        return true;
    }

    private void rollback() {
        try {
            session.reset();
            session.drain("ROLLBACK");
        } catch (SQLException e) {
            LOG.debug("no transaction to roll back: SQLite had done it", e);
        }
    }

    private void refuseWaiting() {
        List<Task<?>> late = new ArrayList<>();
        if (!thread.isAlive()) {
            queue.drainTo(late);
        }
        late.forEach(task -> task.fail(new IOException(task.what + ": the store is closed")));
    }

    /** Finishes what waits, then ends. */
    @Override
    public void close() throws IOException {
        closed = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        refuseWaiting();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            session.close();
        } catch (SQLException e) {
            throw Faults.of("close the writer's connection", e);
        }
    }

    /** SQLite gave up the whole transaction in the middle of a unit. */
    private static final class Undone extends Exception {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // never serialised
        private final Exception unitFailure;

        Undone(Exception unitFailure) {
            super(unitFailure);
            this.unitFailure = unitFailure;
        }
    }

    private static final class Task<T extends @Nullable Object> {
        private final String what;
        private final Unit<T> unit;
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private Runnable completion = () -> {};

        Task(String what, Unit<T> unit) {
            this.what = what;
            this.unit = unit;
        }

        void run(Session session) throws SQLException, IOException {
            T value = unit.run(session);
            completion = () -> future.complete(value);
        }

        void complete() {
            completion.run();
        }

        void fail(IOException e) {
            future.completeExceptionally(e);
        }
    }
}
