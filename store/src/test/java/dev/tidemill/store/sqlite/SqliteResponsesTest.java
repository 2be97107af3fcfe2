package dev.tidemill.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.response.RecentResponses;
import dev.tidemill.core.response.ResponseRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteResponsesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123Z");

    @TempDir
    Path temp;

    private Database database;

    @BeforeEach
    void open() throws Exception {
        database = Database.open(temp.resolve("t.db"));
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private static ResponseRecord response(String project, String id, Instant created) {
        return new ResponseRecord("org", project, id, "m", "openai", "gpt-test", "0a1b2c3d", created);
    }

    private long rows() throws Exception {
        Long rows = database.<Long>read(
                "count", session -> session.first("SELECT count(*) AS n FROM responses", row -> row.number("n")));
        return rows;
    }

    @Test
    void aRecordIsFoundByItsOwnerAloneAndAfterAnotherStart() throws Exception {
        ResponseRecord record = response("a", "resp_1", NOW);
        new SqliteResponses(database).record(record).join();
        database.close();
        database = Database.open(temp.resolve("t.db"));
        SqliteResponses responses = new SqliteResponses(database);
        assertThat(responses.find("org", "a", "resp_1").join()).isEqualTo(record);
        assertThat(responses.find("org", "b", "resp_1").join()).isNull();
        assertThat(responses.find("other", "a", "resp_1").join()).isNull();
        assertThat(responses.find("org", "a", "resp_2").join()).isNull();
        responses.forget("org", "b", "resp_1").join();
        assertThat(responses.find("org", "a", "resp_1").join()).isEqualTo(record);
        responses.forget("org", "a", "resp_1").join();
        assertThat(responses.find("org", "a", "resp_1").join()).isNull();
    }

    @Test
    void twoProjectsWithTheSameIdDoNotReplaceEachOther() {
        SqliteResponses responses = new SqliteResponses(database);
        responses.record(response("a", "resp_1", NOW)).join();
        responses.record(response("b", "resp_1", NOW.plusSeconds(1))).join();
        assertThat(responses.find("org", "a", "resp_1").join()).isEqualTo(response("a", "resp_1", NOW));
    }

    @Test
    void thoseThatHaveExpiredGoAsOthersCome() throws Exception {
        SqliteResponses responses = new SqliteResponses(database);
        for (int i = 0; i < 20; i++) {
            responses.record(response("a", "old_" + i, NOW)).join();
        }
        Instant later = NOW.plus(ResponseRecord.KEPT);
        for (int i = 0; i < 20 / SqliteResponses.SWEPT + 1; i++) {
            responses.record(response("a", "new_" + i, later)).join();
        }
        assertThat(rows()).isEqualTo(20 / SqliteResponses.SWEPT + 1);
        responses.record(response("a", "one", later.plus(Duration.ofDays(1)))).join();
        assertThat(responses.find("org", "a", "new_0").join()).isNotNull();
    }

    @Test
    void noMoreAreKeptThanTheLimitAndTheOldestGo() throws Exception {
        SqliteResponses responses = new SqliteResponses(database, 10);
        for (int i = 0; i < 25; i++) {
            responses.record(response("a", "resp_" + i, NOW)).join();
        }
        assertThat(rows()).isEqualTo(10);
        assertThat(responses.find("org", "a", "resp_14").join()).isNull();
        assertThat(responses.find("org", "a", "resp_15").join()).isNotNull();
    }

    @Test
    void moreThanTheWriterTakesOnIsRefusedAtOnceRatherThanWaitedFor() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        CompletableFuture<Boolean> held = database.submit("hold the writer", session -> {
            try {
                return slow.await(20, java.util.concurrent.TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new java.io.IOException(e);
            }
        });
        SqliteResponses responses = new SqliteResponses(database);
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            all.add(responses.record(response("a", "resp_" + i, NOW)));
        }
        assertThat(all.getLast()).isCompletedExceptionally();
        slow.countDown();
        assertThat(held.join()).isTrue();
        long kept = all.stream()
                .filter(each -> each.handle((done, failed) -> failed == null).join())
                .count();
        assertThat(rows()).isEqualTo(kept).isBetween(4_000L, 5_000L);
    }

    @Test
    void thoseOfLateAreInMemoryAndNoMoreThanItIsGiven() throws Exception {
        RecentResponses recent = new RecentResponses(new SqliteResponses(database), 2);
        for (int i = 0; i < 3; i++) {
            recent.record(response("a", "resp_" + i, NOW)).join();
        }
        database.write("empty it", session -> session.run("DELETE FROM responses"));
        assertThat(recent.find("org", "a", "resp_0").join()).isNull();
        assertThat(recent.find("org", "a", "resp_2")).isCompletedWithValue(response("a", "resp_2", NOW));
        recent.forget("org", "a", "resp_2").join();
        assertThat(recent.find("org", "a", "resp_2").join()).isNull();
    }
}
