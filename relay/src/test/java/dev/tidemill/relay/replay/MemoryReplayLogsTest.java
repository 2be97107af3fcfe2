package dev.tidemill.relay.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tidemill.core.route.Policy;
import dev.tidemill.relay.replay.ReplayLog.End;
import dev.tidemill.relay.replay.ReplayLog.Piece;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Logs in memory: what is there, who may have it, and what makes room for what. */
class MemoryReplayLogsTest {
    private static final Duration KEEP = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // nanoTime may overflow
    private MemoryReplayLogs logs = new MemoryReplayLogs(3, 10_000, now::get);

    private ReplayLog begin(String id, long bytes) {
        return logs.begin(
                new ReplayedStream(
                        id, "k", "text/event-stream", true, new byte[0], null, new Policy.Resume(bytes, KEEP)),
                () -> {});
    }

    private static byte[] event(int length) {
        return new byte[length];
    }

    private Optional<ReplayLog> find(String id, String key) throws Exception {
        return logs.find(id, key).toCompletableFuture().get();
    }

    private static Piece read(ReplayLog log, long from, int atMost) throws Exception {
        return log.read(from, atMost).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void aPieceHasWhatIsThereUpToItsSizeAndTheEndBehindTheLast() throws Exception {
        ReplayLog log = begin("a", 1_000);
        for (int i = 0; i < 5; i++) {
            assertThat(log.append(event(10))).isTrue();
        }
        assertThat(read(log, 0, 1_000).events()).hasSize(5);
        assertThat(read(log, 0, 25).events()).hasSize(2);
        assertThat(read(log, 4, 1).events()).as("one, however large").hasSize(1);
        assertThat(read(log, 3, 1_000).end()).isNull();
        log.close(End.ENDED);
        log.close(End.CUT);
        assertThat(read(log, 3, 1_000)).extracting(Piece::end).isEqualTo(End.ENDED);
        assertThat(read(log, 3, 10).end()).as("more follows").isNull();
        assertThat(read(log, 5, 10).events()).isEmpty();
        assertThat(read(log, Long.MAX_VALUE, 10).end()).isEqualTo(End.ENDED);
        assertThat(log.append(event(1))).isFalse();
    }

    @Test
    void whoeverWaitsIsWokenByTheNextEventOrTheEnd() {
        ReplayLog log = begin("a", 1_000);
        CompletableFuture<Piece> one = log.read(0, 100).toCompletableFuture();
        CompletableFuture<Piece> other = log.read(0, 100).toCompletableFuture();
        CompletableFuture<Piece> ahead = log.read(7, 100).toCompletableFuture();
        assertThat(one).isNotDone();
        log.append(event(3));
        assertThat(one.join().events()).hasSize(1);
        assertThat(other.join().events()).hasSize(1);
        assertThat(ahead).isNotDone();
        log.close(End.CUT);
        assertThat(ahead.join()).isEqualTo(new Piece(List.of(), End.CUT));
    }

    @Test
    void whoeverWaitsFarAheadOfTheLogCostsItsWriterNothing() {
        logs = new MemoryReplayLogs(3, 100_000_000, now::get);
        ReplayLog log = begin("a", 100_000_000);
        List<CompletableFuture<Piece>> ahead = IntStream.range(0, 100)
                .mapToObj(i -> log.read(Long.MAX_VALUE - i, 100).toCompletableFuture())
                .toList();
        byte[] event = event(10);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            log.append(event);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000_000);
        log.close(End.ENDED);
        assertThat(ahead).allSatisfy(each -> assertThat(each.join()).isEqualTo(new Piece(List.of(), End.ENDED)));
    }

