package dev.tidemill.relay.replay;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory.
 *
 * <p>The writer is an event loop and holds the lock for the adding of one reference and a look at each who waits. A reader
 * holds it for the copying of at most {@link #MOST_EVENTS} references; it writes to its client without it, so the slowest
 * reader costs the writer nothing.
 *
 * <p><b>No wakeup is lost.</b> Whoever finds nothing to read waits in a list, under the lock under which it looked; whoever
 * adds something takes away, under the same lock, those for whom there is now something, and wakes them afterwards. So an
 * event is either there when a reader looks, or comes after the reader is in the list. Who waits for a later event stays
 * there, and costs nothing until it comes.
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
    private final List<Waiter> waiting = new ArrayList<>(0);

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
        List<Waiter> due = List.of();
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
                due = due();
            }
        } finally {
            lock.unlock();
        }
        if (!fits) {
            home.refund(room ? cost : 0);
            home.tooLong(this);
        }
        wake(due);
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
        List<Waiter> due;
        lock.lock();
        try {
            if (end != null) {
                return false;
            }
            end = how;
            endedAt = home.now();
            cancel = null; // and with it the exchange
            due = due();
        } finally {
            lock.unlock();
        }
        wake(due);
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
            Piece piece = pieceAt(from, atMost);
            if (piece != null) {
                return CompletableFuture.completedFuture(piece);
            }
            Waiter waiter = new Waiter(from, atMost);
            waiting.add(waiter);
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    /** Takes away those for whom there is something now, and those who have given up. */
    private List<Waiter> due() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Waiter> due = new ArrayList<>(0);
        for (Iterator<Waiter> all = waiting.iterator(); all.hasNext(); ) {
            Waiter waiter = all.next();
            if (end != null || waiter.from < events.size()) {
                all.remove();
                due.add(waiter);
            } else if (waiter.isDone()) {
                all.remove();
            }
        }
        return due;
    }

    private void wake(List<Waiter> due) {
        for (Waiter waiter : due) {
            waiter.complete(now(waiter));
        }
    }

    private Piece now(Waiter due) {
        lock.lock();
        try {
            return Objects.requireNonNull(pieceAt(due.from, due.atMost));
        } finally {
            lock.unlock();
        }
    }

    /** What a reader gets now; null: it has to wait. */
    private @Nullable Piece pieceAt(long from, int atMost) {
        if (end != End.GONE && from < events.size()) {
            return piece((int) from, atMost);
        }
        return end == null ? null : new Piece(List.of(), end);
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

    /** Who waits for the event with a number. */
    private static final class Waiter extends CompletableFuture<Piece> {
        private final long from;
        private final int atMost;

        Waiter(long from, int atMost) {
            this.from = from;
            this.atMost = atMost;
        }
    }
}
