package dev.tidemill.relay.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory.
 *
 * <p>The writer is an event loop and holds the lock for the adding of one reference. A reader holds it for the copying of at
 * most {@link #MOST_EVENTS} references; it writes to its client without it, so the slowest reader costs the writer nothing.
 *
 * <p><b>No wakeup is lost.</b> Whoever finds nothing to read takes the future {@code more} under the lock under which it
 * looked; whoever adds something takes that future away under the same lock, and completes it afterwards. So an event is
 * either there when a reader looks, or comes after the reader has the future that the event completes.
 */
final class MemoryReplayLog implements ReplayLog {
    /** Of one piece. */
    static final int MOST_EVENTS = 512;
    /** What an event takes beside its bytes: an array's head and a reference. */
    static final int OVERHEAD = 32;

    private final MemoryReplayLogs home;
    private final ReplayedStream stream;
    private final ReentrantLock lock = new ReentrantLock();
    private List<byte[]> events = new ArrayList<>();
    private long bytes;
    private long charged;
    private volatile @Nullable End end;
    private long endedAt;
    private @Nullable Runnable cancel;
    private @Nullable CompletableFuture<Void> more;

    MemoryReplayLog(MemoryReplayLogs home, ReplayedStream stream, Runnable cancel) {
        this.home = home;
        this.stream = stream;
        this.cancel = cancel;
    }

    @Override
    public ReplayedStream stream() {
        return stream;
    }

    @Override
    public boolean append(byte[] event) {
        if (end != null) {
            return false;
        }
        long cost = event.length + (long) OVERHEAD;
        boolean room = home.charge(cost);
        CompletableFuture<Void> waiting = null;
        boolean fits;
        lock.lock();
        try {
            fits = room
                    && end == null
                    && bytes + event.length <= stream.bounds().bytes();
            if (fits) {
                events.add(event);
                bytes += event.length;
                charged += cost;
                waiting = more;
                more = null;
            }
        } finally {
            lock.unlock();
        }
        if (!fits) {
            home.refund(room ? cost : 0);
            home.tooLong(this);
        }
        if (waiting != null) {
            waiting.complete(null);
        }
        return fits;
    }

    @Override
    public void close(End how) {
        if (end(how)) {
            home.ended(this);
        }
    }

    /** Returns whether there was no end before. */
    private boolean end(End how) {
        CompletableFuture<Void> waiting;
        lock.lock();
        try {
            if (end != null) {
                return false;
            }
            end = how;
            endedAt = home.now();
            cancel = null; // and with it the exchange
            waiting = more;
            more = null;
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.complete(null);
        }
        return true;
    }

    /** Lets go of the events; readers who are not through are cut. */
    void forget() {
        end(End.GONE);
        long given;
        lock.lock();
        try {
            end = End.GONE;
            events = List.of();
            given = charged;
            charged = 0;
        } finally {
            lock.unlock();
        }
        home.refund(given);
    }

    @Override
    public boolean open() {
        return end == null;
    }

    /** Whether its time after the end is up. */
    boolean expired() {
        lock.lock();
        try {
            return end != null && home.now() - endedAt - stream.bounds().keep().toNanos() >= 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Piece> read(long from, int atMost) {
        lock.lock();
        try {
            if (end != End.GONE && from < events.size()) {
                return CompletableFuture.completedFuture(piece((int) from, atMost));
            }
            if (end != null) {
                return CompletableFuture.completedFuture(new Piece(List.of(), end));
            }
            CompletableFuture<Void> waiting = more;
            if (waiting == null) {
                more = waiting = new CompletableFuture<>();
            }
            return waiting.thenCompose(added -> read(from, atMost));
        } finally {
            lock.unlock();
        }
    }

    private Piece piece(int from, int atMost) {
        int to = from;
        for (int size = 0; to < events.size() && to - from < MOST_EVENTS; to++) {
            size += events.get(to).length;
            if (size > atMost && to > from) {
                break;
            }
        }
        return new Piece(List.copyOf(events.subList(from, to)), to == events.size() ? end : null);
    }

    @Override
    public void cancel() {
        Runnable wish;
        lock.lock();
        try {
            wish = cancel;
            cancel = null;
        } finally {
            lock.unlock();
        }
        if (wish != null) {
            wish.run();
        }
    }
}
