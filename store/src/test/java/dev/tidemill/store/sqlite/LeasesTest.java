package dev.tidemill.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.batch.Owner;
import dev.tidemill.batch.job.Advance;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchStatus;
import dev.tidemill.batch.job.Intent;
import dev.tidemill.batch.job.Lease;
import dev.tidemill.batch.job.LineResult;
import dev.tidemill.batch.job.PlannedChunk;
import dev.tidemill.batch.job.Stamps;
import dev.tidemill.batch.job.Tally;
import dev.tidemill.store.blob.DiskBlobs;
import dev.tidemill.wire.Usage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(30);

    @TempDir
    Path temp;

    private Database database;
    private SqliteBatches batches;
    private long batch;

    @BeforeEach
    void open() throws Exception {
        database = Database.open(temp.resolve("t.db"));
        batches = new SqliteBatches(database, new SqliteFiles(database, DiskBlobs.open(temp.resolve("blobs"))));
        batch = batches.create(new Batch(
                        0,
                        "batch_x",
                        new Owner("o", "p"),
                        "key",
                        "/v1/chat/completions",
                        "file-x",
                        null,
                        "24h",
                        Map.of(),
                        null,
                        BatchStatus.VALIDATING,
                        null,
                        Tally.NONE,
                        List.of(),
                        null,
                        null,
                        Stamps.created(NOW, NOW.plusSeconds(3_600))))
                .number();
        assertThat(batches.start(
                        batch,
                        "m",
                        List.of(new PlannedChunk(0, 0, 3, new byte[] {1}), new PlannedChunk(1, 3, 2, new byte[] {2})),
                        NOW))
                .isTrue();
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private Optional<Lease> lease(String holder, Instant now) {
        return batches.lease(batch, holder, now, now.plusSeconds(30)).join();
    }

    private List<Intent> intend(String holder, int chunk, int... lines) {
        List<Intent> intents = new ArrayList<>();
        for (int line : lines) {
            intents.add(new Intent(batch, chunk, line, 0));
        }
        return batches.advance(holder, new Advance(List.of(), List.of(), intents))
                .join();
    }

    private LineResult result(int chunk, int line, boolean ok) {
        return new LineResult(
                batch, chunk, line, ok, new byte[] {(byte) line}, ok ? new Usage(1, 0, 0, 0, 1, 0) : null);
    }

    private void record(String holder, LineResult... results) {
        batches.advance(holder, new Advance(List.of(results), List.of(), List.of()))
                .join();
    }

    private Tally tally() throws Exception {
        return batches.find(batch).tally();
    }

    @Test
    void aChunkHasOneHolderUntilItsLeaseRunsOut() {
        assertThat(lease("a", NOW).orElseThrow().chunk()).isZero();
        assertThat(lease("b", NOW).orElseThrow().chunk()).isEqualTo(1);
        assertThat(lease("c", NOW)).isEmpty();
        batches.renew("a", LATER.plusSeconds(30)).join();
        assertThat(lease("c", LATER).orElseThrow().chunk()).isEqualTo(1);
        assertThat(lease("c", LATER)).isEmpty();
    }

    @Test
    void onlyTheHolderMaySendALine() throws Exception {
        lease("a", NOW);
        assertThat(intend("a", 0, 0, 1)).isEmpty();
        lease("b", LATER);
        assertThat(intend("a", 0, 2)).hasSize(1);
        assertThat(intend("b", 0, 2)).isEmpty();
    }

    @Test
    void linesThatADeadHolderMayHaveSentAreToldAndCountedOnce() throws Exception {
        lease("a", NOW);
        intend("a", 0, 0, 1);
        record("a", result(0, 0, true));
        Lease second = lease("b", LATER).orElseThrow();
        assertThat(second.done().stream()).containsExactly(0);
        assertThat(second.ambiguous()).extracting(Intent::line).containsExactly(1);
        assertThat(tally().possiblyChargedTwice()).isEqualTo(1);
        intend("b", 0, 1);
        Lease third = lease("c", LATER.plusSeconds(30)).orElseThrow();
        assertThat(third.ambiguous()).extracting(Intent::line).containsExactly(1);
        assertThat(tally().possiblyChargedTwice()).isEqualTo(1);
    }

    @Test
    void theFirstResultOfALineWinsWhoeverBringsIt() throws Exception {
        lease("a", NOW);
        intend("a", 0, 0);
        lease("b", LATER);
        intend("b", 0, 0);
        record("a", result(0, 0, true));
        record("b", result(0, 0, false));
        Tally tally = tally();
        assertThat(tally.completed()).isEqualTo(1);
        assertThat(tally.failed()).isZero();
        assertThat(tally.usage()).isEqualTo(new Usage(1, 0, 0, 0, 1, 0));
        assertThat(intend("b", 0, 0)).as("a line with a result is not sent").hasSize(1);
    }

    @Test
    void aWithdrawnIntentIsNotAmbiguous() throws Exception {
        lease("a", NOW);
        intend("a", 0, 0, 1);
        batches.advance("a", new Advance(List.of(), List.of(new Intent(batch, 0, 0, 0)), List.of()))
                .join();
        batches.release("a");
        assertThat(lease("b", NOW).orElseThrow().ambiguous())
                .extracting(Intent::line)
                .containsExactly(1);
    }

    @Test
    void aChunkWhoseLinesAreDoneIsNotLeasedAgain() throws Exception {
        lease("a", NOW);
        record("a", result(0, 0, true), result(0, 1, false), result(0, 2, true));
        batches.release(null);
        assertThat(lease("b", NOW).orElseThrow().chunk()).isEqualTo(1);
        assertThat(batches.complete(batch)).isFalse();
        record("b", result(1, 3, true), result(1, 4, true));
        assertThat(batches.complete(batch)).isTrue();
        batches.release(null);
        assertThat(lease("c", NOW)).isEmpty();
        List<Integer> lines = new ArrayList<>();
        batches.results(batch, 1, 5, (line, ok, entry) -> lines.add(ok ? line : -line));
        assertThat(lines).containsExactly(-1, 2, 3, 4);
    }
}
