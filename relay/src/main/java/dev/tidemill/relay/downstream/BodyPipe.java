package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.relay.loop.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A request body between the loop that reads it and the thread that uses it. At most {@link #FULL} bytes and one read more
 * wait in it, counted against the memory bound; then the client has to wait. The loop never does: its part of the lock is
 * a few lines.
 */
final class BodyPipe extends InputStream {
    static final int FULL = 256 << 10;

    /** Ends the reading of a body with an error for the caller. */
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // never serialised
        private final Failure failure;

        Broken(Failure failure) {
            super(failure.message());
            this.failure = failure;
        }

        Failure failure() {
            return failure;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
    private final Memory memory;
    private final long limit;
    private final Runnable readOn;
    private long total;
    private int waiting;
    private int offset;
    private boolean paused;
    private boolean ended;
    private boolean abandoned;
    private @Nullable Failure failure;

    /**
     * @param memory bound that what waits counts against
     * @param limit bytes of body in all, more is a failure
     * @param readOn asks for more, after {@link #put} had said no
     */
    BodyPipe(Memory memory, long limit, Runnable readOn) {
        this.memory = memory;
        this.limit = limit;
        this.readOn = readOn;
    }

    /** From the loop: returns whether more may come at once. */
    boolean put(byte[] a, int from, int to) {
        lock.lock();
        try {
            total += to - from;
            if (total > limit) {
                failure = Failure.of(
                        Kind.TOO_LARGE,
                        "request_too_large",
                        "the request body has more than " + limit + " bytes (expected: at most " + limit + ")");
            }
            if (!abandoned && failure == null && !memory.take(to - from)) {
                failure = Failure.overloaded(
                        "the relay's memory for request bodies is used up. Try again in a moment",
                        Duration.ofSeconds(1));
            }
            if (!abandoned && failure == null) {
                pieces.add(Arrays.copyOfRange(a, from, to));
                waiting += to - from;
                paused = waiting >= FULL;
            }
            changed.signal();
            return !paused;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void fail(Failure why) {
        lock.lock();
        try {
            if (failure == null && !ended) {
                failure = why;
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The service is done: what still comes is thrown away. */
    void abandon() {
        boolean go;
        lock.lock();
        try {
            abandoned = true;
            pieces.forEach(piece -> memory.give(piece.length));
            pieces.clear();
            waiting = 0;
            go = paused;
            paused = false;
        } finally {
            lock.unlock();
        }
        if (go) {
            readOn.run();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        boolean go = false;
        int count;
        lock.lock();
        try {
            while (pieces.isEmpty() && !ended && !abandoned && failure == null) {
                changed.awaitUninterruptibly();
            }
            if (failure != null) {
                throw new Broken(failure);
            }
            if (abandoned) {
                throw new IOException("the call is over, and its body with it");
            }
            byte[] piece = pieces.peek();
            if (piece == null) {
                return -1;
            }
            count = Math.min(length, piece.length - offset);
            System.arraycopy(piece, offset, to, at, count);
            offset += count;
            waiting -= count;
            if (offset == piece.length) {
                pieces.poll();
                memory.give(piece.length);
                offset = 0;
            }
            if (paused && waiting < FULL / 4) {
                paused = false;
                go = true;
            }
        } finally {
            lock.unlock();
        }
        if (go) {
            readOn.run();
        }
        return count;
    }
}
