package dev.tidemill.bench.limits;

import dev.tidemill.bench.proof.Verdict;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads that ask at the same time. Whatever stops one of them breaks the verdict: one that is gone finds nothing any more. */
final class Workers implements AutoCloseable {
    private final Verdict verdict;
    private final ExecutorService threads;

    Workers(Verdict verdict, int threads) {
        this.verdict = verdict;
        this.threads = Executors.newFixedThreadPool(threads);
    }

    interface Work {
        void run() throws Exception;
    }

    void start(String name, Work work) {
        threads.execute(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                verdict.fault(name + ": a client was stopped by " + e);
            }
        });
    }

    /** Returns when all have ended. */
    @Override
    public void close() {
        threads.close();
    }
}
