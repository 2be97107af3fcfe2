package dev.tidemill.relay.loop;

/** Something with one deadline at a time, watched by its loop's {@link Deadlines}. Touched on the loop alone. */
public abstract class Timed {
    /** {@link System#nanoTime} at which {@link #expired} is due; {@link #NEVER}: not. */
    protected long deadline = NEVER;

    int slot = -1;

    public static final long NEVER = Long.MAX_VALUE;

    /** Called on the loop within a tick of the deadline, again each tick until the deadline is moved. */
    protected abstract void expired(long now);
}
