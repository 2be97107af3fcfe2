package dev.tidemill.bench.held;

import java.util.concurrent.locks.LockSupport;

/** How late a thread of this process wakes that asked to be woken: what this machine takes from the load, and adds to all that it notes. */
final class Drowsiness implements AutoCloseable {
    private static final long NAP_NANOS = 5_000_000;

    private final Times late = new Times();
    private final Thread thread = Thread.ofPlatform().name("drowsiness").unstarted(this::nap);
    private volatile boolean closed;

    Drowsiness() {
        thread.start();
    }

    private void nap() {
        while (!closed) {
            long due = System.nanoTime() + NAP_NANOS;
            for (long left; (left = due - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(left);
            }
            late.add(System.nanoTime() - due);
        }
    }

    /** Ends the watching. */
    Times end() throws InterruptedException {
        close();
        thread.join();
        return late;
    }

    @Override
    public void close() {
        closed = true;
    }
}
