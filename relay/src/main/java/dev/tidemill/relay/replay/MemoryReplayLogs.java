package dev.tidemill.relay.replay;

import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The logs of this process. Four bounds: bytes of one stream and streams of one key (its policy's), streams, and bytes of all.
 * Where one of the latter three is reached, the log that ended first (of that key's) makes room; if all still run, a new stream
 * gets no log, and one that grows loses its own.
 */
public final class MemoryReplayLogs implements ReplayLogs {
    public static final int MOST_STREAMS = 10_000;

    private final int mostStreams;
    private final long mostBytes;
    private final LongSupplier nanoTime;
    private final ConcurrentHashMap<String, MemoryReplayLog> logs = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Integer> ofKey = new ConcurrentHashMap<>();
    /** In the order of their ends. */
    private final ConcurrentLinkedDeque<MemoryReplayLog> ended = new ConcurrentLinkedDeque<>();

    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder refused = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /**
     * @param mostStreams running and ended ones, at least 1
     * @param mostBytes of all events, with what holds them
     * @param nanoTime the time, as {@link System#nanoTime} tells it
     */
    public MemoryReplayLogs(int mostStreams, long mostBytes, LongSupplier nanoTime) {
        if (mostStreams < 1 || mostBytes < 1) {
            throw new IllegalArgumentException(
                    "replay logs: " + mostStreams + " streams, " + mostBytes + " bytes (expected: >= 1, >= 1)");
        }
        this.mostStreams = mostStreams;
        this.mostBytes = mostBytes;
        this.nanoTime = nanoTime;
    }

    @Override
    public @Nullable ReplayLog begin(ReplayedStream stream, Runnable cancel) {
        MemoryReplayLog before = logs.get(stream.id());
        if (before != null && !before.open()) {
            forget(before); // a provider gave an id twice: the later stream is the one that will be asked for
        }
        if (!place(stream)) {
            refused.increment();
            return null;
        }
        MemoryReplayLog log = new MemoryReplayLog(this, stream, cancel);
        if (logs.putIfAbsent(stream.id(), log) != null) {
            leave(stream);
            refused.increment();
            return null; // one of this id is still written, and is the one that is found
        }
        return log;
    }

    private boolean place(ReplayedStream stream) {
        int own = ofKey.merge(stream.keyId(), 1, Integer::sum);
        int all = streams.incrementAndGet();
        if ((own > stream.bounds().streams() && !makeRoom(stream.keyId())) || (all > mostStreams && !makeRoom())) {
            leave(stream);
            return false;
        }
        return true;
    }

    private void leave(ReplayedStream stream) {
        streams.decrementAndGet();
        ofKey.computeIfPresent(stream.keyId(), (key, own) -> own == 1 ? null : own - 1);
    }

    @Override
    public CompletionStage<Optional<ReplayLog>> find(String id, String keyId) {
        MemoryReplayLog log = logs.get(id);
        if (log == null || !log.stream().keyId().equals(keyId) || log.expired()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return CompletableFuture.completedFuture(Optional.of(log));
    }

    /** Forgets those whose time is up; to be called now and then, from any thread. */
    public void sweep() {
        for (Iterator<MemoryReplayLog> all = ended.iterator(); all.hasNext(); ) {
            MemoryReplayLog log = all.next();
            if (log.expired()) {
                all.remove();
                forget(log);
            }
        }
    }

    private boolean makeRoom() {
        for (MemoryReplayLog first = ended.pollFirst(); first != null; first = ended.pollFirst()) {
            if (forget(first)) {
                return true;
            }
        }
        return false;
    }

    /** Of one key's; only a key that has its full share pays for the search. */
    private boolean makeRoom(String keyId) {
        for (Iterator<MemoryReplayLog> all = ended.iterator(); all.hasNext(); ) {
            MemoryReplayLog log = all.next();
            if (log.stream().keyId().equals(keyId)) {
                all.remove();
                if (forget(log)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** False: it was forgotten before. */
    private boolean forget(MemoryReplayLog log) {
        boolean kept = logs.remove(log.stream().id(), log);
        if (kept) {
            leave(log.stream());
            log.forget();
        }
        return kept;
    }

    // For a log

    long now() {
        return nanoTime.getAsLong();
    }

    void ended(MemoryReplayLog log) {
        ended.add(log);
    }

    void tooLong(MemoryReplayLog log) {
        if (log.open()) {
            lost.increment();
            forget(log);
        }
    }

    boolean charge(long more) {
        while (bytes.addAndGet(more) > mostBytes) {
            bytes.addAndGet(-more);
            if (!makeRoom()) {
                return false;
            }
        }
        return true;
    }

    void refund(long less) {
        bytes.addAndGet(-less);
    }

    // For metrics

    /** Kept now, running ones included. */
    public int streams() {
        return streams.get();
    }

    /** Of all events that are kept, with what holds them. */
    public long bytes() {
        return bytes.get();
    }

    /** Streams that got no log, since there was no room for one. */
    public long refused() {
        return refused.sum();
    }

    /** Streams that outgrew their log. */
    public long lost() {
        return lost.sum();
    }
}