    @Test
    void noReaderMissesAnEventHoweverTheyMeet() throws Exception {
        logs = new MemoryReplayLogs(3, 100_000_000, now::get);
        ReplayLog log = begin("a", 100_000_000);
        int events = 20_000;
        List<Future<Integer>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                readers.add(threads.submit(() -> {
                    int next = 0;
                    for (End end = null; end == null; ) {
                        Piece piece = read(log, next, 1_000);
                        for (byte[] event : piece.events()) {
                            assertThat(event)
                                    .asString(StandardCharsets.US_ASCII)
                                    .isEqualTo(Integer.toString(next++));
                        }
                        end = piece.end();
                    }
                    return next;
                }));
            }
            for (int i = 0; i < events; i++) {
                log.append(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
                if (i % 64 == 0) {
                    Thread.yield();
                }
            }
            log.close(End.ENDED);
        }
        for (Future<Integer> reader : readers) {
            assertThat(reader.get()).isEqualTo(events);
        }
    }

    @Test
    void anotherKeysLogIsAnUnknownOne() throws Exception {
        ReplayLog log = begin("a", 100);
        assertThat(find("a", "k")).containsSame(log);
        assertThat(find("a", "other")).isEmpty();
        assertThat(find("b", "k")).isEmpty();
    }

    @Test
    void aLogIsKeptForItsTimeAfterTheEnd() throws Exception {
        ReplayLog log = begin("a", 100);
        log.append(event(10));
        now.addAndGet(KEEP.toNanos() * 5);
        logs.sweep();
        assertThat(find("a", "k")).as("it has not ended").isPresent();
        log.close(End.ENDED);
        now.addAndGet(KEEP.toNanos() - 1);
        logs.sweep();
        assertThat(find("a", "k")).isPresent();
        now.addAndGet(1);
        assertThat(find("a", "k")).as("not even before the next sweep").isEmpty();
        assertThat(logs.streams()).isEqualTo(1);
        logs.sweep();
        assertThat(logs.streams()).isZero();
        assertThat(logs.bytes()).isZero();
        assertThat(read(log, 0, 100)).as("whoever reads it still").isEqualTo(new Piece(List.of(), End.GONE));
    }

    @Test
    void aLogThatIsTooLongIsGoneForAll() throws Exception {
        ReplayLog log = begin("a", 100);
        CompletableFuture<Piece> waits = log.read(10, 100).toCompletableFuture();
        assertThat(log.append(event(100))).isTrue();
        assertThat(log.append(event(1))).isFalse();
        assertThat(log.append(event(1))).isFalse();
        log.close(End.ENDED);
        assertThat(log.open()).isFalse();
        assertThat(waits.join().end()).isEqualTo(End.GONE);
        assertThat(find("a", "k")).isEmpty();
        assertThat(logs.streams()).isZero();
        assertThat(logs.bytes()).isZero();
        assertThat(logs.lost()).isEqualTo(1);
    }

    @Test
    void aStreamTooManyTakesThePlaceOfTheOneThatEndedFirst() throws Exception {
        ReplayLog a = begin("a", 100);
        ReplayLog b = begin("b", 100);
        begin("c", 100);
        assertThat(begin("d", 100)).as("all run").isNull();
        assertThat(logs.refused()).isEqualTo(1);
        b.close(End.ENDED);
        a.close(End.ENDED);
        assertThat(begin("e", 100)).isNotNull();
        assertThat(find("b", "k")).isEmpty();
        assertThat(find("a", "k")).isPresent();
        assertThat(begin("f", 100)).isNotNull();
        assertThat(begin("g", 100)).isNull();
        assertThat(logs.streams()).isEqualTo(3);
    }

    private ReplayLog begin(String id, String key, int streams) {
        Policy.Resume bounds = new Policy.Resume(100, KEEP, streams);
        return logs.begin(new ReplayedStream(id, key, "text/event-stream", true, new byte[0], null, bounds), () -> {});
    }

    @Test
    void aKeyTakesNoMoreThanItsShare() throws Exception {
        logs = new MemoryReplayLogs(10, 10_000, now::get);
        ReplayLog other = begin("other", "j", 2);
        other.close(End.ENDED);
        ReplayLog a = begin("a", "k", 2);
        begin("b", "k", 2);
        assertThat(begin("c", "k", 2)).as("both run").isNull();
        assertThat(logs.refused()).isEqualTo(1);
        a.close(End.ENDED);
        assertThat(begin("d", "k", 2)).isNotNull();
        assertThat(find("a", "k")).isEmpty();
        assertThat(find("other", "j"))
                .as("another key's, though it ended first")
                .isPresent();
        assertThat(begin("e", "j", 2)).isNotNull();
        assertThat(logs.streams()).isEqualTo(4);
    }

    @Test
    void anIdThatComesAgainIsTheLaterStreams() throws Exception {
        ReplayLog first = begin("a", 100);
        assertThat(begin("a", 100)).as("the first is still written").isNull();
        first.append(event(10));
        first.close(End.ENDED);
        ReplayLog second = begin("a", 100);
        assertThat(find("a", "k")).containsSame(second);
        assertThat(read(first, 0, 100).end()).isEqualTo(End.GONE);
        second.close(End.ENDED);
        assertThat(logs.streams()).isEqualTo(1);
        begin("b", 100);
        begin("c", 100);
        assertThat(begin("d", 100))
                .as("in the place of the second, which has ended")
                .isNotNull();
        assertThat(logs.streams()).isEqualTo(3);
        now.addAndGet(KEEP.toNanos());
        logs.sweep();
        assertThat(logs.bytes()).isZero();
    }

    @Test
    void bytesTooManyTakeThePlaceOfTheStreamThatEndedFirst() throws Exception {
        ReplayLog a = begin("a", 10_000);
        ReplayLog b = begin("b", 10_000);
        a.append(event(6_000));
        a.close(End.ENDED);
        assertThat(b.append(event(6_000))).isTrue();
        assertThat(find("a", "k")).isEmpty();
        ReplayLog c = begin("c", 10_000);
        assertThat(c.append(event(6_000))).as("b still runs").isFalse();
        assertThat(find("b", "k")).isPresent();
        assertThat(logs.bytes()).isEqualTo(6_000 + MemoryReplayLog.OVERHEAD);
    }

    @Test
    void manyStreamsFromManyThreadsKeepTheBounds() throws Exception {
        logs = new MemoryReplayLogs(50, 100_000, now::get);
        IntStream.range(0, 2_000).parallel().forEach(i -> {
            ReplayLog log = begin("s" + i, 5_000);
            for (int n = 0; log != null && n < i % 13; n++) {
                log.append(event(500));
            }
            if (log != null && i % 7 == 0) {
                log.append(event(6_000)); // too long
            } else if (log != null) {
                log.close(End.ENDED);
            }
        });
        assertThat(logs.bytes()).isBetween(0L, 100_000L);
        assertThat(logs.streams()).isBetween(1, 50);
        now.addAndGet(KEEP.toNanos());
        logs.sweep();
        assertThat(logs.streams()).isZero();
        assertThat(logs.bytes()).isZero();
    }

    @Test
    void theOwnerIsToldOnceAndNotAfterTheEnd() {
        AtomicInteger wishes = new AtomicInteger();
        ReplayedStream stream = new ReplayedStream(
                "a", "k", "text/event-stream", true, new byte[0], null, new Policy.Resume(100, KEEP));
        ReplayLog log = logs.begin(stream, wishes::incrementAndGet);
        log.cancel();
        log.cancel();
        assertThat(wishes).hasValue(1);
        log.close(End.ENDED);
        ReplayLog other = logs.begin(
                new ReplayedStream(
                        "b", "k", "text/event-stream", true, new byte[0], null, new Policy.Resume(100, KEEP)),
                wishes::incrementAndGet);
        other.close(End.ENDED);
        other.cancel();
        assertThat(wishes).hasValue(1);
    }

    @Test
    void boundsBelowOneAreRefused() {
        assertThatThrownBy(() -> new MemoryReplayLogs(0, 5, now::get))
                .hasMessage("replay logs: 0 streams, 5 bytes (expected: >= 1, >= 1)");
    }
}
