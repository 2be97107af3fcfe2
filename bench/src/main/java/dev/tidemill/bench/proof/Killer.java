package dev.tidemill.bench.proof;

import dev.tidemill.bench.process.Site;
import dev.tidemill.bench.process.Tidemill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Kills the relay with SIGKILL and starts it again, so many times, at random moments; somebody who sees a moment worth
 * killing at may ask for it.
 */
final class Killer implements AutoCloseable {
    private static final Duration RESUME = Duration.ofSeconds(20);

    private final Site site;
    private final LineWatch lines;
    private final Supplier<Phase> phase;
    private final Verdict verdict;
    private final Random random;
    private final int kills;
    private final LinkedBlockingQueue<Long> requests = new LinkedBlockingQueue<>(1);
    private final Map<Phase, Integer> killed = new EnumMap<>(Phase.class);
    private final List<Double> startSeconds = new ArrayList<>();
    private final List<Double> resumeSeconds = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("killer").unstarted(this::run);
    private Tidemill.Serving serving;
    private long inFlight;
    private int done;

    /** @param phase what the batch is doing now */
    Killer(Site site, LineWatch lines, Supplier<Phase> phase, Verdict verdict, Random random, int kills)
            throws InterruptedException {
        this.site = site;
        this.lines = lines;
        this.phase = phase;
        this.verdict = verdict;
        this.random = random;
        this.kills = kills;
        this.serving = site.serve(Map.of());
        thread.start();
    }

    /** Asks for the next kill so soon; forgotten when one is asked for already. */
    void strike(long afterMillis) {
        requests.offer(afterMillis);
    }

    synchronized boolean done() {
        return done >= kills || !thread.isAlive();
    }

    /** Prints what it did. */
    synchronized void tell() {
        verdict.figure("kills", done + ", while " + killed);
        verdict.figure("lines in flight at the kills", inFlight + " in all, as the provider saw it");
        verdict.figure("kill to ready", seconds(startSeconds));
        verdict.figure("kill to the first line sent again", seconds(resumeSeconds));
    }

    private void run() {
        try {
            while (!done()) {
                Long asked = requests.poll(random.nextLong(200, 2500), TimeUnit.MILLISECONDS);
                if (asked != null) {
                    Thread.sleep(asked);
                }
                kill();
            }
        } catch (InterruptedException e) {
            // Closed.
        } catch (IllegalStateException e) {
            verdict.fault("the relay does not start again: " + e.getMessage());
        }
    }

    private void kill() throws InterruptedException {
        Phase during = phase.get();
        long flying = during == Phase.RUN ? site.simulator().counts().running() : 0;
        serving.child().kill();
        long killedAt = System.nanoTime();
        requests.clear();
        Tidemill.Serving next = site.serve(Map.of());
        double start = (System.nanoTime() - killedAt) / 1e9;
        Double resume = during == Phase.RUN ? awaitLine(killedAt) : null;
        synchronized (this) {
            serving = next;
            done++;
            inFlight += flying;
            killed.merge(during, 1, Integer::sum);
            startSeconds.add(start);
            if (resume != null) {
                resumeSeconds.add(resume);
            }
        }
        System.err.printf("kill %d while %s, ready after %.2f s%n", done, during, start);
    }

    private @Nullable Double awaitLine(long killedAt) throws InterruptedException {
        // What the dead process still had in its sockets has long been seen when the next one is ready.
        long ready = System.nanoTime();
        while (lines.newest() < ready) {
            if (phase.get() != Phase.RUN) {
                return null;
            }
            if (System.nanoTime() - ready > RESUME.toNanos()) {
                verdict.fault("no line was sent within %s of the restart".formatted(RESUME));
                return null;
            }
            Thread.sleep(1);
        }
        return (lines.newest() - killedAt) / 1e9;
    }

    private static String seconds(List<Double> all) {
        if (all.isEmpty()) {
            return "never seen";
        }
        List<Double> sorted = all.stream().sorted().toList();
        return "median %.2f s, longest %.2f s".formatted(sorted.get(sorted.size() / 2), sorted.getLast());
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        serving.close();
    }
}
