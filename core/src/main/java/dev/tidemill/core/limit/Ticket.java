package dev.tidemill.core.limit;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A place in an {@link AdmissionQueue}. {@link #state} may be read by any thread; it changes once, from WAITING, and what
 * the gate took is visible to whoever has read GRANTED.
 */
public final class Ticket {
    /** What became of it. */
    public enum State {
        WAITING,
        /** The gate was entered: it is to be left at the end. */
        GRANTED,
        /** No hope of a place in time, or it was needed for somebody more important; see {@link #retryAfterNanos}. */
        REFUSED,
        /** Its longest wait or its deadline is over. */
        EXPIRED,
        LEFT
    }

    final Priority priority;
    final Gate gate;
    final Executor executor;
    final Runnable wake;
    final long since;
    final long due;

    volatile State state = State.WAITING;
    int position;
    long retryAfter;
    long ended;

    // Under the queue's lock: where it stands.

    int heapIndex = -1;

    @Nullable
    Line line;

    @Nullable
    Ticket nextInLine;

    @Nullable
    Ticket previousInLine;

    @Nullable
    Ticket nextInLevel;

    @Nullable
    Ticket previousInLevel;

    @Nullable
    Ticket nextToTell;

    Ticket(Priority priority, Gate gate, Executor executor, Runnable wake, long since, long due) {
        this.priority = priority;
        this.gate = gate;
        this.executor = executor;
        this.wake = wake;
        this.since = since;
        this.due = due;
    }

    public State state() {
        return state;
    }

    /** About how many were to go before it when it joined, 0: none. */
    public int position() {
        return position;
    }

    /** When REFUSED or EXPIRED: the wait there would have been, as far as known; see {@link RetryAfter#seconds}. */
    public long retryAfterNanos() {
        return retryAfter;
    }

    /** How long it stood, or stands by {@code now}. */
    public long waitedNanos(long now) {
        return (state == State.WAITING ? now : ended) - since;
    }
}
