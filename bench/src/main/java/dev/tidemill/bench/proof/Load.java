package dev.tidemill.bench.failover;

import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** Streams at a fixed rate, whether earlier ones have ended or not, each on a connection of its own. */
final class Load {
    private static final int MOST_AT_ONCE = 5000;

    private final Caller caller;
    private final String text;
    private final Collection<Told> told = new ConcurrentLinkedQueue<>();
    private long late;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    /** @param text of every whole answer */
    Load(Caller caller, String text) {
        this.caller = caller;
        this.text = text;
    }

    /** Returns when the last answer has come. */
    List<Told> run(double rate, Duration length) throws InterruptedException {
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
    Duration late() {
        return Duration.ofNanos(late);
    }

    private void ask() {
        Instant now = Instant.now();
        try {
            told.add(Told.of(now, caller.ask(Api.CHAT, FailoverCommand.MODEL, true), text));
        } catch (IOException | RuntimeException e) {
            told.add(Told.nothing(now, e));
        } finally {
            places.release();
        }
    }
}
