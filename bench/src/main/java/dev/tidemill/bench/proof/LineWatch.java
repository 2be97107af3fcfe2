package dev.tidemill.bench.proof;

import dev.tidemill.simulator.SeenRequest;
import dev.tidemill.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often the provider was asked for each line, by the id that each line carries in its question. The simulator
 * keeps only its last requests, so they are collected every few milliseconds; should that ever be too slow, {@link #gap}
 * says so and the proof does not count.
 */
final class LineWatch implements AutoCloseable {
    private static final int EVERY_MILLIS = 5;

    private final Simulator simulator;
    private final Pattern id;
    private final Map<String, Integer> asked = new HashMap<>();
    private final Thread thread = Thread.ofPlatform().name("line-watch").unstarted(this::watch);
    private @Nullable SeenRequest last;
    private boolean gap;
    private long newest = System.nanoTime();

    /** @param id a pattern that finds a line's id in its request body */
    LineWatch(Simulator simulator, Pattern id) {
        this.simulator = simulator;
        this.id = id;
        thread.start();
    }

    /** How often each line was asked for so far. */
    synchronized Map<String, Integer> asked() {
        collect();
        return Map.copyOf(asked);
    }

    /** When the newest request was collected, as {@link System#nanoTime}. */
    synchronized long newest() {
        return newest;
    }

    /** Whether requests went by unseen. */
    synchronized boolean gap() {
        return gap;
    }

    private void watch() {
        try {
            while (!Thread.interrupted()) {
                synchronized (this) {
                    collect();
                }
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void collect() {
        List<SeenRequest> seen = simulator.requests();
        int from = seen.size();
        while (from > 0 && seen.get(from - 1) != last) {
            from--;
        }
        gap |= from == 0 && last != null;
        for (SeenRequest request : seen.subList(from, seen.size())) {
            Matcher matcher = id.matcher(new String(request.body(), StandardCharsets.UTF_8));
            if (matcher.find()) {
                asked.merge(matcher.group(), 1, Integer::sum);
                newest = System.nanoTime();
            }
            last = request;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
