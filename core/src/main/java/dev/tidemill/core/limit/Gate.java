package dev.tidemill.core.limit;

/**
 * What somebody in line wants to pass: called by {@link AdmissionQueue} when it is their turn, under its lock and on any
 * thread, so it is quick and does not call the queue.
 */
public interface Gate {
    /** Only a release makes room; how long that takes nobody knows. */
    long FULL = Long.MAX_VALUE;

    /**
     * Takes all that is needed, or nothing.
     *
     * @return 0: in; {@link #FULL}; else after how many nanoseconds it is worth asking again
     */
    long tryEnter(long now);

    /** What {@link #tryEnter} would say, without taking. */
    long waitFor(long now);

    /** After a refusal, or a wait that was told: whether only this key is stopped, and others need not wait behind it. */
    boolean own();

    /** Gives back what was taken, if it was; called when the one in line can no longer be told. */
    void leave(long now);
}
