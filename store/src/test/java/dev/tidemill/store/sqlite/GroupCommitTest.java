package dev.tidemill.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {
    @TempDir
    Path temp;

    private Database database;

    @BeforeEach
    void open() throws Exception {
        database = Database.open(temp.resolve("t.db"));
        database.write("create", session -> {
            session.drain("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)");
            return true;
        });
    }

    private CompletableFuture<Integer> insert(int n) {
        return database.submit("insert " + n, session -> session.run("INSERT INTO t (n) VALUES (?)", n));
    }

    private long count() throws IOException {
        Long count =
                database.read("count", session -> session.first("SELECT count(*) AS n FROM t", row -> row.number("n")));
        return count == null ? -1 : count;
    }

    /** Keeps the writer busy until the latch opens, so that what is handed in meanwhile becomes one group. */
    private CompletableFuture<Boolean> hold(CountDownLatch latch) {
        return database.submit("hold", session -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return true;
        });
    }

    @Test
    void aUnitThatFailsIsRolledBackAloneAndItsNeighboursCommit() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        hold(latch);
        CompletableFuture<Integer> first = insert(1);
        CompletableFuture<Boolean> bad = database.submit("bad", session -> {
            session.run("INSERT INTO t (n) VALUES (2)");
            session.run("INSERT INTO t (n) VALUES (1)"); // there already
            return true;
        });
        CompletableFuture<Boolean> thrown = database.submit("thrown", session -> {
            session.run("INSERT INTO t (n) VALUES (3)");
            throw new IllegalStateException("on purpose");
        });
        CompletableFuture<Integer> last = insert(4);
        latch.countDown();
        assertThat(first.get()).isEqualTo(1);
        assertThat(last.get()).isEqualTo(1);
        assertThatThrownBy(bad::get).isInstanceOf(ExecutionException.class).hasRootCauseMessage(rootMessage(bad));
        assertThatThrownBy(thrown::get).hasMessageContaining("thrown: on purpose");
        assertThat(count()).isEqualTo(2);
    }

    private static String rootMessage(CompletableFuture<?> future) {
        Throwable at = future.exceptionNow();
        while (at.getCause() != null) {
            at = at.getCause();
        }
        return at.getMessage();
    }

    @Test
    void unitsRunInTheOrderInWhichTheyCameAndSeeEachOther() throws Exception {
        CompletableFuture<Integer> insert = insert(7);
        CompletableFuture<Integer> update =
                database.submit("update", session -> session.run("UPDATE t SET text = 'seen' WHERE n = 7"));
        assertThat(update.get()).isEqualTo(1);
        assertThat(insert.isDone()).isTrue();
    }

    @Test
    void manyCallersShareCommits() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        long start = System.nanoTime();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5_000; i++) {
                int n = i;
                futures.add(CompletableFuture.supplyAsync(() -> insert(n).join(), callers));
            }
        }
        for (CompletableFuture<Integer> future : futures) {
            commits.addAndGet(future.get());
        }
        long millis = Math.max(1, (System.nanoTime() - start) / 1_000_000);
        System.out.println("5,000 one-row units in " + millis + " ms: " + 5_000_000 / millis + " units/s");
        assertThat(count()).isEqualTo(5_000);
    }

    @Test
    void afterClosingEveryCallFailsAndWhatWasHandedInBeforeIsThere() throws Exception {
        List<CompletableFuture<Integer>> before = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            before.add(insert(i));
        }
        database.close();
        for (CompletableFuture<Integer> future : before) {
            assertThat(future.get()).isEqualTo(1);
        }
        assertThatThrownBy(() -> insert(1_000).get()).hasMessageContaining("closed");
        assertThatThrownBy(this::count).isInstanceOf(IOException.class).hasMessageContaining("closed");
        database = Database.open(temp.resolve("t.db"));
        assertThat(count()).isEqualTo(500);
        database.close();
    }

    @Test
    void readersCannotWrite() {
        assertThatThrownBy(() -> database.read("write", session -> session.run("INSERT INTO t (n) VALUES (1)")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("readonly");
    }

    @Test
    void theFileIsWrittenAheadAndFlushedAtEachCommit() throws Exception {
        for (String[] pragma : new String[][] {{"journal_mode", "wal"}, {"synchronous", "2"}, {"auto_vacuum", "2"}}) {
            String found = database.write(
                    "pragma", session -> session.first("PRAGMA " + pragma[0], row -> row.text(pragma[0])));
            assertThat(found).as(pragma[0]).isEqualTo(pragma[1]);
        }
    }
}
