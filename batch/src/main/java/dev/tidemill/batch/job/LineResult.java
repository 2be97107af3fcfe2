package dev.tidemill.batch.job;

import dev.tidemill.wire.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What came of one line.
 *
 * @param line 0-based among the batch's requests
 * @param ok whether it belongs into the output file; else into the error file
 * @param entry the whole line as it will be written, JSON, with the line feed; not to be changed afterwards
 * @param usage null: not stated, or none was spent
 */
public record LineResult(
        long batch,
        int chunk,
        int line,
        boolean ok,
        byte[] entry,
        @Nullable Usage usage) {}
