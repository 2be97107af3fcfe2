package dev.tidemill.batch.run;

import dev.tidemill.batch.Limits;
import java.time.Duration;

/**
 * How batches are run.
 *
 * @param limits of input files
 * @param concurrency lines in flight at once, over all batches, at least 1
 * @param active batches worked on at once; others wait, earliest deadline first
 * @param tries of a line that meets server errors or broken connections, at least 1; waits for a rate limit are not tries
 * @param chunkLines lines leased as one
 * @param lease how long a chunk is held without a heartbeat
 * @param lastAnswers how long lines in flight may still answer once their batch expired or was cancelled
 * @param bytesInFlight request bodies in memory at once; a single larger one still goes
 * @param spareBytes of disk that must be free for a line to start, so that what is in flight can be stored
 */
public record EngineOptions(
        Limits limits,
        int concurrency,
        int active,
        int tries,
        int chunkLines,
        Duration lease,
        Duration lastAnswers,
        long bytesInFlight,
        long spareBytes) {

    public static final EngineOptions DEFAULT = new EngineOptions(
            Limits.DEFAULT, 64, 64, 5, 500, Duration.ofSeconds(30), Duration.ofSeconds(30), 64L << 20, 64L << 20);

    public EngineOptions {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency: " + concurrency + " (expected: >= 1)");
        }
        if (tries < 1) {
            throw new IllegalArgumentException("tries: " + tries + " (expected: >= 1)");
        }
    }

    public EngineOptions withConcurrency(int lines) {
        return new EngineOptions(
                limits, lines, active, tries, chunkLines, lease, lastAnswers, bytesInFlight, spareBytes);
    }

    public EngineOptions withSpareBytes(long bytes) {
        return new EngineOptions(
                limits, concurrency, active, tries, chunkLines, lease, lastAnswers, bytesInFlight, bytes);
    }

    public EngineOptions withChunkLines(int lines) {
        return new EngineOptions(
                limits, concurrency, active, tries, lines, lease, lastAnswers, bytesInFlight, spareBytes);
    }
}
