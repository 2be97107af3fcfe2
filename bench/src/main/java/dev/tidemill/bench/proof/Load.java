package dev.tidemill.bench.proof;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Requests at a fixed rate, whether earlier ones have ended or not, each on a thread of its own.
 *
 * @param <T> what becomes of one
 */
public final class Load<T> {
    private static final int MOST_AT_ONCE = 5000;

    private final Supplier<T> request;
    private final Collection<T> told = new ConcurrentLinkedQueue<>();
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private long late;

    /** @param request asks, and returns when the answer has come; from many threads */
    public Load(Supplier<T> request) {
        this.request = request;
    }

    /** Returns when the last answer has come. */
    public List<T> run(double rate, Duration length) throws InterruptedException {
        long begun = System.nanoTime();
        long requests = Math.round(rate * length.toMillis() / 1000);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long i = 0; i < requests; i++) {
                long due = begun + Math.round(i / rate * 1e9);
                for (long left; (left = due - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(left);
                }
                late = Math.max(late, System.nanoTime() - due);
                places.acquire();
                clients.execute(this::ask);
            }
        }
        return List.copyOf(told);
    }

    /** How much later than it should have been a request was sent at most: this machine had no time for it. */
    public Duration late() {
        return Duration.ofNanos(late);
    }

    private void ask() {
        try {
            told.add(request.get());
        } finally {
            places.release();
        }
    }
}
